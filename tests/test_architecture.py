"""The packages point one way, ui → assistant → corpus, and each heavy library has one owner that imports it late.

The imports are read, not run: `ast` over every module. Each rule has a control, a tiny tree that breaks it, so that a
rule that can no longer fail is noticed.
"""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Literal

import pytest
from each import each

ROOT = Path(__file__).parents[1]
# Lowest first: a package may import itself and those before it.
LAYERS = ("corpus", "assistant", "ui")
DATABASE_MODULES = (
    "corpus.catalog.catalog",
    "corpus.catalog.changes",
    "corpus.catalog.contents",
    "corpus.catalog.database",
    "corpus.catalog.encodings",
    "corpus.catalog.facets",
    "corpus.catalog.kept_files",
    "corpus.operations.moving",
    "corpus.catalog.rows",
    "corpus.catalog.tables",
    "ui.storage.database",
    "ui.keeping.feedback_store",
    "ui.storage.shared",
    "ui.keeping.conversation_stores",
)
# Library → the modules that may import it; a name with a full stop at its end allows a whole package.
OWNERS = {
    "chromadb": ("corpus.index.vectors", "corpus.index.vector_server"),
    "tantivy": ("corpus.index.source_words",),
    "sentence_transformers": ("corpus.encoder.sentence_transformer",),
    "torch": ("corpus.encoder.sentence_transformer",),
    "transformers": ("corpus.encoder.sentence_transformer",),
    "onnxruntime": ("corpus.encoder.inference",),
    "tokenizers": ("corpus.encoder.inference", "corpus.encoder.tokenization"),
    "langchain": ("assistant.model.connection",),
    "langchain_core": (
        "assistant.search.retrieval",
        "assistant.chain",
        "assistant.tool",
        "assistant.model.connection",
        "assistant.model.provider",
        "corpus.index.vectors",
    ),
    "sqlalchemy": DATABASE_MODULES,
    "langchain_chroma": ("corpus.index.vectors",),
    "pypdfium2": ("corpus.readers.pdf.",),
    "gradio": ("ui.chat.page",),
    "authlib": ("ui.access.sign_in",),
    "joserfc": ("ui.access.sign_in",),
    "itsdangerous": ("ui.identity.signing",),
    "docx": ("ui.export.",),
    "openpyxl": ("corpus.readers.office.sheets",),
    "pptx": ("corpus.readers.office.slides",),
    "oxmsg": ("corpus.readers.mail.outlook",),
    "fastapi": ("ui.",),
    "starlette": ("ui.",),
    "uvicorn": ("ui.",),
    "httpx": ("ui.client", "corpus.index.vector_server"),
    "mcp": ("ui.mcp.server",),
    "mcp_types": ("ui.mcp.server",),
    "prometheus_client": ("ui.api.metrics",),
}
# Heavy libraries that their owner may import as it is imported itself; all others only inside functions.
AT_MODULE_LEVEL = {
    "sqlalchemy": DATABASE_MODULES,
    "langchain_core": ("assistant.search.retrieval", "assistant.chain"),
    "itsdangerous": ("ui.identity.signing",),
    "fastapi": ("ui.",),
    "starlette": ("ui.",),
    "httpx": ("ui.client",),
}
MAY_SEE_SETTINGS = ("assistant.assembly", "assistant.doctor", "ui.")

When = Literal["on import", "on call", "typing"]


@dataclass(frozen=True)
class Import:
    """One import: our modules by their full name, other libraries as written."""

    importer: str
    target: str
    when: When

    @property
    def library(self) -> str:
        return self.target.partition(".")[0]

    def __str__(self) -> str:
        return f"{self.importer} → {self.target} ({self.when})"


def imports_of(root: Path) -> list[Import]:
    """Every import in the packages below `root`."""
    files = {_module_name(path, root): path for layer in LAYERS for path in sorted((root / layer).rglob("*.py"))}
    found = []
    for name, path in files.items():
        package = name if path.name == "__init__.py" else name.rpartition(".")[0]
        for target, when in _targets(ast.parse(path.read_text(encoding="utf-8")), package, "on import"):
            found.append(Import(name, _known(target, files), when))
    return found


def _module_name(path: Path, root: Path) -> str:
    return ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")


def _known(target: str, modules: dict[str, Path]) -> str:
    """`corpus.document.Span` → `corpus.document`; a name of another library stays as it is."""
    name = target
    while name and name not in modules:
        name = name.rpartition(".")[0]
    return name or target


