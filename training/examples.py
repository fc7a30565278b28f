"""Training examples for the evidence reader, made of the public sets.

An example is a question beside one passage, cut as the assistant cuts its own, with the spans of the passage that
answer; none where nothing does. What the reader must learn to refuse comes in four kinds: questions that the set's
authors wrote to be unanswerable, other passages of the same article or set that share the question's words, questions
of which one name or number was exchanged for another, and passages of the right kind about another subject.
No passage of a held-back document is ever used, nor one that answers a held-back question.
"""

import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from benchmarks.sets import SetQuestion, held_back_document, load_documents, load_questions
from corpus.document import Document, Passage, Span
from corpus.text.chunking import ChunkingParameters, passages

CountTokens = Callable[[Sequence[str]], list[int]]
# Snippets of BioASQ are single sentences; several together make a passage with something to choose from.
_SNIPPETS_TOGETHER = 4
# How many of the answerable questions also make a negative of either kind, and how many MedQuAD questions are used:
# about as many examples without an answer as with one.
_OTHER_PASSAGES = 0.45
_EXCHANGED_NAMES = 0.6
_MEDQUAD_QUESTIONS = 1200
_WORD = re.compile(r"[^\W_]+")
# A name (capitalised words, not the question's first) or a number: what an exchanged question changes.
_NAME = re.compile(r"(?<=\s)(?:[A-Z][\w’'-]+(?:\s+[A-Z][\w’'-]+)*|\d[\d.,]*\d|\d)")


@dataclass(frozen=True, slots=True)
class Example:
    """A question beside a passage. `gold` are the spans of `text` that answer; empty where nothing does.

    `by_sentence` says whether the set tells which sentences answer; if not, only that the passage does.
    """

    source: str
    question: str
    title: str
    text: str
    gold: tuple[Span, ...]
    by_sentence: bool = True


@dataclass(slots=True)
class _Set:
    """One set's documents and questions, cut and looked up by words."""

    name: str
    questions: list[SetQuestion]
    pieces: dict[str, list[tuple[Document, Passage]]]
    words: dict[str, frozenset[str]]

    def near(self, question: str, article: str | None, without: str) -> list[tuple[Document, Passage]]:
        """Passages of other documents that share the question's words, best first: of the article, or of the set."""
        asked = frozenset(_words(question))
        scored = []
        for path, pieces in self.pieces.items():
            if path == without or (article is not None and path.split(":")[0] != article):
                continue
            for document, passage in pieces:
                shared = len(asked & self.words[passage.id])
                if shared:
                    scored.append((shared, passage.id, document, passage))
        scored.sort(key=lambda item: (-item[0], item[1]))
        return [(document, passage) for *_, document, passage in scored]


def examples(count_tokens: CountTokens, generator: random.Random) -> list[Example]:
    """Every training example, in random order."""
    found: list[Example] = []
    for name, make in (
        ("squad2", _paragraphs),
        ("qed", _paragraphs),
        ("clapnq", _paragraphs),
        ("covid_qa", _paragraphs),
        ("bioasq", _snippets),
        ("medquad", _topics),
    ):
        found += make(_opened(name, count_tokens), generator)
    generator.shuffle(found)
    return found


def _opened(name: str, count_tokens: CountTokens) -> _Set:
    documents = load_documents(name)
    questions = load_questions(name, documents)
    asked_later = {path for question in questions if held_back_document(question.context) for path in question.gold}
    barred = asked_later | {document.path for document in documents if held_back_document(document.path)}
    pieces = {
        document.path: [(document, passage) for passage in passages(document, count_tokens, ChunkingParameters())]
        for document in documents
        if document.path not in barred
    }
    kept = [q for q in questions if not held_back_document(q.context) and not (set(q.gold) & barred)]
    words = {passage.id: _words(passage.text) for cut in pieces.values() for _, passage in cut}
    return _Set(name, kept, pieces, words)


