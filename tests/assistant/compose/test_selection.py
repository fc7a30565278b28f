"""How many sentences are told, and in which order they are read."""

from dataclasses import replace

from evidence import compose_sorted, found, texts

from assistant.compose.selection import LONGEST_ANSWER
from corpus.document import Document, Span


def test_no_answer_is_longer_than_it_may_be() -> None:
    many = [
        found(f"Latvia and Azerbaijan work together in hospital number {n} of town {n * 7}.", 0.9) for n in range(9)
    ]
    assert (
        len(compose_sorted("What do Latvia and Azerbaijan do together in hospitals?", many).evidence) <= LONGEST_ANSWER
    )


def test_the_sentence_that_names_the_members_comes_before_what_else_is_told_of_a_group() -> None:
    whole = "Belgium and Ireland made a deal. The members of BeNeLuxA are Belgium, Austria and Ireland."
    first, second = whole.split(". ")
    deal = found(f"{first}.", 0.5, parties=("BeNeLuxA",))
    members = found(second, 0.8, parties=("BeNeLuxA",))
    one = Document(text=whole, id="one", path="one", title="BeNeLuxA", parties=("BeNeLuxA",))
    start = whole.index(second)
    deal = replace(deal, document=one, span=Span(0, len(first) + 1))
    members = replace(members, document=one, span=Span(start, len(whole)))
    for question in ("Which countries belong to BeNeLuxA?", "Who are the members of BeNeLuxA?"):
        assert texts(compose_sorted(question, [deal, members])) == [members.text, deal.text]
