"""What the reader learns from: questions beside passages with the sentences that answer, and claims beside passages.

Two kinds of source: the public sets of `../shared/data` (English, and Turkish, German and Russian, with questions in
one language on passages in another) and the clusters of `training/domain/`. Which documents are never trained on is
decided here by their names, so that it never moves: a fifth of the articles, paragraphs and clusters.
"""

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from benchmarks.sets import rows
from corpus.document import Span
from corpus.text.sentences import blocks, sentences
from training.clusters import Claim, Cluster, Document, Question, Reference, read_clusters
from training.examples import CountTokens, Example, examples

# The support head's classes.
HELD, FALSIFIED, UNTOLD = range(3)
_VERDICTS = {"+": HELD, "-": FALSIFIED, "?": UNTOLD}
# How many questions of XQuAD and TQuAD stand beside another paragraph of their article too, which does not answer.
_OTHER_PARAGRAPHS = 0.4
# A window of a document is about so many characters, drawn anew for every example; the shortest and the longest.
_WINDOW = (350, 1100)


@dataclass(frozen=True, slots=True)
class Pair:
    """A question or a claim beside a passage.

    `sentences` are the spans of `text` that may be told, and `answers` says of each whether it belongs to the answer.
    `verdict` is set for claims alone. `by_sentence` is False where only the whole passage is known to answer.
    """

    kind: str
    language: str
    asked: str
    lead: str
    text: str
    sentences: tuple[Span, ...]
    answers: tuple[bool, ...]
    verdict: int | None = None
    by_sentence: bool = True

    @property
    def prefix(self) -> str:
        """What stands before the question or the claim, by which the network knows one from the other."""
        return "query: " if self.verdict is None else "claim: "


def cluster_is_held_back(cluster: Cluster) -> bool:
    """Whether a cluster is measured on and never trained on: every fifth, by its number."""
    return int(cluster.name.partition("_")[0]) % 5 == 0


def domain(clusters: Sequence[Cluster], generator: random.Random) -> list[Pair]:
    """Questions and claims of clusters beside windows of their documents."""
    found: list[Pair] = []
    for cluster in clusters:
        for question in cluster.questions:
            found += _asked(cluster, question, generator)
        found += [_claimed(cluster, claim, generator) for claim in cluster.claims]
    found += _unrelated(clusters, generator)
    return found


def trained_clusters() -> list[Cluster]:
    """The clusters that are trained on."""
    return [cluster for cluster in read_clusters() if not cluster_is_held_back(cluster)]


def held_back_clusters() -> list[Cluster]:
    """The clusters that are only measured on."""
    return [cluster for cluster in read_clusters() if cluster_is_held_back(cluster)]


def public(count_tokens: CountTokens, generator: random.Random) -> list[Pair]:
    """Questions of the public sets beside passages of theirs, without the held-back documents."""
    barred = _held_back_paragraphs()  # which SQuAD, where they come from, holds too
    found = [_pair(example) for example in examples(count_tokens, generator) if example.text[:100] not in barred]
    found += crossed_languages(held_back=False, generator=generator)
    found += _turkish(generator)
    found += attributed(held_back=False)
    return found


def crossed_languages(*, held_back: bool, generator: random.Random) -> list[Pair]:
    """XQuAD: the same paragraph and question in four languages, crossed; every pair of languages where held back.

    Some stand beside another paragraph of the article too.
    """
    texts = {row["id"]: row["text"] for row in rows("xquad", "corpus")}
    neighbours: dict[str, list[str]] = defaultdict(list)
    for name in texts:
        neighbours[_article_of(name)].append(name)
    by_question: dict[str, dict[str, dict]] = defaultdict(dict)
    for row in rows("xquad", "queries"):
        by_question[row["meta"]["question"]][row["meta"]["lang"]] = row
    found = []
    for versions in by_question.values():
        if _is_held_back(next(iter(versions.values()))["meta"]["context_doc"]) != held_back:
            continue
        for told_in, answer in versions.items():
            place = answer["meta"]["context_doc"]
            gold = [Span(start, start + len(text)) for text, start in answer["meta"]["answer_starts"]]
            for language in list(versions) if held_back else generator.sample(list(versions), 1):
                name, asked = f"xquad {language}>{told_in}", versions[language]["text"]
                found.append(cut(name, language, asked, "", texts[place], gold))
                near = [other for other in neighbours[_article_of(place)] if other != place]
                if near and generator.random() < _OTHER_PARAGRAPHS:
                    found.append(cut(name, language, asked, "", texts[generator.choice(near)], ()))
    return found


def attributed(*, held_back: bool) -> list[Pair]:
    """BEGIN: replies beside the knowledge they were to rest on; supported by it or not."""
    found = []
    for row in rows("begin", "pairs"):
        if (sha256(row["evidence"].encode()).digest()[0] % 2 == 0) != held_back:
            continue
        verdict = HELD if row["label"] == "supported" else UNTOLD
        found.append(_claim("begin", "en", row["claim"], "", row["evidence"], verdict))
    return found


def _asked(cluster: Cluster, question: Question, generator: random.Random) -> Iterator[Pair]:
    """A question beside each document that answers it, and beside two that do not."""
    text = " ".join([*question.history, question.text])
    answering = {letter for letter, _ in question.answers}
    others = [letter for letter in cluster.documents if letter not in answering]
    generator.shuffle(others)
    for letter in [*sorted(answering), *others[: 2 if answering else 3]]:
        document = cluster.documents[letter]
        gold = [number for other, number in question.answers if other == letter]
        passage, numbers = _window(document, gold, generator)
        answers = tuple(number in gold for number in numbers)
        yield Pair(f"domain {question.kind}", question.language, text, lead_of(document), *passage, answers)