def _paragraphs(source: _Set, generator: random.Random) -> Iterator[Example]:
    """Sets whose questions were asked about one paragraph or article."""
    names = [name for question in source.questions for name in _NAME.findall(question.text)]
    by_article: dict[str | None, list[str]] = defaultdict(list)
    for question in source.questions:
        by_article[question.context.split(":")[0]] += _NAME.findall(question.text)
    for question in source.questions:
        if question.context not in source.pieces:
            continue
        own = source.pieces[question.context]
        article = question.context.split(":")[0] if ":" in question.context else None
        if not question.answerable:
            asked = _words(question.text)
            document, passage = max(own, key=lambda piece: len(asked & _words(piece[1].text)))
            yield _example(source, question.text, document, passage, ())
            continue
        spans = question.gold.get(question.context, ())
        holding = [(piece, inside) for piece in own if (inside := tuple(s for s in spans if _within(s, piece[1].span)))]
        if not holding:
            continue
        (document, passage), inside = holding[0]
        yield _example(source, question.text, document, passage, inside)
        if generator.random() < _OTHER_PASSAGES:
            near = source.near(question.text, article, question.context)[:4]
            elsewhere = [piece for piece in near if piece[0].path not in question.gold]
            elsewhere += [piece for piece in own if not any(span.overlaps(piece[1].span) for span in spans)]
            if elsewhere:
                yield _example(source, question.text, *generator.choice(elsewhere), ())
        exchanged = _exchanged(question.text, passage.text, by_article[article] if article else names, generator)
        if exchanged and generator.random() < _EXCHANGED_NAMES:
            yield _example(source, exchanged, document, passage, ())


def _snippets(source: _Set, generator: random.Random) -> Iterator[Example]:
    """BioASQ: one-sentence documents, several of which make a passage."""
    for question in source.questions:
        answering = [source.pieces[path][0] for path in question.gold if path in source.pieces]
        nearest = [piece for piece in source.near(question.text, None, "")[:40] if piece[0].path not in question.gold]
        if not answering or len(nearest) < 2 * _SNIPPETS_TOGETHER:
            continue
        chosen = generator.sample(answering, min(len(answering), generator.choice((1, 1, 2))))
        others = generator.sample(nearest, _SNIPPETS_TOGETHER - len(chosen))
        yield _together(source.name, question.text, chosen, others, generator)
        if generator.random() < 0.5:
            others = generator.sample(nearest, _SNIPPETS_TOGETHER)
            yield _together(source.name, question.text, [], others, generator)


def _together(source: str, question: str, answering: list, others: list, generator: random.Random) -> Example:
    order = [(passage.text, True) for _, passage in answering] + [(passage.text, False) for _, passage in others]
    generator.shuffle(order)
    text, gold = "", []
    for sentence, answers in order:
        start = len(text)
        text += sentence
        if answers:
            gold.append(Span(start, len(text)))
        text += "\n\n"
    return Example(source, question, "", text.rstrip(), tuple(gold))


def _topics(source: _Set, generator: random.Random) -> Iterator[Example]:
    """MedQuAD: whole answers; another answer about the same condition is of the right subject and does not answer."""
    by_title = defaultdict(list)
    for path, pieces in source.pieces.items():
        if pieces:
            by_title[pieces[0][0].title].append(path)
    questions = generator.sample(source.questions, min(_MEDQUAD_QUESTIONS, len(source.questions)))
    for question in questions:
        path = next((path for path in question.gold if source.pieces.get(path)), None)
        if path is None:
            continue
        document, passage = source.pieces[path][0]
        others = [other for other in by_title[document.title] if other not in question.gold and source.pieces[other]]
        if others and generator.random() < 0.5:
            yield _example(source, question.text, *source.pieces[generator.choice(others)][0], ())
        else:
            yield _example(source, question.text, document, passage, (passage.span,), by_sentence=False)


def _example(
    source: _Set, question: str, document: Document, passage: Passage, gold: Sequence[Span], *, by_sentence: bool = True
) -> Example:
    start = passage.span.start
    inside = tuple(Span(span.start - start, span.end - start) for span in gold)
    return Example(source.name, question, document.title, passage.text, inside, by_sentence)


def _exchanged(question: str, text: str, names: Sequence[str], generator: random.Random) -> str | None:
    """The question with one name or number that the passage holds exchanged for one that it does not hold."""
    found = [match for match in _NAME.finditer(question) if match.group() in text]
    if not found:
        return None
    match = generator.choice(found)
    is_number = match.group()[0].isdigit()
    others = [name for name in names if name[0].isdigit() == is_number and name not in text and name not in question]
    if not others:
        return None
    return question[: match.start()] + generator.choice(others) + question[match.end() :]


def _within(span: Span, outer: Span) -> bool:
    return outer.start <= span.start and span.end <= outer.end


def _words(text: str) -> frozenset[str]:
    return frozenset(word for word in _WORD.findall(text.lower()) if len(word) > 3)
