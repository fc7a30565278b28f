"""The child of `kills.py`: imports everything once and forks for each sync or rebuild, which is killed in time.

Jobs come as lines of JSON, and each is answered by one. `work` is "sync" or "reindex"; `kill` is after how many writes
and commits, and how many seconds later, or null:
    {"data": folder, "work": ..., "kill": [number, seconds]}
    {"killed": whether, "acts": writes and commits told of, "commits": [...]}
With `--broken` it is the control, a build that shows documents before their indexes are written.
"""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]

from fakes import FakeEncoder

from assistant.assembly import open_assistant


def digest(text: str) -> str:
    """Of a document's text."""
    return hashlib.sha256(text.encode()).hexdigest()


def start_child(*, broken: bool) -> "subprocess.Popen[str]":
    """The process that forks for each job."""
    command = [sys.executable, str(Path(__file__).resolve()), *(["--broken"] if broken else [])]
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment, stderr=subprocess.DEVNULL
    )


def serve_jobs(*, broken: bool) -> None:
    """Read jobs as lines of JSON, and answer each with one."""
    import tantivy  # noqa: F401

    from corpus.text.language import detect_language

    detect_language("load the model of languages before the fork")
    for line in sys.stdin:
        print(json.dumps(forked(json.loads(line), broken=broken)), flush=True)


def forked(job: dict[str, Any], *, broken: bool) -> dict[str, Any]:
    """Let a child of its own do the job, and kill it in time."""
    answers, answer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            work(job, answer, broken=broken)
            os._exit(0)
        finally:
            os._exit(1)
    os.close(answer)
    with os.fdopen(answers) as lines:
        ready = lines.readline()
        acts, delay = job["kill"] or (None, 0.0)
        told: list[dict[str, Any]] = []
        while ready:
            if len(told) == acts:
                time.sleep(delay)
                os.kill(child, signal.SIGKILL)
                acts = None
            line = lines.readline()
            if not line.endswith("\n"):  # the child's end, or a word that it did not finish
                break
            told.append(json.loads(line))
    _, status = os.waitpid(child, 0)
    killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    assert killed or broken or os.WEXITSTATUS(status) == 0, "the child failed by itself"
    commits = [entry for entry in told if "documents" in entry]
    return {"killed": killed, "acts": len(told), "commits": commits}


def work(job: dict[str, Any], answer: int, *, broken: bool) -> None:
    """In the forked child: do the job; tell of each write as it begins, and of each commit once it is made."""
    import corpus.ingest.rebuild
    import corpus.ingest.sync
    from corpus.catalog.catalog import Catalog
    from corpus.index.keywords import KeywordIndex
    from corpus.index.vectors import VectorStore

    def tell(entry: dict[str, Any]) -> None:
        os.write(answer, (json.dumps(entry) + "\n").encode())

    if broken:
        show_too_early()
    apply = Catalog.apply

    def telling(self: Catalog, change: Any) -> None:
        apply(self, change)
        tell(
            {
                "documents": [(document.id, digest(document.text)) for document, _ in change.documents],
                "withdrawn": list(change.withdrawn),
            }
        )

    Catalog.apply = telling  # type: ignore[method-assign]
    for owner, name in ((VectorStore, "add"), (KeywordIndex, "add"), (Catalog, "note_unsettled")):
        before(owner, name, lambda: tell({"write": True}))
    corpus.ingest.sync.PASSAGES_PER_STEP = corpus.ingest.rebuild.PASSAGES_PER_STEP = 12
    assistant = open_assistant(Path(job["data"]), encoder=FakeEncoder())
    os.write(answer, b"{}\n")
    assistant.reindex() if job["work"] == "reindex" else assistant.sync()
    assistant.close()


def before(owner: type, name: str, tell: Callable[[], None]) -> None:
    """Tell of each call of a method before it is made."""
    original = getattr(owner, name)

    def watched(*arguments: Any, **named: Any) -> Any:
        tell()
        return original(*arguments, **named)

    setattr(owner, name, watched)


def show_too_early() -> None:
    """Break the order that everything rests on: the catalog's commit first, the indexes after it."""
    from corpus.catalog.catalog import Catalog
    from corpus.index.index import SearchIndex

    add, commit, apply = SearchIndex.add, SearchIndex.commit, Catalog.apply
    pending: list[tuple[SearchIndex, tuple[Any, ...]]] = []

    def early(self: Catalog, change: Any) -> None:
        apply(self, change)
        while pending:
            index, arguments = pending.pop()
            add(index, *arguments)
            commit(index)

    SearchIndex.add = lambda self, *arguments: pending.append((self, arguments))  # type: ignore[assignment,return-value,method-assign]
    SearchIndex.commit = lambda self: None if pending else commit(self)  # type: ignore[method-assign]
    Catalog.apply = early  # type: ignore[method-assign]


if __name__ == "__main__":
    serve_jobs(broken="--broken" in sys.argv[1:])
