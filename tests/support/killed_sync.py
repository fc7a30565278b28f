"""Run syncs that are killed: a program for `test_crash.py`, which talks to it in lines of JSON.

It imports everything once and forks for each job, because the imports take a hundred times longer than the sync.
A job is {"data": folder, "work": "sync" or "reindex"} and one of
    {}                   count the writes: the answer lists them, in order
    {"write": n}         SIGKILL just before the n-th write; the number of all writes kills after the last
    {"seconds": s}       SIGKILL s seconds after the work began
and maybe "servers": the addresses of the catalog and the vectors, where they are on servers.
The answer is {"signal": n or 0, "writes": [...]}.
"""

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import chromadb.api.rust  # noqa: F401 - before the fork
import filelock  # noqa: F401 - before the fork
import sqlalchemy.dialects.sqlite  # noqa: F401 - before the fork
import tantivy  # noqa: F401 - before the fork
from fakes import SERVERS_OF, open_store

import corpus.ingest.rebuild
import corpus.ingest.sync
from corpus.catalog.catalog import Catalog
from corpus.index.keywords import KeywordIndex
from corpus.index.servers import Servers
from corpus.index.vectors import VectorStore
from corpus.store.store import Store
from corpus.text.language import detect_language

# Everything that a sync or a reindex writes with.
WRITES = [
    (Catalog, "set_state"),
    (Catalog, "note_unsettled"),
    (Catalog, "apply"),
    (Catalog, "settle"),
    (Catalog, "replace_passages"),
    (VectorStore, "add"),
    (VectorStore, "remove"),
    (KeywordIndex, "add"),
    (KeywordIndex, "remove"),
    (KeywordIndex, "commit"),
    (Store, "sweep"),
    (Store, "switch_to"),
]
WORK = {"sync": corpus.ingest.sync.sync, "reindex": corpus.ingest.rebuild.reindex}


def watch(owner: type, name: str, before: Callable[[str], None]) -> None:
    original = getattr(owner, name)

    def watched(*arguments: Any, **named: Any) -> Any:
        before(f"{owner.__name__}.{name}")
        return original(*arguments, **named)

    setattr(owner, name, watched)


def work(job: dict[str, Any], answer: int) -> None:
    """In the forked child: do the job, and tell of each write before it happens."""
    writes = 0

    def before(name: str) -> None:
        nonlocal writes
        if writes == job.get("write"):
            os.kill(os.getpid(), signal.SIGKILL)
        writes += 1
        os.write(answer, f"{name}\n".encode())

    for owner, name in WRITES:
        watch(owner, name, before)
    corpus.ingest.sync.PASSAGES_PER_STEP = corpus.ingest.rebuild.PASSAGES_PER_STEP = 6
    SERVERS_OF[job["data"]] = Servers(*job.get("servers", ()))
    store = open_store(Path(job["data"]))
    os.write(answer, b"ready\n")
    WORK[job["work"]](store)
    before("end")
    store.close()


def run(job: dict[str, Any]) -> dict[str, Any]:
    """Fork, let the child work, kill it in time, and say how it ended."""
    answers, answer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            work(job, answer)
            os._exit(0)
        finally:
            os._exit(1)
    os.close(answer)
    with os.fdopen(answers) as lines:
        assert lines.readline() == "ready\n"
        if "seconds" in job:
            time.sleep(job["seconds"])
            os.kill(child, signal.SIGKILL)
        writes = lines.read().split()
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "the child failed by itself"
    return {"signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0, "writes": writes}


def main() -> None:
    detect_language("load the model of languages before the fork")
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
