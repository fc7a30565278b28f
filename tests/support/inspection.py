"""What a reader could be shown that no document says: looked for by other means than the product's own checks."""

import re
from collections.abc import Iterator

from assistant.answer import Answer
from corpus.store.store import Store

_NUMBER = re.compile(r"\d[\d.,]*")
_QUOTE = re.compile(r"[“\"„«]([^“”\"„«»]+)[”\"»]")
_LINK = re.compile(r"https?://|www\.|\w@\w|\b\w+\.(?:com|org|net|example|io|int)\b")


def inventions(answer: Answer, store: Store) -> Iterator[str]:
    """Citations, numbers, quotes and links of an answer that stand in no document it cites, each with its sort."""
    cited = {citation.number: citation for citation in answer.citations}
    for citation in (*answer.citations, *answer.closest):
        document = store.document(citation.document.id)
        if document is None or document.text[citation.start : citation.end] != citation.quote:
            yield f"citation: {citation.quote}"
    for number, statement in enumerate(answer.statements):
        if not statement.citations:
            if number:  # only the first may be the assistant's own remark
                yield f"citation: none for {statement.text}"
            continue
        if not cited.keys() >= set(statement.citations):
            yield f"citation: unknown in {statement.text}"
            continue
        quotes = " ".join(cited[each].quote for each in statement.citations)
        told = set(_numbers(quotes))
        yield from (f"number: {each} in {statement.text}" for each in _numbers(statement.text) if each not in told)
        yield from (f"link: in {statement.text}" for each in _LINK.findall(statement.text) if each not in quotes)
        for quote in _QUOTE.findall(statement.text):
            if _plain(quote) not in _plain(quotes):
                yield f"quote: {quote} in {statement.text}"


def traces_seen(answer: Answer, traces: tuple[str, ...]) -> list[str]:
    """What of an order can be seen in an answer: its sentences, what it was understood as, its warnings."""
    shown = " ".join((answer.text, answer.standalone_question, *answer.warnings)).casefold()
    return [trace for trace in traces if trace in shown]


def _numbers(text: str) -> list[str]:
    return [number.rstrip(".,").replace(",", "") for number in _NUMBER.findall(text)]


def _plain(text: str) -> str:
    return re.sub(r"\W+", " ", text).casefold().strip()
