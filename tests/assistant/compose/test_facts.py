"""What is told where no status is asked for: facts, sums, and what else a question wants to hear of."""

from evidence import compose_sorted, found, texts

from assistant.answer import Outcome

MISSION = "Nine experts of WHO went on a mission to hospitals in Azerbaijan in September 2022."


def test_a_fact_is_answered_in_one_sentence() -> None:
    draft = compose_sorted(
        "Who is the minister of Latvia?",
        [
            found("Latvia's minister is Hosams Abu Meri.", 0.9),
            found("The minister of Latvia, Hosams Abu Meri, met Teymur Musayev.", 0.6),
        ],
    )
    assert draft.outcome is Outcome.ANSWERED
    assert len(draft.evidence) == 1


def test_below_the_threshold_the_answer_is_a_refusal_that_quotes_the_missing_word() -> None:
    draft = compose_sorted("How many beds has Latvia?", [found("Latvia met Azerbaijan in the hospital.", 0.005)])
    assert draft.outcome is Outcome.NOT_FOUND
    assert "“beds”" in draft.remark


def test_a_sum_is_not_answered_by_a_sentence_without_money() -> None:
    fee = found("A patient from Latvia is taken to the nearest hospital in Azerbaijan.", 0.9)
    draft = compose_sorted("What fee does a patient from Latvia pay in Azerbaijan?", [fee])
    assert draft.outcome is Outcome.NOT_FOUND
    assert "sum of money" in draft.remark


def test_a_question_for_yes_or_no_is_told_what_is_denied() -> None:
    met = found("Latvia and Azerbaijan talked about a vaccine store.", 0.9)
    denied = found("Nothing was signed on the vaccine store of Latvia and Azerbaijan.", 0.4)
    others = [found(f"Latvia and Azerbaijan spoke about vaccine store plan {word}.", 0.8) for word in ("a", "b", "c")]
    evidence = [met, *others, denied]
    assert denied.text in texts(compose_sorted("Do Latvia and Azerbaijan have a vaccine store?", evidence))


def test_each_date_and_party_asked_about_is_spoken_of() -> None:
    first = found("Latvia met the ambassador of Azerbaijan on vaccines in 2021.", 0.9)
    second = found("Latvia met the ambassador of Azerbaijan on vaccines again in 2025.", 0.4)
    draft = compose_sorted("Who met on vaccines for Latvia and Azerbaijan in 2021 and in 2025?", [first, second])
    assert set(texts(draft)) == {first.text, second.text}


def test_what_is_counted_may_go_by_another_word_where_the_sentence_is_sure() -> None:
    question = "How many nationals of Latvia were enrolled?"
    sure, unsure = (found("More than 700 citizens of Latvia study in Baku.", score) for score in (0.2, 0.05))
    assert texts(compose_sorted(question, [sure])) == [sure.text]
    assert compose_sorted(question, [unsure]).outcome is Outcome.NOT_FOUND


def test_a_unit_goes_by_no_other_word() -> None:
    told = found("The cut of the price of Zolgensma was not small.", 0.4)
    assert compose_sorted("By how many per cent was the price of Zolgensma cut?", [told]).outcome is Outcome.NOT_FOUND


def test_a_cost_that_no_document_tells_is_refused_by_the_names_of_those_asked_about() -> None:
    for question in (
        "What did the WHO mission to Azerbaijan cost?",
        "What was the budget of the WHO mission to Azerbaijan?",
    ):
        draft = compose_sorted(question, [found(MISSION, 0.9, parties=("WHO", "Azerbaijan"))])
        assert draft.outcome is Outcome.NOT_FOUND
        assert draft.remark.endswith("about Azerbaijan and WHO gives no sum of money.")
        assert draft.closest


def test_a_sum_told_of_something_else_does_not_answer_what_a_mission_cost() -> None:
    grant = found("Japan gave Azerbaijan USD 2 million for WHO.", 0.8, parties=("WHO", "Azerbaijan"))
    mission = found(MISSION, 0.9, parties=("WHO", "Azerbaijan"))
    assert compose_sorted("What did the WHO mission to Azerbaijan cost?", [grant, mission]).outcome is Outcome.NOT_FOUND


def test_where_money_is_asked_for_the_sum_is_told_first() -> None:
    told = found("The WHO mission to hospitals in Azerbaijan cost EUR 40,000.", 0.6, parties=("WHO", "Azerbaijan"))
    mission = found(MISSION, 0.9, parties=("WHO", "Azerbaijan"))
    draft = compose_sorted("What did the WHO mission to Azerbaijan cost?", [told, mission])
    assert draft.outcome is Outcome.ANSWERED
    assert texts(draft)[0] == told.text