def _targets(node: ast.AST, package: str, when: When) -> Iterator[tuple[str, When]]:
    if isinstance(node, ast.Import):
        yield from ((alias.name, when) for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        parents = package.split(".")
        above = parents[: len(parents) - node.level + 1] if node.level else []
        prefix = ".".join([*above, *([node.module] if node.module else [])])
        yield from ((f"{prefix}.{alias.name}", when) for alias in node.names)
    elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("importlib.import_module", "__import__"):
        yield from ((str(argument.value), when) for argument in node.args if isinstance(argument, ast.Constant))
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
        when = "on call" if when == "on import" else when
    for child in ast.iter_child_nodes(node):
        typing = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test) and child in node.body
        yield from _targets(child, package, "typing" if typing else when)


# The rules: each returns what breaks it


def upward_imports(imports: list[Import]) -> list[str]:
    return [
        str(item)
        for item in imports
        if item.library in LAYERS and LAYERS.index(item.library) > LAYERS.index(item.importer.partition(".")[0])
    ]


def import_cycles(imports: list[Import], *, also_on_call: bool = False) -> list[str]:
    counted = ("on import", "on call") if also_on_call else ("on import",)
    graph: dict[str, set[str]] = {}
    for item in imports:
        if item.library in LAYERS and item.when in counted and item.target != item.importer:
            graph.setdefault(item.importer, set()).add(item.target)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return [" → ".join(error.args[1])]
    return []


def deferred_import_cycles(imports: list[Import]) -> list[str]:
    return import_cycles(imports, also_on_call=True)


def folder_cycles(imports: list[Import]) -> list[str]:
    """Folders, with modules at the top of a package each by itself: none may need itself by way of others."""
    graph: dict[str, set[str]] = {}
    for item in imports:
        if item.library in LAYERS and folder_of(item.target) != folder_of(item.importer):
            graph.setdefault(folder_of(item.importer), set()).add(folder_of(item.target))
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return [" → ".join(error.args[1])]
    return []


def folder_of(module: str) -> str:
    """`corpus.catalog.rows` → `corpus.catalog`; `corpus.document` stands by itself."""
    return ".".join(module.split(".")[:2])


def second_owners(imports: list[Import]) -> list[str]:
    return [
        str(item) for item in imports if item.library in OWNERS and not _is_one_of(item.importer, OWNERS[item.library])
    ]


def heavy_imports_at_module_level(imports: list[Import]) -> list[str]:
    return [
        str(item)
        for item in imports
        if item.library in OWNERS
        and item.when == "on import"
        and not _is_one_of(item.importer, AT_MODULE_LEVEL.get(item.library, ()))
    ]


def strangers_to_settings(imports: list[Import]) -> list[str]:
    return [
        str(item)
        for item in imports
        if item.target == "assistant.settings" and not _is_one_of(item.importer, MAY_SEE_SETTINGS)
    ]


def _is_one_of(module: str, allowed: tuple[str, ...]) -> bool:
    return any(f"{module}.".startswith(name) if name.endswith(".") else module == name for name in allowed)


Rule = Callable[[list[Import]], list[str]]
RULES: tuple[Rule, ...] = (
    upward_imports,
    import_cycles,
    deferred_import_cycles,
    folder_cycles,
    second_owners,
    heavy_imports_at_module_level,
    strangers_to_settings,
)


@pytest.fixture(scope="module")
def imports() -> list[Import]:
    return imports_of(ROOT)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_project_has_no(rule: Rule, imports: list[Import]) -> None:
    assert rule(imports) == []


def test_the_imports_of_every_package_were_really_read(imports: list[Import]) -> None:
    seen = {(item.importer, item.target, item.when) for item in imports}
    assert {
        ("corpus.ingest.sync", "corpus.store.store", "on import"),
        ("corpus.index.vectors", "chromadb", "on call"),
        ("corpus.index.vectors", "langchain_chroma.Chroma", "typing"),
        ("assistant.chain", "assistant.citations", "on import"),
        ("assistant.assembly", "assistant.settings", "on import"),
        ("ui.commands.opening", "assistant.assembly", "on call"),
    } <= seen


@each("library", sorted(OWNERS.keys() - {"langchain", "mcp_types", "transformers"}))
def test_every_owned_library_is_imported_by_its_owner(library: str, imports: list[Import]) -> None:
    assert library in {item.library for item in imports}


