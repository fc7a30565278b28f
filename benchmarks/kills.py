"""Syncs killed at random moments: nothing acknowledged is lost, nothing half done is seen, the next sync completes it.

    python benchmarks/kills.py [--kills 300] [--minutes 20]
    python benchmarks/kills.py --broken --kills 60        # the control: a build that shows documents too early

One data folder lives through all of it. Each round, files of an open and of a restricted source are added, changed,
renamed and deleted, then a child process synchronises (every tenth round it rebuilds the indexes) and is sent SIGKILL
at a random one of its writes and commits, or up to 50 ms after it. The child tells of each commit of the catalog after
it was made: that is what is acknowledged. Vectors are hashed words
(`tests/fakes.py`), so that the time goes into writing. Then, over what the kill left:

- the folder opens; every commit told of is in the catalog; every document shown is whole in both indexes
- every citation ever given opens with its text, and those of new answers hold
- nobody without the group finds, lists or opens anything of the restricted source
- after one more sync the catalog agrees with the files and both indexes with the catalog; the next changes nothing
"""

import argparse
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from fakes import FakeEncoder, catalog_passage_ids, keyword_passage_ids, passage_ids

from assistant.answer import Citation
from assistant.assembly import Assistant, open_assistant
from assistant.scope import scope_for
from benchmarks.table import print_table
from corpus.errors import DataFolderDamaged

GROUP = "staff"
SECRET_WORD = "Zembla"
QUESTIONS = ("What did Latvia and Norway sign?", "Which agreement did Zembla sign?", "What helps doctors?")
_REBUILD_EVERY = 10
_FILES = 24
# After a write or a commit was told of, the kill comes within this time: in it, or between it and the next.
_LONGEST_DELAY_SECONDS = 0.05


