"""What the composer tells, in which order, and when it refuses."""

from collections.abc import Sequence
from dataclasses import replace

from assistant.answer import Outcome
from assistant.commitments import report
from assistant.extractive import LONGEST_ANSWER, Draft, compose
from assistant.parties import is_about
from assistant.question import Question, understand
from assistant.reading import Evidence
from assistant.vocabulary import Vocabulary
from corpus.document import Document, Span
from corpus.keywords import analyze


def ask(text: str) -> Question:
    return understand(text, text, Vocabulary(analyze, lambda _: 1, 10))


def found(text: str, score: float, **metadata: object) -> Evidence:
    """One sentence that is its own document, with the title and parties given."""
    values = {"title": "Talks", "published": "2025-01-01", "parties": ("Latvia", "Azerbaijan"), **metadata}
    document = Document(text=text, id=str(abs(hash((text, str(values))))), path=text, **values)  # type: ignore[arg-type]
    return Evidence(
        document=document,
        span=Span(0, len(text)),
        text=text,
        score=score,
        report=report(text),
        terms=frozenset(analyze(text)),
        context=frozenset(analyze(text)),
    )


def texts(draft: Draft) -> list[str]:
    return [item.text for item in draft.evidence]


def compose_sorted(question: str, evidence: Sequence[Evidence]) -> Draft:
    return compose(ask(question), sorted(evidence, key=lambda item: -item.score))


AGREE = "What did Latvia and Azerbaijan agree on?"


def test_a_question_that_names_nothing_is_unclear() -> None:
    assert compose(ask("and what?"), [found("Latvia met Azerbaijan.", 0.9)]).outcome is Outcome.UNCLEAR


def test_a_country_no_document_names_is_named_in_the_refusal() -> None:
    draft = compose_sorted("What did Latvia sign with South Korea?", [found("Latvia met Azerbaijan.", 0.9)])
    assert draft.outcome is Outcome.NOT_FOUND
    assert "South Korea" in draft.remark
    assert not draft.evidence
    assert draft.closest


def test_below_the_threshold_the_answer_is_a_refusal_that_quotes_the_missing_word() -> None:
    draft = compose_sorted("How many beds has Latvia?", [found("Latvia met Azerbaijan in the hospital.", 0.005)])
    assert draft.outcome is Outcome.NOT_FOUND
    assert "“beds”" in draft.remark


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


def test_no_answer_is_longer_than_five_sentences() -> None:
    many = [
        found(f"Latvia and Azerbaijan work together in hospital number {n} of town {n * 7}.", 0.9) for n in range(9)
    ]
    assert (
        len(compose_sorted("What do Latvia and Azerbaijan do together in hospitals?", many).evidence) <= LONGEST_ANSWER
    )


def test_evidence_is_about_two_countries_only_with_both() -> None:
    wanted = ask(AGREE).countries
    both, other = found("The ministers met.", 0.5), found("Latvia met Estonia.", 0.5, parties=("Latvia", "Estonia"))
    assert is_about(both.document, both.text, wanted)
    assert not is_about(other.document, other.text, wanted)
    assert is_about(other.document, "Latvia met Azerbaijan.", wanted)


def test_a_sum_is_not_answered_by_a_sentence_without_money() -> None:
    fee = found("A patient from Latvia is taken to the nearest hospital in Azerbaijan.", 0.9)
    draft = compose_sorted("What fee does a patient from Latvia pay in Azerbaijan?", [fee])
    assert draft.outcome is Outcome.NOT_FOUND
    assert "sum of money" in draft.remark


def test_a_source_that_says_the_date_is_not_given_outweighs_another_date() -> None:
    signed = found("Latvia and Azerbaijan signed the ambulance agreement in Riga on 4 December 2025.", 0.9)
    absent = found("The date of the decree on the Latvia–Azerbaijan ambulance agreement is not given.", 0.5)
    question = "On what day was the decree on the ambulance agreement of Latvia and Azerbaijan signed?"
    assert compose_sorted(question, [signed, absent]).outcome is Outcome.NOT_FOUND
    assert compose_sorted(question, [signed]).outcome is not Outcome.NOT_FOUND


def test_what_is_still_to_be_signed_is_not_answered_by_another_signature() -> None:
    pending = found("The pandemic treaty of Latvia and Azerbaijan opens for signature only after an annex.", 0.9)
    other = found("Latvia and Azerbaijan signed a pandemic memorandum.", 0.7)
    draft = compose_sorted("Can Latvia and Azerbaijan sign the pandemic treaty now?", [pending, other])
    assert draft.outcome is Outcome.PARTIAL
    assert texts(draft)[0] == pending.text


def test_a_question_for_yes_or_no_is_told_what_is_denied() -> None:
    met = found("Latvia and Azerbaijan talked about a vaccine store.", 0.9)
    denied = found("Nothing was signed on the vaccine store of Latvia and Azerbaijan.", 0.4)
    others = [found(f"Latvia and Azerbaijan spoke about vaccine store plan {word}.", 0.8) for word in ("a", "b", "c")]
    evidence = [met, *others, denied]
    assert denied.text in texts(compose_sorted("Do Latvia and Azerbaijan have a vaccine store?", evidence))


def test_when_it_was_signed_is_not_answered_by_the_approval() -> None:
    signed = found("Latvia and Azerbaijan signed the agreement on 4 December 2025.", 0.6)
    approved = found("The agreement of Latvia and Azerbaijan was approved on 9 February 2026.", 0.9)
    draft = compose_sorted("When was the agreement of Latvia and Azerbaijan signed?", [signed, approved])
    assert texts(draft)[0] == signed.text


def test_each_date_and_party_asked_about_is_spoken_of() -> None:
    first = found("Latvia met the ambassador of Azerbaijan on vaccines in 2021.", 0.9)
    second = found("Latvia met the ambassador of Azerbaijan on vaccines again in 2025.", 0.4)
    draft = compose_sorted("Who met on vaccines for Latvia and Azerbaijan in 2021 and in 2025?", [first, second])
    assert set(texts(draft)) == {first.text, second.text}


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


def test_what_is_counted_may_go_by_another_word_where_the_sentence_is_sure() -> None:
    question = "How many nationals of Latvia were enrolled?"
    sure, unsure = (found("More than 700 citizens of Latvia study in Baku.", score) for score in (0.2, 0.05))
    assert texts(compose_sorted(question, [sure])) == [sure.text]
    assert compose_sorted(question, [unsure]).outcome is Outcome.NOT_FOUND


def test_a_unit_goes_by_no_other_word() -> None:
    told = found("The cut of the price of Zolgensma was not small.", 0.4)
    assert compose_sorted("By how many per cent was the price of Zolgensma cut?", [told]).outcome is Outcome.NOT_FOUND


# Money and members


MISSION = "Nine experts of WHO went on a mission to hospitals in Azerbaijan in September 2022."


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
