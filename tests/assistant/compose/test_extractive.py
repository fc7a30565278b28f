"""What the composer tells, in which order, and when it refuses."""

from evidence import ask, compose_sorted, found

from assistant.answer import Outcome
from assistant.compose.extractive import compose
from assistant.language.parties import is_about

AGREE = "What did Latvia and Azerbaijan agree on?"


def test_a_question_that_names_nothing_is_unclear() -> None:
    assert compose(ask("and what?"), [found("Latvia met Azerbaijan.", 0.9)]).outcome is Outcome.UNCLEAR


def test_a_country_no_document_names_is_named_in_the_refusal() -> None:
    draft = compose_sorted("What did Latvia sign with South Korea?", [found("Latvia met Azerbaijan.", 0.9)])
    assert draft.outcome is Outcome.NOT_FOUND
    assert "South Korea" in draft.remark
    assert not draft.evidence
    assert draft.closest


def test_a_question_in_another_language_is_refused_without_a_claim_about_its_words() -> None:
    draft = compose_sorted(
        "Wie viele Betten hat das Krankenhaus in Lettland?", [found("Latvia met Azerbaijan.", 0.001)]
    )
    assert draft.outcome is Outcome.NOT_FOUND
    assert "Betten" not in draft.remark
    assert "in English" in draft.remark


def test_a_source_that_says_it_does_not_tell_is_a_refusal() -> None:
    sentence = "No sum of money is given for the work of Latvia and Azerbaijan."
    draft = compose_sorted("How much money will Latvia give Azerbaijan?", [found(sentence, 0.9)])
    assert draft.outcome is Outcome.NOT_FOUND
    assert [item.text for item in draft.closest] == [sentence]


def test_evidence_is_about_two_countries_only_with_both() -> None:
    wanted = ask(AGREE).countries
    both, other = found("The ministers met.", 0.5), found("Latvia met Estonia.", 0.5, parties=("Latvia", "Estonia"))
    assert is_about(both.document, both.text, wanted)
    assert not is_about(other.document, other.text, wanted)
    assert is_about(other.document, "Latvia met Azerbaijan.", wanted)


def test_a_source_that_says_the_date_is_not_given_outweighs_another_date() -> None:
    signed = found("Latvia and Azerbaijan signed the ambulance agreement in Riga on 4 December 2025.", 0.9)
    absent = found("The date of the decree on the Latvia–Azerbaijan ambulance agreement is not given.", 0.5)
    question = "On what day was the decree on the ambulance agreement of Latvia and Azerbaijan signed?"
    assert compose_sorted(question, [signed, absent]).outcome is Outcome.NOT_FOUND
    assert compose_sorted(question, [signed]).outcome is not Outcome.NOT_FOUND


def test_a_question_for_one_fact_about_two_parties_needs_a_document_about_both() -> None:
    draft = compose_sorted(
        "Who is Norway's ambassador to Azerbaijan?",
        [
            found(
                "Ukraine's ambassador, Yuri Husev, met Azerbaijan's minister.", 0.3, parties=("Azerbaijan", "Ukraine")
            ),
            found("Norway's minister, Ingvild Kjerkol, spoke.", 0.2, title="Nordic talks", parties=("Norway",)),
        ],
    )
    assert draft.outcome is Outcome.NOT_FOUND
    assert "Norway" in draft.remark
