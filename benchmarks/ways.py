"""The question's way and the file's way through the modules: each in the order in which it is first called.

    python benchmarks/ways.py

One sync of six briefs into a new data folder, then one question, asked warm, are run under `sys.setprofile`, in all
threads. What a child process reads is not seen. In a checkout of another commit it shows that commit's way:
`PYTHONPATH=. python .../ways.py`.
"""

import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from assistant import open_assistant

ROOT = Path(sys.modules["assistant"].__file__ or "").parents[1]
OURS = f"{ROOT}/"
QUESTION = "what did Latvia and Azerbaijan agree on?"
COUNTRIES = ("Latvia", "Azerbaijan")
FILES = 6


def main() -> None:
    """Run a sync and a question, and print both ways."""
    with tempfile.TemporaryDirectory() as folder:
        for brief in both_named()[:FILES]:
            (Path(folder) / brief.name).write_bytes(brief.read_bytes())
        data = Path(folder) / ".data"
        show("the file", visited(lambda: open_assistant(str(data), folder=folder), begin="sync"))
        assistant = open_assistant(str(data), folder=folder)
        assistant.ask("Is it in force?")
        show("the question", visited(lambda: assistant.ask(QUESTION), begin="Assistant.ask"))


def both_named() -> list[Path]:
    """Briefs that name both countries of the question."""
    briefs = sorted((ROOT / "corpus" / "documents").glob("*.md"))
    return [path for path in briefs if all(name in path.read_text(encoding="utf-8") for name in COUNTRIES)]


def visited(call: Callable[[], object], *, begin: str) -> list[str]:
    """The modules of this project that `call` enters, in order, from the function of that qualified name on."""
    seen: dict[str, None] = {}
    begun = False

    def look(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal begun
        name = frame.f_code.co_filename
        if event == "call" and name.startswith(OURS) and frame.f_code.co_name != "<module>":
            begun = begun or frame.f_code.co_qualname == begin
            if begun:
                seen.setdefault(name.removeprefix(OURS))

    threading.setprofile(look)
    sys.setprofile(look)
    try:
        call()
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
    return list(seen)


def show(way: str, modules: list[str]) -> None:
    """Print one way, a module a line."""
    print(f"{way}: {len(modules)} modules", *modules, sep="\n  ")


if __name__ == "__main__":
    main()