def _claimed(cluster: Cluster, claim: Claim, generator: random.Random) -> Pair:
    """A claim beside what it is to be judged by: a window of one document, or the sentences of several."""
    verdict = _VERDICTS[claim.verdict]
    letters = {letter for letter, _ in claim.evidence}
    kind = f"domain {claim.kind}"
    if len(letters) == 1 and generator.random() < 0.6:
        document = cluster.documents[letters.pop()]
        (text, spans), _ = _window(document, [number for _, number in claim.evidence], generator)
        return Pair(kind, claim.language, claim.text, lead_of(document), text, spans, (), verdict)
    text, spans = joined([_sentence(cluster, place) for place in claim.evidence])
    return Pair(kind, claim.language, claim.text, "", text, spans, (), verdict)


def _unrelated(clusters: Sequence[Cluster], generator: random.Random) -> Iterator[Pair]:
    """Some claims beside another cluster's documents, which tell nothing of them."""
    if len(clusters) < 2:
        return
    for cluster in clusters:
        elsewhere = generator.choice([other for other in clusters if other.name != cluster.name])
        document = generator.choice(list(elsewhere.documents.values()))
        for claim in generator.sample(cluster.claims, min(3, len(cluster.claims))):
            (text, spans), _ = _window(document, [], generator)
            yield Pair("unrelated", claim.language, claim.text, lead_of(document), text, spans, (), UNTOLD)


def lead_of(document: Document) -> str:
    """What a passage is given to the reader with: its document's title and date."""
    return " · ".join(part for part in (document.title, document.published) if part)


def joined(parts: Sequence[str]) -> tuple[str, tuple[Span, ...]]:
    """Sentences as one text, and where each stands in it."""
    text, spans = "", []
    for part in parts:
        spans.append(Span(len(text), len(text) + len(part)))
        text += part + " "
    return text.rstrip(), tuple(spans)


def _sentence(cluster: Cluster, place: Reference) -> str:
    letter, number = place
    return cluster.documents[letter].sentences[number].text


def _window(
    document: Document, wanted: Sequence[int], generator: random.Random
) -> tuple[tuple[str, tuple[Span, ...]], list[int]]:
    """Consecutive sentences of a document that hold those wanted if they fit, and their numbers."""
    numbers = list(document.sentences)
    room = generator.randint(*_WINDOW)
    first = last = numbers.index(generator.choice(list(wanted) or numbers))
    size = len(document.sentences[numbers[first]].text)
    while True:
        sides = [place for place in (first - 1, last + 1) if 0 <= place < len(numbers)]
        towards = [place for place in sides if any((numbers[place] - n) * (numbers[first] - n) < 0 for n in wanted)]
        if not sides:
            break
        place = generator.choice(towards or sides)
        size += len(document.sentences[numbers[place]].text)
        if size > room:
            break
        first, last = min(first, place), max(last, place)
    chosen = numbers[first : last + 1]
    text, spans = "", []
    for number in chosen:
        sentence = document.sentences[number]
        if text:
            text += "\n\n" if sentence.begins_paragraph else " "
        spans.append(Span(len(text), len(text) + len(sentence.text)))
        text += sentence.text
    return (text, tuple(spans)), chosen


def _pair(example: Example) -> Pair:
    return cut(
        example.source,
        "en",
        example.question,
        example.title,
        example.text,
        example.gold,
        by_sentence=example.by_sentence,
    )


def cut(  # noqa: PLR0913 (a pair's parts)
    kind: str, language: str, asked: str, lead: str, text: str, gold: Sequence[Span], *, by_sentence: bool = True
) -> Pair:
    """A question beside a passage that is cut into sentences as the assistant cuts its own."""
    spans = tuple(sentence for block in blocks(text) for sentence in sentences(text, block))
    answers = tuple(any(span.overlaps(place) for place in gold) for span in spans)
    return Pair(kind, language, asked, lead, text, spans, answers, by_sentence=by_sentence)


def _claim(kind: str, language: str, claim: str, lead: str, text: str, verdict: int) -> Pair:
    return Pair(kind, language, claim, lead, text, (), (), verdict)


def _turkish(generator: random.Random, most: int = 2500) -> list[Pair]:
    """TQuAD: Turkish questions on Turkish paragraphs; a third also beside another paragraph of the same title."""
    documents = {row["id"]: row for row in rows("tquad", "corpus") if "-dev" not in row["id"]}
    by_title = defaultdict(list)
    for row in documents.values():
        by_title[row["title"]].append(row)
    asked = [row for row in rows("tquad", "queries") if row["meta"]["context_doc"] in documents]
    found = []
    for row in generator.sample(asked, min(most, len(asked))):
        document = documents[row["meta"]["context_doc"]]
        gold = [Span(start, start + len(text)) for text, start in row["meta"]["answer_starts"]]
        found.append(cut("tquad", "tr", row["text"], document["title"], document["text"], gold))
        others = [other for other in by_title[document["title"]] if other is not document]
        if others and generator.random() < _OTHER_PARAGRAPHS:
            other = generator.choice(others)
            found.append(cut("tquad", "tr", row["text"], other["title"], other["text"], ()))
    return found


def _is_held_back(place: str) -> bool:
    """Whether a paragraph of XQuAD (`xquad:ARTICLE:PARAGRAPH:LANGUAGE`) is only measured on; whole articles are."""
    article = place.rsplit(":", 2)[0]
    return sha256(article.encode()).digest()[0] % 6 == 0


def _article_of(place: str) -> str:
    """The article of a paragraph in one language."""
    article, _, language = place.rsplit(":", 2)
    return f"{article}:{language}"


def _held_back_paragraphs() -> frozenset[str]:
    return frozenset(row["text"][:100] for row in rows("xquad", "corpus") if _is_held_back(row["id"]))
