"""Answers from the record: counted whole, each step once, and what is about something else left out."""

from collections.abc import Callable, Sequence

from asking import ask

from assistant.compose.listing import LEAST, LONGEST_LIST, compose_briefing, compose_list, compose_timeline
from assistant.question.shapes import Shape
from assistant.reader.reading import Candidate
from assistant.record.record import Commitment, commitments_of
from assistant.search.retrieval import Hit
from corpus.document import Document, Span

PARTNERS = (
    "Estonia Lithuania Finland Sweden Norway Denmark Poland Germany France Spain Italy Greece Malta Cyprus".split()
)


def commitment(text: str, published: str, *parties: str) -> Commitment:
    document = Document(
        text=text, id=text, path=text, title="Health news", published=published, parties=parties, language="en"
    )
    (found,) = commitments_of(document, [Hit.of(document, Span(0, len(text)))])
    return found


def signed(partner: str, day: int = 1, year: int = 2025) -> Commitment:
    date = f"{day} May {year}"
    return commitment(
        f"Latvia and {partner} signed a health agreement on {date}.", f"{year}-05-{day:02d}", "Latvia", partner
    )


def reader(*without: str) -> Callable[..., Sequence[float]]:
    """Reads nothing into a sentence that holds one of these words, and an answer into every other."""

    def read(_: object, candidates: Sequence[Candidate]) -> list[float]:
        return [0.0 if any(word in text for word in without) else LEAST for *_, text in candidates]

    return read


def test_a_list_is_counted_before_it_is_cut() -> None:
    record = [signed(partner, day + 1) for day, partner in enumerate(PARTNERS)]
    draft = compose_list(ask("Which agreements did Latvia sign?", shape=Shape.LIST), record, reader())
    assert draft is not None
    assert len(draft.evidence) == LONGEST_LIST < len(PARTNERS)
    assert str(len(PARTNERS)) in draft.remark


def test_a_step_that_two_documents_tell_stands_once_and_two_partners_on_one_day_twice() -> None:
    again = commitment(
        "The health agreement between Latvia and Estonia was signed on 1 May 2025.", "2025-05-02", "Latvia", "Estonia"
    )
    record = [signed("Estonia"), again, signed("Finland")]
    draft = compose_list(ask("Which agreements did Latvia sign?", shape=Shape.LIST), record, reader())
    assert draft is not None
    assert len(draft.evidence) == 2


def test_what_is_of_another_year_or_another_subject_is_left_out() -> None:
    record = [signed("Estonia"), signed("Finland", year=2024), signed("Sweden", 2)]
    draft = compose_list(ask("Which agreements did Latvia sign in 2025?", shape=Shape.LIST), record, reader("Sweden"))
    assert draft is not None
    assert [item.text for item in draft.evidence] == [signed("Estonia").text]


def test_nothing_that_fits_is_no_list() -> None:
    question = ask("Which agreements did Latvia sign in 2019?", shape=Shape.LIST)
    assert compose_list(question, [signed("Estonia")], reader()) is None
    assert compose_timeline(question, [signed("Estonia")], reader()) is None


def test_a_timeline_is_told_oldest_first() -> None:
    record = [signed("Estonia", year=2025), signed("Estonia", year=2023)]
    draft = compose_timeline(ask("What happened between Latvia and Estonia?"), record, reader())
    assert draft is not None
    assert ["2023" in item.text for item in draft.evidence] == [True, False]


def test_a_briefing_opens_with_the_strongest_step() -> None:
    talks = commitment("Latvia and Estonia discussed nurses on 3 May 2025.", "2025-05-03", "Latvia", "Estonia")
    draft = compose_briefing(ask("Brief me on Latvia and Estonia"), [talks, signed("Estonia")], [], reader())
    assert draft is not None
    assert draft.evidence[0].text == signed("Estonia").text