def main() -> None:
    """Kill, check and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--minutes", type=float, default=20, help="at most so long")
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument("--broken", action="store_true", help="the control: a build that is wrong")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        serve_jobs(broken=arguments.broken)
        return
    with tempfile.TemporaryDirectory() as folder:
        trial = Trial(Path(folder), random.Random(arguments.seed), broken=arguments.broken)
        trial.run(arguments.kills, arguments.minutes * 60)
    title = "A sync killed again and again" + (", deliberately broken build" if arguments.broken else "")
    print_table(title, ("what", "count"), list(trial.counts.items()))
    print_table("What was found wrong", ("what", "times"), list(trial.wrong.items()) or [("nothing", 0)])
    sys.exit(bool(trial.wrong) != arguments.broken)


class Trial:
    """The rounds over one data folder, and what was seen."""

    def __init__(self, folder: Path, chance: random.Random, *, broken: bool) -> None:
        self.data = folder / "data"
        self.sources = {name: folder / name for name in ("open", "secret")}
        self.chance = chance
        self.counts: Counter[str] = Counter()
        self.wrong: Counter[str] = Counter()
        self.cited: dict[tuple[str, int, int], str] = {}
        self.child = start_child(broken=broken)

    def run(self, kills: int, seconds: float) -> None:
        """So many kills, or for so long."""
        started = time.monotonic()
        try:
            self._begin()
            self._change_files()
            told = self._job("sync", None)
            acts = {False: told["acts"], True: told["acts"]}  # how many a sync has, and a rebuild
            while self.counts["kills"] < kills and time.monotonic() - started < seconds:
                rebuilds = self.chance.randrange(_REBUILD_EVERY) == 0
                self._change_files()
                moment = (self.chance.randrange(acts[rebuilds] + 1), self.chance.uniform(0, _LONGEST_DELAY_SECONDS))
                told = self._job("reindex" if rebuilds else "sync", moment)
                self._count(told, rebuilds=rebuilds)
                if not told["killed"]:
                    acts[rebuilds] = told["acts"]
                self._check(told["commits"])
        finally:
            self.child.communicate(timeout=60)
        self.counts["seconds"] = round(time.monotonic() - started)

    def _begin(self) -> None:
        for folder in self.sources.values():
            folder.mkdir()
        for _ in range(6):
            self._change_files()
        assistant = open_assistant(self.data, encoder=FakeEncoder())
        assistant.add(self.sources["open"])
        assistant.add(self.sources["secret"], groups=[GROUP])
        assistant.close()

    def _job(self, work: str, moment: tuple[int, float] | None) -> dict[str, Any]:
        assert self.child.stdin is not None
        assert self.child.stdout is not None
        self.child.stdin.write(json.dumps({"data": str(self.data), "work": work, "kill": moment}) + "\n")
        self.child.stdin.flush()
        told: dict[str, Any] = json.loads(self.child.stdout.readline())
        return told

    def _count(self, told: dict[str, Any], *, rebuilds: bool) -> None:
        if not told["killed"]:
            self.counts["ended before the kill (not counted as kills)"] += 1
            return
        self.counts["kills"] += 1
        self.counts["of these while the indexes were rebuilt"] += rebuilds
        self.counts["of these after the first write"] += told["acts"] > 0
        self.counts["commits that were acknowledged before a kill"] += len(told["commits"])

    def _change_files(self) -> None:
        """Add, change, rename or delete some files of both sources; once in a while one that cannot be read."""
        for name, folder in self.sources.items():
            files = sorted(folder.iterdir())
            for path in self.chance.sample(files, min(len(files), 2)):
                act = self.chance.choice(("change", "rename", "delete", "break"))
                if act == "change":
                    path.write_text(self._text(name))
                elif act == "rename":
                    path.rename(folder / self._name())
                elif act == "delete" or path.read_bytes()[:1] == b"\0":
                    path.unlink()
                else:
                    path.write_bytes(b"\0\1")
            for _ in range(self.chance.randrange(3, 6) if len(files) < _FILES else 1):
                (folder / self._name()).write_text(self._text(name))

    def _name(self) -> str:
        return f"{self.chance.randrange(10**9):09}.txt"

    def _text(self, source: str) -> str:
        who = SECRET_WORD if source == "secret" else "Latvia"
        number = self.chance.randrange(10**6)
        sentence = f"{who} and Norway signed agreement {number} on health in Oslo on 4 December 2025."
        return "\n\n".join([sentence, *(f"{who} programme {number}-{n} helps doctors." for n in range(5))])

    def _check(self, commits: list[dict[str, Any]]) -> None:
        try:
            self._check_opened(commits)
        except DataFolderDamaged:
            self.wrong["the folder does not open"] += 1
            assistant = open_assistant(self.data, encoder=FakeEncoder(), rebuild=True)
            assistant.reindex()
            assistant.close()

    def _check_opened(self, commits: list[dict[str, Any]]) -> None:
        assistant = open_assistant(self.data, encoder=FakeEncoder())
        try:
            self._check_acknowledged(assistant, commits)
            self._check_whole(assistant)
            self._check_answers(assistant)
            assistant.sync()
            self._check_complete(assistant)
            if self.counts["kills"] % 5 == 0:
                self._check_answers(assistant)
        finally:
            assistant.close()

    def _expect(self, holds: bool, what: str) -> None:
        self.counts["checks"] += 1
        if not holds:
            self.wrong[what] += 1

    def _check_acknowledged(self, assistant: Assistant, commits: list[dict[str, Any]]) -> None:
        """What the child told of is there; the commit under way, which it had not told of yet, may be too."""
        withdrawn = {found for commit in commits for found in commit["withdrawn"]}
        for found, sha256 in ((found, sha256) for commit in commits for found, sha256 in commit["documents"]):
            document = assistant.store.document(found)
            self._expect(document is not None and digest(document.text) == sha256, "an acknowledged document is lost")
        current = {found for found, _ in assistant.store.catalog.current_versions().values()}
        self._expect(not withdrawn & current, "a withdrawn document is back")
        for (found, start, end), quote in self.cited.items():
            document = assistant.store.document(found)
            self._expect(document is not None and document.text[start:end] == quote, "an old citation does not open")

    def _check_whole(self, assistant: Assistant) -> None:
        shown = catalog_passage_ids(assistant.store)
        self._expect(shown <= assistant.store.index.vectors.ids(), "a document is shown without its vectors")
        self._expect(shown <= keyword_passage_ids(assistant.store), "a document is shown without its words")

    def _check_answers(self, assistant: Assistant) -> None:
        for groups in ((), (GROUP,)):
            scope = scope_for(groups)
            answer = assistant.ask(self.chance.choice(QUESTIONS), scope=scope)
            for citation in (*answer.citations, *answer.closest):
                self._check_citation(assistant, citation, groups)
        stranger = scope_for(())
        hidden = [found for found in assistant.store.catalog.documents() if found.source == "secret"]
        for found in assistant.search(SECRET_WORD, 20, scope=stranger):
            self._expect(found.document.source != "secret", "a restricted document is found")
        for document in hidden[:3]:
            self._expect(assistant.document(document.id, scope=stranger) is None, "a restricted document opens")

    def _check_citation(self, assistant: Assistant, citation: Citation, groups: tuple[str, ...]) -> None:
        document = assistant.store.document(citation.document.id)
        holds = document is not None and document.text[citation.start : citation.end] == citation.quote
        self._expect(holds, "a citation does not hold")
        if not groups:
            self._expect(not citation.document.path.startswith("secret/"), "a restricted document is cited")
        self.cited[(citation.document.id, citation.start, citation.end)] = citation.quote

    def _check_complete(self, assistant: Assistant) -> None:
        on_disk = {
            (name, path.name): hashlib.sha256(path.read_bytes()).hexdigest()
            for name, folder in self.sources.items()
            for path in folder.iterdir()
            if path.read_bytes()[:1] != b"\0"
        }
        versions = assistant.store.catalog.current_versions()
        self._expect({key: sha for key, (_, sha) in versions.items()} == on_disk, "catalog and files differ")
        try:
            passage_ids(assistant.store)
            agree = True
        except AssertionError:
            agree = False
        self._expect(agree, "catalog and indexes differ")
        self._expect(not assistant.sync().changes, "a second sync changes something")
        self._expect(not assistant.store.catalog.unsettled(), "something stays unsettled")


def digest(text: str) -> str:
    """Of a document's text."""
    return hashlib.sha256(text.encode()).hexdigest()


# The child: imports everything once and forks for each job


def start_child(*, broken: bool) -> "subprocess.Popen[str]":
    """The process that forks for each job."""
    command = [sys.executable, str(Path(__file__).resolve()), "--child", *(["--broken"] if broken else [])]
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment, stderr=subprocess.DEVNULL
    )


def serve_jobs(*, broken: bool) -> None:
    """Read jobs as lines of JSON, and answer each with one."""
    import tantivy  # noqa: F401

    from corpus.language import detect_language

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
    import corpus.rebuild
    import corpus.sync
    from corpus.catalog import Catalog
    from corpus.keywords import KeywordIndex
    from corpus.vectors import VectorStore

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
    corpus.sync.PASSAGES_PER_STEP = corpus.rebuild.PASSAGES_PER_STEP = 12
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
    from corpus.catalog import Catalog
    from corpus.index import SearchIndex

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
    main()
