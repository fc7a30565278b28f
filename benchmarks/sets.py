"""Public question-answering sets in one shape, and a store filled with one of them.

The sets lie beside the checkout (`../shared/data`), are measured with, and are not part of the project. A question's
`gold` maps a document to the spans that answer in it (empty where the set only names the document).
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.catalog.entries import Change
from corpus.document import Document, Span
from corpus.encoder.protocol import Encoder
from corpus.store.store import Store
from corpus.text.chunking import passages

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
_DOCUMENTS_PER_STEP = 200


@dataclass(frozen=True, slots=True)
class SetQuestion:
    """One question of a set; `context` is the document it was asked about, also where nothing in it answers."""

    id: str
    text: str
    answerable: bool
    gold: dict[str, tuple[Span, ...]]
    context: str


def fold(path: str) -> str:
    """What a document is used for, decided by its name so that it never moves: "trained", "fitted" or "measured".

    Four fifths train the reader's network; half of the rest fits what its score is combined and calibrated with, and
    only the other half is ever measured on. Paragraphs of one article (the part of the id before the colon) are
    together.
    """
    article = path.split(":")[0].encode()
    if sum(article) % 5:
        return "trained"
    return "fitted" if hashlib.sha256(article).digest()[0] % 2 == 0 else "measured"


def held_back_document(path: str) -> bool:
    """Whether a document belongs to the fifth of the articles that the reader's network was not trained on."""
    return fold(path) != "trained"


def held_back(question: "SetQuestion") -> bool:
    """Whether a question was asked about a held-back document."""
    return held_back_document(question.context)


def load_documents(name: str) -> list[Document]:
    """The set's documents; `path` is the set's own document id."""
    return [
        Document(
            text=row["text"],
            title=row["title"] or "",
            language="en",
            id=hashlib.sha256(f"{name}:{row['id']}".encode()).hexdigest()[:16],
            source=name,
            path=str(row["id"]),
            sha256=hashlib.sha256(row["text"].encode()).hexdigest(),
        )
        for row in rows(name, "corpus")
        if row["text"].strip()
    ]


def load_questions(name: str, documents: list[Document]) -> list[SetQuestion]:
    """The set's questions with what answers them; those of which the set says neither yes nor no are left out."""
    texts = {document.path: document.text for document in documents}
    relations: dict[str, list[dict[str, Any]]] = {}
    for row in rows(name, "qrels"):
        relations.setdefault(str(row["query"]), []).append(row)
    found = []
    for row in rows(name, "queries"):
        if row["answerable"] is None:
            continue
        meta = row["meta"] if isinstance(row["meta"], dict) else {}
        gold = {
            str(relation["doc"]): tuple(_spans(texts.get(str(relation["doc"]), ""), relation, meta))
            for relation in relations.get(str(row["id"]), [])
            if str(relation["doc"]) in texts
        }
        if row["answerable"] and not gold:
            continue
        asked_about = meta.get("context_doc") or next(iter(gold), str(row["id"]))
        context = asked_about[0] if isinstance(asked_about, list) else asked_about
        found.append(SetQuestion(str(row["id"]), row["text"], row["answerable"], gold, context))
    return found


def open_set(name: str, folder: Path, encoder: Encoder) -> tuple[Store, list[SetQuestion]]:
    """A store that holds the set's documents, filled on first use, and the set's questions."""
    documents = load_documents(name)
    store = Store(folder / name, encoder)
    if store.generation == 0:
        with store.writing():
            for start in range(0, len(documents), _DOCUMENTS_PER_STEP):
                batch = documents[start : start + _DOCUMENTS_PER_STEP]
                cut = [(document, passages(document, encoder.count_tokens, store.chunking)) for document in batch]
                store.index.add(cut, store.catalog.encodings.encode(store.encoder, cut))
                store.index.commit()
                store.catalog.apply(Change(documents=cut))
    return store, load_questions(name, documents)


def _spans(text: str, relation: dict[str, Any], meta: dict[str, Any]) -> Iterator[Span]:
    if relation.get("start") is not None:
        yield Span(relation["start"], relation["end"])
    for answer, start in meta.get("answer_starts") or ():
        yield Span(start, start + len(answer))
    selected = meta.get("selected_sentences") or ()
    for sentence in (piece for group in selected for piece in ([group] if isinstance(group, str) else group)):
        if (start := text.find(sentence)) >= 0:
            yield Span(start, start + len(sentence))


def rows(name: str, kind: str) -> Iterator[dict[str, Any]]:
    """The rows of one of a set's files, as they stand there."""
    with (DATA / name / f"{kind}.jsonl").open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)
