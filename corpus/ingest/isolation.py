"""Reading files that may be hostile: in a child process with limits, so that a crash, a hang or a bomb costs that file.

With a `Cutting`, the child does all that is done to a text before it is stored: it finds the sentences and passages,
the language and the parties too.

The child is started at the first file that needs one, reads file after file, and is replaced when it had to be ended.
It gets bytes and gives back text over pipes, as JSON: whatever took it over could at most lie about that one file.
Short plain text needs no parser and no child: its length alone bounds what it can cost; see `_is_harmless`.
"""

import base64
import contextlib
import json
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, fields
from itertools import pairwise
from pathlib import Path
from typing import IO, Any, TypeVar

from corpus.document import Attachment, Extraction, Span
from corpus.errors import UnreadableFile
from corpus.readers.formats import is_known, read_content
from corpus.readers.front_matter import NotForIndexing
from corpus.readers.metadata import web_address
from corpus.readers.recognising import is_plain
from corpus.text.cutting import Cutting, Pieces

# Read here. Even what takes the square of such a length takes seconds, and nothing does (`tests/test_linear.py`).
LONGEST_HARMLESS_BYTES = 16 * 2**10
_PLAIN_SUFFIXES = (".md", ".markdown", ".txt", ".text")
# A text of the greatest length, each character escaped, attachments, and what else an extraction holds.
_LARGEST_ANSWER_BYTES = 128 * 2**20
_LONGEST_START = 60  # seconds
# All that the child sees of the environment: no keys, no addresses.
_PASSED_ON = ("HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PATH", "PYTHONHOME", "PYTHONPATH", "TMPDIR", "TZ")

_Got = TypeVar("_Got")


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one file may cost: seconds by the clock, and bytes of the child's address space."""

    seconds: float = 60
    memory_bytes: int = 2**30


class IsolatedReader:
    """Reads one file at a time; for use in one thread. A context manager: leaving it ends the child."""

    def __init__(self, limits: Limits | None = None, cutting: Cutting | None = None) -> None:
        self._cutting = cutting
        self._limits = limits or Limits()
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "IsolatedReader":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def read(self, content: bytes, name: str) -> Extraction:
        """Read the content of a file of this name.

        Raises `UnreadableFile` with the reason in a sentence, and `NotForIndexing` where the file asks to be left out.
        """
        if _is_read_here(content, name):
            return read_content(content, name)
        return _usable(_extraction, self._answer(content, name))

    def read_and_cut(self, content: bytes, name: str, document_id: str) -> tuple[Extraction, Pieces]:
        """The same with what the reader's `Cutting` makes of it."""
        assert self._cutting is not None
        if _is_read_here(content, name):
            extraction = read_content(content, name)
            return extraction, self._cutting.of(extraction, document_id)
        answer = self._answer(content, name, document_id)
        extraction = _usable(_extraction, answer)
        return extraction, _usable(lambda said: _pieces(said, len(extraction.text)), answer)

    def _answer(self, content: bytes, name: str, document_id: str | None = None) -> dict[str, Any]:
        answer = self._ask(content, name, document_id)
        if answer.get("left_out"):
            raise NotForIndexing(name)
        if "reason" in answer:
            raise UnreadableFile(str(answer["reason"]))
        return answer

    def close(self) -> None:
        """End the child."""
        if self._child is not None:
            self._child.kill()
            self._child.communicate()
            self._child = None

    def _ask(self, content: bytes, name: str, document_id: str | None) -> dict[str, Any]:
        """The child's answer about one file; where it does not give one, the reason why."""
        child = self._running()
        answer, expired = _within(self._limits.seconds, child, lambda: _exchange(child, content, name, document_id))
        if answer is not None and not expired:
            if answer.get("last"):
                self.close()
            return answer
        code = _ended(child)
        self.close()
        return {"reason": self._reason(expired, code)}

    def _reason(self, expired: bool, code: int) -> str:
        if expired:
            return f"reading it took more than {self._limits.seconds:g} seconds"
        return f"its reader crashed on it ({f'signal {-code}' if code < 0 else f'exit code {code}'})"

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._child is None or self._child.poll() is not None:
            self.close()
            self._child = child = _started(self._limits)
            _within(_LONGEST_START, child, lambda: _prepare(child, self._cutting))
        return self._child


def _is_read_here(content: bytes, name: str) -> bool:
    suffix = Path(name).suffix.lower()
    return not is_known(suffix) or not content.strip() or _is_harmless(content, suffix)


