"""The record: what every document tells of commitments."""

import re

from assistant.answer import Outcome
from assistant.assembly import Assistant
from assistant.language.commitments import Status
from assistant.language.parties import Party, countries
from assistant.record.record import Record, commitments_of
from assistant.search.retrieval import Hit
from corpus.document import Document, Passage, Span

TEXT = (
    "Latvia and Estonia signed an agreement on ambulances in Valga on 24 September 2010. "
    "Latvia approved the ambulance agreement on 31 August 2010, ahead of the signing of 24 September 2010. "
    "The ambulance agreement has been in force since 15 November 2010. "
    "The ambulance agreement was terminated on 1 May 2022. "
    "The weather in Valga was fine."
)


def _read(text: str, **metadata: str) -> list[tuple[str, str]]:
    document = Document(text=text, title="Latvia and Estonia: ambulances", id="d", **metadata)
    passage = Passage("d-0", "d", 0, Span(0, len(text)), text)
    found = commitments_of(document, [Hit(passage, document, 1.0)])
    assert all(text[item.span.start : item.span.end] == item.text for item in found)
    assert all({party.code for party in item.parties} == {"LV", "EE"} for item in found)
    return [(item.status.words, item.event.iso if item.event else "") for item in found]


def test_each_step_is_told_once_with_its_own_date() -> None:
    assert _read(TEXT) == [
        ("signed", "2010-09-24"),
        ("approved", "2010-08-31"),
        ("in force", "2010-11-15"),
        ("withdrawn", "2022-05-01"),
    ]


def test_the_date_by_which_an_agreement_is_called_is_not_that_of_its_approval() -> None:
    told = "The Latvia–Estonia agreement of 4 December 2025 was approved by the government."
    assert _read(told, published="2026-02-09") == [("approved", "2026-02-09")]


def test_the_record_of_two_countries_is_newest_first_and_only_theirs(briefs: Assistant) -> None:
    latvia, azerbaijan = parties = countries("Latvia Azerbaijan")
    record = Record(briefs.store).between(parties)
    years = [item.event.iso[:4] for item in record if item.event]
    assert years == sorted(years, reverse=True)
    assert all({latvia, azerbaijan} <= set(item.parties) for item in record)
    steps = {(item.status, item.event.iso) for item in record if item.event}
    assert (Status.SIGNED, "2025-12-04") in steps
    assert (Status.APPROVED, "2026-02-09") in steps
    assert not any(status >= Status.IN_FORCE for status, _ in steps)


def test_an_organisation_has_a_record_too(briefs: Assistant) -> None:
    record = Record(briefs.store).between((Party("ots", "OTS"),))
    assert any(item.status is Status.SIGNED for item in record)
    assert Record(briefs.store).between((Party("nobody", "Nobody at all"),)) == []


def test_a_list_is_answered_from_the_whole_record(briefs: Assistant) -> None:
    answer = briefs.ask("With which countries did Azerbaijan sign health agreements in 2025?")
    assert answer.outcome is Outcome.ANSWERED
    assert "“signed”" in answer.statements[0].text
    assert len({citation.document.id for citation in answer.citations}) == len(answer.citations) >= 5
    *listed, later = [citation.quote for citation in answer.citations]
    assert all("signed" in quote for quote in listed)
    assert "approving" in later


def test_what_became_of_two_countries_contacts_is_told_oldest_first(briefs: Assistant) -> None:
    answer = briefs.ask("How have the health contacts of Azerbaijan and Pakistan developed since 2022?")
    years = [re.findall(r"20\d\d", citation.quote)[0] for citation in answer.citations]
    assert answer.outcome is Outcome.ANSWERED
    assert years == sorted(years)
    assert years[0] == "2022"
    assert years[-1] == "2025"


def test_a_signature_is_told_with_what_became_of_it_later(briefs: Assistant) -> None:
    answer = briefs.ask("When was the Latvia–Estonia ambulance agreement signed?")
    assert any("24 September 2010" in citation.quote for citation in answer.citations)
    assert any("in force since 15 November 2010" in citation.quote for citation in answer.citations)


def test_a_comparison_of_two_partners_tells_the_furthest_step_with_each(briefs: Assistant) -> None:
    answer = briefs.ask("With which of the two, Egypt or Morocco, has Latvia gone further on health?")
    assert any("Egypt" in citation.quote and "signed" in citation.quote for citation in answer.citations)
    assert any("Morocco" in citation.quote for citation in answer.citations)


def test_a_document_between_others_adds_nothing_to_the_record(briefs: Assistant) -> None:
    record = Record(briefs.store).between(countries("Azerbaijan Türkiye"))
    assert record
    assert not any("WHO/Europe–Turkic Council memorandum" in item.text for item in record)


def test_of_partners_that_share_nothing_each_is_told_of_without_the_word_compare(briefs: Assistant) -> None:
    answer = briefs.ask("Which agreements has Ukraine with Latvia and with Azerbaijan?")
    told = " ".join(statement.text for statement in answer.statements)
    assert "signed an agreement on mutual cooperation in early June 2024" in told
    assert "signed an updated Cooperation Agreement" in told
