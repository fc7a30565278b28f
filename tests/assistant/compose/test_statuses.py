"""What is told of a status: the strongest report, plain words for less, and no more than is reported."""

from evidence import compose_sorted, found, texts

from assistant.answer import Outcome

AGREE = "What did Latvia and Azerbaijan agree on?"


def test_talks_are_not_told_as_an_agreement() -> None:
    talks = found("Latvia and Azerbaijan discussed digital health and medical education at a meeting in Baku.", 0.9)
    draft = compose_sorted(AGREE, [talks])
    assert draft.outcome is Outcome.PARTIAL
    assert "nothing between Latvia and Azerbaijan as agreed or signed" in draft.remark
    assert texts(draft) == [talks.text]


def test_the_strongest_and_newest_status_comes_first() -> None:
    signed = found("The ministries of Latvia and Azerbaijan signed an agreement in Riga.", 0.9, published="2025-12-04")
    approved = found("A decree approving the Latvia agreement came from the president.", 0.6, published="2026-02-09")
    draft = compose_sorted(AGREE, [signed, approved])
    assert draft.outcome is Outcome.ANSWERED
    assert texts(draft) == [approved.text, signed.text]


def test_a_signed_agreement_is_not_told_as_in_force() -> None:
    signed = found("The ministries of Latvia and Azerbaijan signed an agreement in Riga.", 0.9)
    draft = compose_sorted("Is the agreement of Latvia and Azerbaijan in force?", [signed])
    assert draft.outcome is Outcome.PARTIAL
    assert "in force" in draft.remark
    assert "the furthest they report is signed" in draft.remark


def test_a_denial_that_fits_better_than_any_report_leads_the_answer() -> None:
    denial = found("No document is reported as signed at the meeting of Latvia and Azerbaijan in Baku.", 0.9)
    signed = found("Latvia and Azerbaijan signed an agreement in Riga.", 0.5)
    draft = compose_sorted("What did Latvia and Azerbaijan sign at the meeting in Baku?", [denial, signed])
    assert draft.outcome is Outcome.PARTIAL
    assert texts(draft)[0] == denial.text
    assert signed.text in texts(draft)


def test_a_specific_that_nothing_mentions_is_named_and_what_is_reported_is_shown() -> None:
    signed = found("Latvia and Azerbaijan signed an agreement on education.", 0.8)
    draft = compose_sorted("Did Latvia and Azerbaijan sign a vaccine agreement?", [signed])
    assert draft.outcome is Outcome.PARTIAL
    assert "“vaccine”" in draft.remark
    assert texts(draft) == [signed.text]


def test_what_is_still_to_be_signed_is_not_answered_by_another_signature() -> None:
    pending = found("The pandemic treaty of Latvia and Azerbaijan opens for signature only after an annex.", 0.9)
    other = found("Latvia and Azerbaijan signed a pandemic memorandum.", 0.7)
    draft = compose_sorted("Can Latvia and Azerbaijan sign the pandemic treaty now?", [pending, other])
    assert draft.outcome is Outcome.PARTIAL
    assert texts(draft)[0] == pending.text


def test_when_it_was_signed_is_not_answered_by_the_approval() -> None:
    signed = found("Latvia and Azerbaijan signed the agreement on 4 December 2025.", 0.6)
    approved = found("The agreement of Latvia and Azerbaijan was approved on 9 February 2026.", 0.9)
    draft = compose_sorted("When was the agreement of Latvia and Azerbaijan signed?", [signed, approved])
    assert texts(draft)[0] == signed.text
