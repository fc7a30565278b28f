"""The order of documents: what the search and what reading made of them."""

from dataclasses import replace

from evidence import compose_sorted, found, texts

from assistant.reader.ranking import ranked, with_standing
from assistant.search.retrieval import Hit
from corpus.document import Passage


def hits_of(evidence: list, scores: list[float]) -> list[Hit]:
    return [
        Hit(Passage(item.document.id, item.document.id, 0, item.span, item.text), item.document, score)
        for item, score in zip(evidence, scores, strict=True)
    ]


def test_a_sure_sentence_puts_its_document_before_a_better_hit() -> None:
    evidence = [found("It was signed in Riga.", 0.8), found("They met in Riga.", 0.1)]
    assert [document.text for document in ranked(hits_of(evidence, [0.6, 1.0]), evidence)] == [
        "It was signed in Riga.",
        "They met in Riga.",
    ]


def test_where_no_sentence_answers_the_order_is_that_of_the_search() -> None:
    evidence = [found("One of many.", 0.03), found("Two of many.", 0.01)]
    assert ranked(hits_of(evidence, [0.9, 1.0]), evidence)[0].text == "Two of many."


def test_documents_that_were_not_read_come_last_in_the_order_of_the_search() -> None:
    evidence = [found("Read.", 0.01), found("Not read, better.", 0.0), found("Not read.", 0.0)]
    in_order = ranked(hits_of(evidence, [0.1, 0.9, 0.5]), evidence[:1])
    assert [document.text for document in in_order] == ["Read.", "Not read, better.", "Not read."]


def test_after_the_best_sentence_the_sources_stand_in_the_order_of_their_documents() -> None:
    best = found("Latvia paid for beds.", 0.99)
    weaker, better = found("Latvia helped with hospitals.", 0.9), found("Latvia built hospitals in Riga.", 0.8)
    items = [best, weaker, better]
    standing = with_standing(hits_of(items, [0.1, 0.2, 1.0]), items)
    told = texts(compose_sorted("What did Latvia do for hospitals?", standing))
    assert told == [best.text, better.text, weaker.text]


def test_evidence_found_by_name_alone_stands_by_its_sentence() -> None:
    (item,) = with_standing([], [found("Latvia met Estonia.", 0.4)])
    assert item == replace(item, standing=0.4)
