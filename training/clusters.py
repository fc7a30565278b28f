"""Reads the clusters of `training/domain/`: invented documents with their questions and claims.

Checks everything that a program can see of them (format, references, vocabulary of labels); whether a label is right is
for a second reader. Used by training, and as a command: `python -m training.clusters [FILE ...]` prints what is wrong.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

FOLDER = Path(__file__).parent / "domain"
LANGUAGES = frozenset("en lv ru az tr de lt et uk fr es".split())
DOCUMENT_KINDS = frozenset("news ministry minutes treaty release report mail faq resolution speech".split())
STATUSES = frozenset(
    "none discussed proposed planned agreed signed approved in_force implemented withdrawn rejected heading".split()
)
MOODS = frozenset("plan question rumour condition template order".split())
QUESTION_KINDS = frozenset(
    "status date place person office number money what why yesno list count timeline comparison briefing provision"
    " identifier talk".split()
)
STYLES = frozenset(
    "full bare polite sloppy typo indirect two-part follow-up near:subject near:party near:year near:fact near:premise"
    " far".split()
)
CLAIM_KINDS = {
    "+": frozenset("- paraphrase sum pronoun translation several".split()),
    "-": frozenset(
        "actors negation plan-as-done talk-as-agreement signed-as-force scope number date place sum merge".split()
    ),
    "?": frozenset({"untold"}),
}


class Malformed(ValueError):
    """A line of a cluster does not follow `training/domain/README.md`."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence and what it reports: its status, whether it is denied, and its mood (empty: told as a fact)."""

    text: str
    status: str
    is_denied: bool
    mood: str
    begins_paragraph: bool


@dataclass(frozen=True, slots=True)
class Document:
    """One invented document; its sentences by number."""

    letter: str
    kind: str
    language: str
    published: str
    publisher: str
    title: str
    sentences: dict[int, Sentence] = field(default_factory=dict)


Reference = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Question:
    """A question with the sentences that answer it, best first; none where nothing does."""

    text: str
    history: tuple[str, ...]
    kind: str
    style: str
    language: str
    answers: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim over some sentences: `+` held, `-` falsified, `?` not told."""

    text: str
    verdict: str
    kind: str
    language: str
    evidence: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class Cluster:
    """Documents that are each other's hard neighbours, with questions and claims over them."""

    name: str
    documents: dict[str, Document]
    questions: tuple[Question, ...]
    claims: tuple[Claim, ...]


def read_clusters(folder: Path = FOLDER) -> list[Cluster]:
    """All clusters of a folder, by name. Raises `Malformed` at the first wrong line."""
    return [read_cluster(path) for path in sorted(folder.glob("*.txt"))]


def read_cluster(path: Path) -> Cluster:
    """One cluster. Raises `Malformed`, which names file and line."""
    reader = _Reader()
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        try:
            reader.take(line.rstrip())
        except (ValueError, KeyError) as error:
            raise Malformed(f"{path.name}:{number}: {error}") from error
    return Cluster(path.stem, reader.documents, tuple(reader.questions), tuple(reader.claims))


