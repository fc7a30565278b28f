"""Whether something takes time in proportion to the text it is given: texts that repeat, patterns found, time taken."""

import ast
import importlib
import inspect
import pkgutil
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import assistant
import corpus
import ui

# 113 kinds of text: one mark, or a few that a pattern may begin to match again and again without an end.
PIECES = [
    *(
        '. .. ... … ! ?! 。 " “ ” \' ’ « ( ) () [ ] [1] [1, { {" < > <think> <!-- | || - — – * ** _ ` # ~ = : ; ,'
        " / :// "
        "\\ $ % @ a A Ab 1 12 1, 1,000, 1.1 2024-01-01 é e\u0301 \u0301 Я ə 字 \U0001f600 \u200b \u202e ---\n a\n"
    ).split(" "),
    *(" ", "\t", "\n", "\r\n", " \n", "\u2028", "\u00a0", ". ", "a. ", "A. ", "1. ", "12. ", "- ", "# ", "> ", "| a "),
    *("a ", "A ", "AB ", "1 ", "A, B ", "the ", "of the ", "and ", "not ", "Latvia and ", "Ministry of Health "),
    *("the Minister ", "1 May 2024 ", "since ", "who is ", "was signed ", "agreement ", "USD 1 million ", "share | "),
    *(
        ", News reports ",
        "A’B-",
        "http://a ",
        "World Health Organization ",
        "[a](",
        "**a ",
        "a@",
        "a.",
        "a-",
        "ab.",
        "@",
    ),
]
LENGTH = 100_000
# At a 25th of the length, more than this for each character is looked into: 25 times that is still below two seconds.
_SUSPICIOUS = 0.7e-6
# What is linear doubles with the text; what is quadratic takes four times as long.
_DOUBLED = 2.8
_GROWN = 2.6
_SHORT, _SECONDS_FOR_SHORT = (300, 1_000), 0.05
_LONGEST_SECONDS = 2.0


def repeated(piece: str, length: int) -> str:
    """About so many characters of nothing but `piece`, which end in something else: what is sought is never there."""
    return piece * (length // len(piece)) + "\a"


def grows_faster(work: Callable[[str], object], piece: str, suspicious: float = _SUSPICIOUS) -> str | None:
    """What was measured where `work` takes more than in proportion to the text; None where it does not.

    Sizes double, so that something quadratic is found out before it takes minutes.
    """
    for size in _SHORT:  # or what takes the third power would not come back from the first
        took = _seconds(work, repeated(piece, size))
        if took > _SECONDS_FOR_SHORT:
            return f"{piece!r}: {took:.3f} s for {size} characters"
    sizes = (LENGTH // 25, LENGTH // 12, LENGTH // 2, LENGTH)
    first = _seconds(work, repeated(piece, sizes[0]))
    if first / sizes[0] < suspicious:
        return None
    for size in sizes[1:]:
        took = min(_seconds(work, repeated(piece, size)) for _ in range(2))
        if size == sizes[1] and took < _DOUBLED * first:
            return None
        if (took / size > _GROWN / 2 * first / sizes[0] and took > _SECONDS_FOR_SHORT) or took > _LONGEST_SECONDS:
            return f"{piece!r}: {first:.3f} s for {sizes[0]} characters, {took:.3f} s for {size}"
    return None


def _seconds(work: Callable[[str], object], text: str) -> float:
    started = time.process_time()
    work(text)
    return time.process_time() - started


def patterns() -> dict[str, re.Pattern[str]]:
    """Every pattern of text in our modules, by where it stands: held in a module, made by a cached function, in a call.

    A pattern that a function makes out of what it is given is not found here; `test_linear` names those.
    """
    found: dict[str, re.Pattern[str]] = {}
    for module in _modules():
        for name, value in vars(module).items():
            made = value() if _makes_without_arguments(value, module) else value
            for number, pattern in enumerate(_held(made)):
                found[f"{module.__name__}.{name}[{number}]"] = pattern
        found |= {f"{module.__name__}:{line}": pattern for line, pattern in _in_calls(module)}
    different: dict[tuple[str, int], str] = {}
    for where, pattern in found.items():
        if isinstance(pattern.pattern, str):
            different.setdefault((pattern.pattern, pattern.flags), where)
    return {where: found[where] for where in different.values()}


def _modules() -> Iterator[ModuleType]:
    for package in (corpus, assistant, ui):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__"):
                yield importlib.import_module(module.name)


def _makes_without_arguments(value: Any, module: ModuleType) -> bool:
    cached = callable(value) and hasattr(value, "cache_info") and value.__module__ == module.__name__
    if not cached or inspect.signature(value).parameters:
        return False
    return "Pattern" in str(inspect.signature(value).return_annotation)


def _held(value: Any, depth: int = 4) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        yield value
    elif depth and isinstance(value, tuple | list | set | frozenset | dict):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _held(item, depth - 1)


def _in_calls(module: ModuleType) -> Iterator[tuple[int, re.Pattern[str]]]:
    """Patterns written out in a call of `re`, as in `re.sub(r"\\s+", " ", text)`."""
    for node in ast.walk(ast.parse(Path(str(module.__file__)).read_text())):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
            continue
        written = node.args[0]
        of_re = isinstance(node.func.value, ast.Name) and node.func.value.id == "re" and node.func.attr != "escape"
        if of_re and isinstance(written, ast.Constant) and isinstance(written.value, str):
            yield node.lineno, re.compile(written.value, _flags(node))


def _flags(call: ast.Call) -> int:
    given = [*call.args[1:], *(keyword.value for keyword in call.keywords)]
    names = {node.attr for item in given for node in ast.walk(item) if isinstance(node, ast.Attribute)}
    return sum(re.RegexFlag[name] for name in names if name in re.RegexFlag.__members__)
