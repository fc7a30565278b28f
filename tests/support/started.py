"""What a test starts and ends beside itself, seen by Python's audit events: each kind needs its mark.

`make test` leaves out what is marked, so that a test without its mark would take a browser, a server or a kill
into it. Children that only compute, as the process that reads files does, need none.
"""

import sys
from pathlib import Path
from typing import Any

PRODUCT = [Path(__file__).parents[2] / package for package in ("assistant", "corpus", "ui")]
BROWSERS = {"node", "chromium", "chromium-browser", "google-chrome"}  # node: what Playwright speaks through
SERVERS = {"initdb", "postgres", "chroma", "nginx", "apache2", "httpd"}
OURS = {"serve", "chat", "mcp"}
SELF_KILLING = ("os.kill(os.getpid()", "killed_sync.py")

# The marks that what was started since the list was last cleared needs, with what it was.
needed: list[tuple[str, str]] = []


def install() -> None:
    """Begin to look; a hook cannot be taken away again."""
    sys.addaudithook(_note)


def mark_of(command: list[str]) -> str | None:
    """The mark that a command needs; None for one that may be run anywhere."""
    name = Path(command[0]).name
    if name in BROWSERS:
        return "browser"
    if name in SERVERS:
        return "servers"
    ours = name == "assistant" or (name.startswith("python") and OURS & set(command))
    return "processes" if ours or any(words in part for part in command for words in SELF_KILLING) else None


def _note(event: str, values: tuple[Any, ...]) -> None:
    if event == "subprocess.Popen":
        command = [str(values[0]), *map(str, values[1] if isinstance(values[1], list | tuple) else [values[1]])]
        if mark := mark_of(command):
            needed.append((mark, " ".join(command)[:80]))
    elif event == "os.kill" and values[1] != 0 and _is_from_a_test():
        needed.append(("processes", f"a signal {values[1]:d}"))


def _is_from_a_test() -> bool:
    """Whether a test itself sends the signal: the product ends the children that read files, too."""
    frame = sys._getframe(2)  # who called what sent it
    while frame is not None and frame.f_code.co_filename.endswith("subprocess.py"):
        frame = frame.f_back
    return frame is not None and not _is_of_the_product(frame.f_code.co_filename)


def _is_of_the_product(file: str) -> bool:
    return any(Path(file).is_relative_to(package) for package in PRODUCT)