class _Reader:
    def __init__(self) -> None:
        self.documents: dict[str, Document] = {}
        self.questions: list[Question] = []
        self.claims: list[Claim] = []
        self._part = ""
        self._begins = True

    def take(self, line: str) -> None:
        if line.startswith("== "):
            self._open(line[3:])
        elif not line:
            self._begins = True
        elif not line.startswith("# "):
            {"questions": self._question, "claims": self._claim}.get(self._part, self._sentence)(line)

    def _open(self, head: str) -> None:
        self._begins = True
        self._part = head.split(" ")[0]
        if self._part in ("questions", "claims"):
            return
        letter, kind, language, published, publisher, title = _fields(head, 6)
        _known(kind, DOCUMENT_KINDS)
        _known(language, LANGUAGES)
        if letter in self.documents:
            raise Malformed(f"document {letter} stands twice")
        self.documents[letter] = Document(letter, kind, language, *(_told(x) for x in (published, publisher, title)))

    def _sentence(self, line: str) -> None:
        number, label, text = _fields(line, 3)
        sentences = self.documents[self._part].sentences
        if int(number) != len(sentences) + 1:
            raise Malformed(f"sentence {number} follows {len(sentences)}")
        status, *more = label.split()
        _known(status, STATUSES)
        moods = [word for word in more if word != "not"]
        for mood in moods:
            _known(mood, MOODS)
        if len(moods) > 1:
            raise Malformed("two moods")
        sentences[int(number)] = Sentence(text, status, "not" in more, "".join(moods), self._begins)
        self._begins = False

    def _question(self, line: str) -> None:
        answers, kind, style, language, text = _fields(line, 5)
        _known(kind, QUESTION_KINDS)
        _known(style, STYLES)
        _known(language, LANGUAGES)
        *history, question = [part.strip() for part in text.split(">>")]
        if (style == "follow-up") != bool(history):
            raise Malformed("a follow-up has an earlier question before >>, and nothing else has")
        if style.startswith(("near:", "far")) and answers != "-":
            raise Malformed(f"{style} has answers")
        found = self._references(answers)
        self.questions.append(Question(question, tuple(history), kind, style, language, found))

    def _claim(self, line: str) -> None:
        verdict, evidence, kind, language, text = _fields(line, 5)
        _known(kind, CLAIM_KINDS[verdict])
        _known(language, LANGUAGES)
        found = self._references(evidence)
        if not found:
            raise Malformed("a claim needs sentences to judge it by")
        self.claims.append(Claim(text, verdict, kind, language, found))

    def _references(self, text: str) -> tuple[Reference, ...]:
        if text == "-":
            return ()
        found = tuple((word[0], int(word[1:])) for word in text.split())
        for letter, number in found:
            if number not in self.documents[letter].sentences:
                raise Malformed(f"there is no sentence {letter}{number}")
        if len(set(found)) != len(found):
            raise Malformed("a sentence is named twice")
        return found


def _fields(line: str, count: int) -> list[str]:
    parts = [part.strip() for part in line.split("|", count - 1)]
    if len(parts) != count or not all(parts):
        raise Malformed(f"{count} fields separated by | are needed")
    return parts


def _known(word: str, words: frozenset[str]) -> None:
    if word not in words:
        raise Malformed(f"'{word}' is none of: {' '.join(sorted(words))}")


def _told(text: str) -> str:
    return "" if text == "-" else text


def _shortcomings(cluster: Cluster) -> Iterator[str]:
    """What one file lacks of its share of the whole."""
    if not 4 <= len(cluster.documents) <= 6:
        yield f"{len(cluster.documents)} documents"
    for what, least in ((cluster.questions, 60), (cluster.claims, 72)):
        if len(what) < least:
            yield f"{len(what)} of at least {least} {type(what[0]).__name__.lower() if what else 'rows'}s"
    for texts in ([q.text for q in cluster.questions if not q.history], [c.text for c in cluster.claims]):
        twice = [text for text, count in Counter(texts).items() if count > 1]
        if twice:
            yield f"twice: {twice[:3]}"
    open_ones = sum(not q.answers for q in cluster.questions)
    if cluster.questions and not 0.2 <= open_ones / len(cluster.questions) <= 0.45:
        yield f"{open_ones} of {len(cluster.questions)} questions without an answer (a fifth to 45 % are wanted)"
    held = sum(claim.verdict == "+" for claim in cluster.claims)
    if cluster.claims and not 0.35 <= held / len(cluster.claims) <= 0.55:
        yield f"{held} of {len(cluster.claims)} claims held (35 to 55 % are wanted)"


def main(paths: list[str]) -> int:
    """Print what is wrong with the files named, or with all, and how much there is. 1 where something is."""
    wrong, totals = 0, Counter[str]()
    for path in [Path(name) for name in paths] or sorted(FOLDER.glob("*.txt")):
        try:
            cluster = read_cluster(path)
        except Malformed as error:
            print(error)
            wrong += 1
            continue
        for said in _shortcomings(cluster):
            print(f"{path.name}: {said}")
            wrong += 1
        totals.update(clusters=1, documents=len(cluster.documents), questions=len(cluster.questions))
        totals.update(claims=len(cluster.claims), sentences=sum(len(d.sentences) for d in cluster.documents.values()))
    print(", ".join(f"{count} {what}" for what, count in totals.items()))
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
