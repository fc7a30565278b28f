"""What must hold after a kill, and is counted where it does not; for `kills.py`, whose head lists it."""

import hashlib
import random
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]

from fakes import FakeEncoder, catalog_passage_ids, keyword_passage_ids, passage_ids

from assistant.answer import Citation
from assistant.assembly import Assistant, open_assistant
from assistant.scope.scope import scope_for
from benchmarks.killed_child import digest
from corpus.errors import DataFolderDamaged

GROUP = "staff"
SECRET_WORD = "Zembla"
QUESTIONS = ("What did Latvia and Norway sign?", "Which agreement did Zembla sign?", "What helps doctors?")


class Checks:
    """All that is looked at in the data folder `data`, over the files of `sources`; what is wrong, and how often."""

    def __init__(self, data: Path, sources: Mapping[str, Path], chance: random.Random) -> None:
        self.data = data
        self.sources = sources
        self.chance = chance
        self.made = 0
        self.wrong: Counter[str] = Counter()
        self.cited: dict[tuple[str, int, int], str] = {}

    def after_kill(self, commits: list[dict[str, Any]], *, ask_twice: bool) -> None:
        """Look at what a kill left, then at what one more sync makes of it, and of some at its answers again."""
        try:
            self._check_opened(commits, ask_twice=ask_twice)
        except DataFolderDamaged:
            self.wrong["the folder does not open"] += 1
            assistant = open_assistant(self.data, encoder=FakeEncoder(), rebuild=True)
            assistant.reindex()
            assistant.close()

    def _check_opened(self, commits: list[dict[str, Any]], *, ask_twice: bool) -> None:
        assistant = open_assistant(self.data, encoder=FakeEncoder())
        try:
            self._check_acknowledged(assistant, commits)
            self._check_whole(assistant)
            self._check_answers(assistant)
            assistant.sync()
            self._check_complete(assistant)
            if ask_twice:
                self._check_answers(assistant)
        finally:
            assistant.close()

    def _expect(self, holds: bool, what: str) -> None:
        self.made += 1
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