def _is_harmless(content: bytes, suffix: str) -> bool:
    """Whether it is short plain text, whatever its name says, whose encoding need not be guessed."""
    if suffix not in _PLAIN_SUFFIXES or len(content) > LONGEST_HARMLESS_BYTES or not is_plain(content):
        return False
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def _started(limits: Limits) -> "subprocess.Popen[bytes]":
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    here = str(Path(__file__).parents[2])
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, (here, *sys.path)))
    environment |= {
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "RAYON_NUM_THREADS": "1",
    }  # each thread takes address space
    command = [sys.executable, "-P", "-B", "-m", "corpus.ingest.reading_process", str(limits.memory_bytes)]
    command.append(str(int(limits.seconds) + 1))
    pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
    return subprocess.Popen(  # noqa: S603 - our own program
        command, env=environment, stdin=pipe, stdout=pipe, stderr=nothing, start_new_session=True
    )


def _within(seconds: float, child: "subprocess.Popen[bytes]", exchange: Callable[[], _Got]) -> tuple[_Got, bool]:
    """What `exchange` with the child comes to, and whether the child was ended because it took too long."""
    expired = threading.Event()

    def end() -> None:
        expired.set()
        child.kill()

    timer = threading.Timer(seconds, end)
    timer.start()
    try:
        return exchange(), expired.is_set()
    finally:
        timer.cancel()


def _prepare(child: "subprocess.Popen[bytes]", cutting: Cutting | None) -> None:
    """Hand over how texts are cut, and wait until the child is ready: its start is not counted against a file."""
    assert child.stdin is not None
    assert child.stdout is not None
    prepared = pickle.dumps(cutting)
    with contextlib.suppress(OSError):  # a child that has ended already is noticed at the file
        child.stdin.write(b"%d\n%b" % (len(prepared), prepared))
        child.stdin.flush()
    child.stdout.readline(20)


def _exchange(
    child: "subprocess.Popen[bytes]", content: bytes, name: str, document_id: str | None
) -> dict[str, Any] | None:
    """Hand over one file and wait for the answer; None where the child ended or answered no sense."""
    assert child.stdin is not None
    assert child.stdout is not None
    request = {"name": name, "bytes": len(content), "document_id": document_id}
    try:
        child.stdin.write(json.dumps(request).encode() + b"\n")
        child.stdin.write(content)
        child.stdin.flush()
        return _answer(child.stdout)
    except (OSError, ValueError):  # a broken pipe, or no JSON
        return None


def _ended(child: "subprocess.Popen[bytes]") -> int:
    """The exit code of a child that no longer answers, which mostly means that it is ending."""
    try:
        return child.wait(timeout=1)
    except subprocess.TimeoutExpired:
        child.kill()
        return child.wait()


def _answer(answers: IO[bytes]) -> dict[str, Any] | None:
    size = answers.readline(20).strip()
    if not size.isdigit() or int(size) > _LARGEST_ANSWER_BYTES:
        return None
    answer = json.loads(answers.read(int(size)))
    return answer if isinstance(answer, dict) else None


def _usable(made: Callable[[dict[str, Any]], _Got], answer: dict[str, Any]) -> _Got:
    try:
        return made(answer)
    except (LookupError, TypeError, ValueError) as error:
        raise UnreadableFile("reading it ended in nothing usable") from error


def _pieces(answer: dict[str, Any], length: int) -> Pieces:
    """The pieces from what the child says of them: spans in order, within the text."""
    spans = tuple(Span(int(start), int(end)) for start, end in answer["spans"])
    if any(one.end > other.start for one, other in pairwise(spans)) or (spans and spans[-1].end > length):
        raise ValueError("spans")
    return Pieces(spans, tuple(str(name) for name in answer["parties"]), int(answer["repeats"]))


def _extraction(answer: dict[str, Any]) -> Extraction:
    """An extraction from what the child says of it, checked as far as others rely on it."""
    values = answer["extraction"]
    values = {field.name: values[field.name] for field in fields(Extraction)}
    length = len(values["text"])
    for name in ("pages", "furniture"):
        values[name] = tuple(Span(int(start), min(int(end), length)) for start, end in values[name])
    for name in ("parties", "topics", "remarks", "identifiers"):
        values[name] = tuple(str(item) for item in values[name])
    values["attachments"] = tuple(
        Attachment(str(name), base64.b64decode(content)) for name, content in values["attachments"]
    )
    values["origins"] = tuple((str(name), str(origin)) for name, origin in values["origins"])
    for name in ("text", "title", "publisher", "published", "url", "language"):
        if not isinstance(values[name], str | None):
            raise TypeError(name)
    values["url"] = web_address(values["url"])
    return Extraction(**values)