# Controls: a tree that breaks a rule is caught, and one that keeps it is not


def write(root: Path, files: dict[str, str]) -> None:
    for name, source in {"assistant/settings.py": "", **files}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(source, encoding="utf-8")


@pytest.mark.parametrize(
    ("rule", "files"),
    [
        (upward_imports, {"corpus/a.py": "import assistant.b", "assistant/b.py": ""}),
        (upward_imports, {"corpus/a.py": "def f():\n    from ui import b", "ui/b.py": ""}),
        (upward_imports, {"assistant/a.py": "from ui.b import f", "ui/b.py": ""}),
        (
            upward_imports,
            {"corpus/a.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import ui.b", "ui/b.py": ""},
        ),
        (import_cycles, {"corpus/a.py": "import corpus.b", "corpus/b.py": "from corpus.a import f"}),
        (import_cycles, {"corpus/a.py": "from . import b", "corpus/b.py": "from .a import f"}),
        (
            import_cycles,
            {
                "corpus/a.py": "import corpus.b",
                "corpus/b.py": "try:\n    from corpus import c\nexcept ImportError:\n    pass",
                "corpus/c.py": "class C:\n    import corpus.a",
            },
        ),
        (
            deferred_import_cycles,
            {"corpus/a.py": "import corpus.b", "corpus/b.py": "def f():\n    import corpus.a"},
        ),
        (
            folder_cycles,
            {
                "corpus/a/__init__.py": "",
                "corpus/a/one.py": "import corpus.b.one",
                "corpus/a/two.py": "",
                "corpus/b/__init__.py": "",
                "corpus/b/one.py": "",
                "corpus/b/two.py": "def f():\n    import corpus.a.two",
            },
        ),
        (second_owners, {"corpus/a.py": "def f():\n    from chromadb.config import Settings"}),
        (second_owners, {"assistant/a.py": "import langchain_core.runnables"}),
        (second_owners, {"assistant/a.py": "from fastapi import FastAPI"}),
        (second_owners, {"ui/cli.py": "def f():\n    import gradio as g"}),
        (second_owners, {"ui/cli.py": "def f():\n    from mcp.server import Server"}),
        (second_owners, {"ui/application.py": "def f():\n    import prometheus_client"}),
        (second_owners, {"corpus/a.py": "import importlib\nimportlib.import_module('torch')"}),
        (heavy_imports_at_module_level, {"corpus/index/vectors.py": "import chromadb"}),
        (heavy_imports_at_module_level, {"corpus/encoder/protocol.py": "class Encoder:\n    from torch import nn"}),
        (heavy_imports_at_module_level, {"ui/mcp/server.py": "from mcp.server import Server"}),
        (heavy_imports_at_module_level, {"ui/api/metrics.py": "import prometheus_client"}),
        (heavy_imports_at_module_level, {"ui/chat/page.py": "if True:\n    import gradio"}),
        (strangers_to_settings, {"assistant/chain.py": "from assistant.settings import Settings"}),
        (strangers_to_settings, {"assistant/chain.py": "def f():\n    from assistant import settings"}),
    ],
)
def test_a_tree_that_breaks_the_rule_is_caught(rule: Rule, files: dict[str, str], tmp_path: Path) -> None:
    write(tmp_path, files)
    assert rule(imports_of(tmp_path))


@pytest.mark.parametrize(
    ("rule", "files"),
    [
        (upward_imports, {"ui/a.py": "import corpus.b", "corpus/b.py": ""}),
        (
            deferred_import_cycles,
            {
                "corpus/a.py": "import corpus.b",
                "corpus/b.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import corpus.a",
            },
        ),
        (import_cycles, {"corpus/a.py": "import corpus.b", "corpus/b.py": "def f():\n    import corpus.a"}),
        (second_owners, {"corpus/index/vectors.py": "def f():\n    import chromadb"}),
        (heavy_imports_at_module_level, {"corpus/index/vectors.py": "def f():\n    import chromadb"}),
        (
            heavy_imports_at_module_level,
            {"ui/chat/page.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import gradio"},
        ),
        (strangers_to_settings, {"ui/cli.py": "def f():\n    from assistant.settings import Settings"}),
    ],
)
def test_a_tree_that_keeps_the_rule_is_left_alone(rule: Rule, files: dict[str, str], tmp_path: Path) -> None:
    write(tmp_path, files)
    assert rule(imports_of(tmp_path)) == []
