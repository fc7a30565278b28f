"""Follow-ups become questions that stand alone."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from each import each
from hypothesis import given
from hypothesis import strategies as st
from texts import hostile

from assistant.answer import Turn
from assistant.language.dates import months
from assistant.language.parties import countries, with_capitals
from assistant.question.conversation import ABOUT, standalone, topic_of
from corpus.index.keywords import analyze

# A follow-up that is left as it is.
ALONE = ("", "", "")
# The first question of a conversation, then each follow-up with what it is about: countries, months or years, and what
# else it takes from the conversation. Not how it is put.
CONVERSATIONS = {
    "What did Latvia and Azerbaijan sign in Riga?": (
        ("and with Georgia?", "GE LV", "", "sign Riga"),
        ("and with Moldova?", "LV MD", "", "sign Riga"),
        ("Who signed it?", "LV MD", "", "Riga"),
    ),
    "When was the agreement between Latvia and Ukraine signed?": (
        ("Where?", "LV UA", "", "agreement signed"),
        ("Who signed it?", "LV UA", "", "agreement"),
        ("What does it cover?", "LV UA", "", "agreement"),
    ),
    "How many Ukrainian soldiers did Latvia treat in 2023?": (
        ("and in 2024?", "LV UA", "2024", "soldiers treat"),
        ("Where were they treated?", "LV UA", "2024", "soldiers"),
    ),
    "What does the Latvia–Estonia ambulance agreement cover?": (
        ("When did it enter into force?", "EE LV", "", "ambulance agreement"),
        ("Is there a similar one with Lithuania?", "EE LT LV", "", "ambulance agreement"),
    ),
    "How much did Azerbaijan donate to the WHO in March 2020?": (
        ("and in May 2020?", "AZ", "May 2020", "donate"),
        ("What was the money for?", "AZ", "May 2020", "donate"),
        ("How much did Japan give to Azerbaijan?", *ALONE),
    ),
    "Which countries belong to BeNeLuxA?": (
        ("When did Ireland join?", "IE", "", "BeNeLuxA"),
        ("What medicines have they bought?", "", "", "BeNeLuxA"),
        ("how much?", "", "", "medicines have BeNeLuxA bought"),
    ),
    "Who attended the meeting of the health ministers in Baku?": (
        ("When was it held?", "", "", "meeting health ministers Baku"),
        ("What was agreed?", "", "", "meeting health ministers Baku"),
        ("And who chaired it?", "", "", "meeting health ministers Baku"),
    ),
    "What is the WHO Pandemic Agreement?": (
        ("When was it adopted?", "", "", "Pandemic Agreement"),
        ("How many countries voted for it?", "", "", "Pandemic Agreement"),
        ("Did Latvia vote for it too?", "LV", "", "Pandemic Agreement"),
    ),
    "Which hospitals did the WHO mission visit in September 2022?": (
        ("Who led it?", "", "September 2022", "hospitals mission visit"),
        ("How many experts were there?", "", "September 2022", "hospitals mission visit"),
        ("What did they recommend?", "", "September 2022", "hospitals mission visit"),
    ),
    "What did Azerbaijan and Pakistan discuss in Islamabad?": (
        ("Did they sign a memorandum?", "AZ PK", "", "discuss Islamabad"),
        ("And what about Türkiye?", "AZ TR", "", "sign memorandum discuss Islamabad"),
    ),
    "Has the memorandum between Azerbaijan and Cuba been signed?": (
        ("When?", "AZ CU", "", "memorandum signed"),
        ("By whom?", "AZ CU", "", "memorandum signed"),
        ("Is it in force?", "AZ CU", "", "memorandum"),
    ),
    "Who is the health minister of Latvia?": (
        ("Who was it in 2022?", "LV", "2022", "health minister"),
        ("When did he visit Baku?", "LV", "", "health minister"),
    ),
    "What is the Samarkand Declaration?": (
        ("Who adopted it?", "", "", "Samarkand Declaration"),
        ("What does it say about health?", "", "", "Samarkand Declaration"),
        ("Has Hungary signed?", "HU", "", "Samarkand Declaration"),
    ),
    "What is the PROACT-Care project?": (
        ("Who pays for it?", "", "", "PROACT-Care project"),
        ("How much does it cost?", "", "", "PROACT-Care project"),
        ("Where was it launched?", "", "", "PROACT-Care project"),
    ),
    "When will the Baltic countries buy medicines together?": (
        ("Which medicines?", "", "", "Baltic countries buy together"),
        ("Since when?", "", "", "Baltic countries buy medicines together"),
        ("What did Estonia and Latvia sign in 2010?", *ALONE),
    ),
    "Did Lithuania ratify the agreement on ambulance services with Latvia?": (
        ("When?", "LT LV", "", "ratify agreement ambulance services"),
        ("What about Estonia?", "EE LT", "", "ratify agreement ambulance services"),
    ),
    "What does the agreement between Azerbaijan and Russia say about medicines?": (
        ("And the one with Türkiye?", "AZ TR", "", "agreement say medicines"),
        ("When was that agreement signed?", "AZ TR", "", ""),
    ),
    "Tell me about the Nordic declaration on health preparedness.": (
        ("Who signed the declaration?", "", "", "Nordic health preparedness"),
        ("and when?", "", "", "signed Nordic declaration health preparedness"),
        ("Did Iceland sign it?", "IS", "", "Nordic declaration health preparedness"),
    ),
    "Where did the ministers of Azerbaijan and Uzbekistan meet in 2023?": (
        ("What did they talk about?", "AZ UZ", "2023", "ministers meet"),
        ("Did the ministers sign it?", "AZ UZ", "2023", "meet"),
    ),
    "How long is the roadmap between Azerbaijan and Türkiye valid?": (
        ("What are its priorities?", "AZ TR", "", "roadmap"),
        ("Who is responsible for this?", "AZ TR", "", "roadmap"),
    ),
    "Which agreements did Latvia sign in 2024?": (
        ("and in 2025?", "LV", "2025", "agreements sign"),
        ("and Estonia?", "EE", "2025", "agreements sign"),
        ("Which of them are in force?", "EE", "2025", "agreements sign"),
    ),
    "How many doctors from Azerbaijan were trained in İzmir?": (
        ("Who paid for the training?", "AZ", "", "doctors İzmir"),
        ("How long did it last?", "AZ", "", "doctors trained İzmir"),
    ),
    "Is Moldova part of EU4Health?": (
        ("Since when?", "MD", "", "part EU4Health"),
        ("And Ukraine?", "UA", "", "part EU4Health"),
        ("What does it pay?", "UA", "", "part EU4Health"),
    ),
    "what did latvia and the united arab emirates agree on?": (
        ("is it signed?", "AE LV", "", "latvia united arab emirates agree"),
        ("and with azerbaijan?", "AZ LV", "", "signed agree"),
    ),
    "What did the Visegrad countries agree on prices?": (
        ("Is Poland a member?", "PL", "", "Visegrad countries"),
        ("When did talks start?", "", "", "Visegrad countries"),
    ),
    "Which medicine did BeNeLuxA negotiate in October 2021?": (
        ("What was the price?", "", "October 2021", "medicine BeNeLuxA negotiate"),
        ("Did Austria take part?", "AT", "October 2021", "medicine BeNeLuxA negotiate"),
    ),
    "Who donated equipment to hospitals in Azerbaijan?": (
        ("How much was it worth?", "AZ", "", "equipment hospitals"),
        ("And in Latvia?", "LV", "", "equipment hospitals worth"),
    ),
    "What did Kluge say in Baku?": (
        ("When was he there?", "", "", "Kluge say Baku"),
        ("What else did he visit?", "", "", "Kluge say Baku"),
    ),
    "When does the strategy of WHO and Latvia end?": (
        ("What are its goals?", "LV", "", "strategy"),
        ("How many goals does it have?", "LV", "", "strategy"),
        ("What is the Chisinau Pledge?", *ALONE),
    ),
    "What happened in Shamakhi?": (
        ("Who was in the mission?", "", "", "Shamakhi"),
        ("How many people live there?", "", "", "Shamakhi"),
    ),
    "Did Azerbaijan and Israel sign an agreement?": (
        ("So what did they do then?", "AZ IL", "", ""),
        ("Is there an embassy of Israel in Baku?", *ALONE),
        ("What did Azerbaijan and Kazakhstan talk about?", *ALONE),
    ),
    "What was decided at the Central Asia roadmap meeting?": (
        ("Which countries took part?", "", "", "Central Asia roadmap meeting"),
        ("What did Kazakhstan say about its hospitals?", *ALONE),
    ),
    "When was the joint procurement agreement of the Baltic states signed?": (
        ("And the crisis memorandum?", "", "", "joint procurement agreement Baltic states"),
        ("What is the difference between the two?", "", "", "joint procurement agreement Baltic states"),
    ),
    "How many people were rehabilitated in Latvia until August 2024?": (
        ("Where did this happen?", "LV", "August 2024", "people rehabilitated"),
        ("Who paid?", "LV", "August 2024", "people rehabilitated"),
        ("Did Estonia help as well?", "EE LV", "August 2024", "people rehabilitated"),
    ),
}
WHOLE_QUESTIONS = (
    "What did Estonia and Latvia sign in 2010?",
    "How many beds does Riga East University Hospital have?",
    "Who attended the meeting of the health ministers of Latvia and Azerbaijan?",
    "Is there an agreement between Latvia and Moldova?",
    "Are there any agreements between Azerbaijan and France?",
    "What did the WHO say about its mission to Azerbaijan?",
    "When did Latvia and Lithuania sign their ambulance agreement?",
    "What was agreed at the meeting in Samarkand in August 2023?",
    "Which countries will sign the WHO Pandemic Agreement this year?",
    "What is telemedicine?",
    "Who is the health minister of Azerbaijan?",
    "What is the agreement that Latvia signed with Ukraine about?",
    "Is it true that Latvia and Azerbaijan signed an agreement?",
    "How long does it take to ratify the WHO Pandemic Agreement?",
    "What do these documents say about Latvia?",
    "What happened in Baku in September 2022?",
    "Which IT systems do Estonia and Finland share?",
    "And what did Estonia and Latvia sign in 2010?",
    "Tell me about the Turkic Council.",
    "Did the ministers of Latvia and Estonia meet after the agreement was signed in Tallinn?",
    "What did Kazakhstan say about its hospitals?",
    "If Latvia signs the agreement with Georgia, when will it enter into force?",
    "What did the former minister of Latvia say about vaccines?",
    "How many doctors are there in Azerbaijan?",
    "In which year did Latvia join the WHO?",
    "With whom did Latvia sign agreements in 2024?",
    "What is the difference between an agreement and a memorandum?",
    "Was the agreement between Azerbaijan and Türkiye signed before that with Russia?",
    "Does the Shusha Declaration mention health?",
    "How did the EU support Ukraine with medicines?",
    "Is the Azerbaijan–Latvia health agreement in force?",
    "So is the Azerbaijan–Latvia health agreement in force now?",
    "Who signed the memorandum between Azerbaijan and Cuba?",
    "Кто подписал соглашение между Латвией и Азербайджаном?",
    "Ko Latvija un Azerbaidžāna parakstīja Rīgā?",
)


@dataclass(frozen=True)
class About:
    """What a question is about, however it is put."""

    countries: frozenset[str]
    months: frozenset[tuple[str, str]]
    terms: frozenset[str]


def about(question: str) -> About:
    named = frozenset(party.code for party in countries(with_capitals(question)) if party.is_country)
    return About(named, months(question), frozenset(analyze(question)))


def follow_ups() -> Iterator[tuple[str, list[Turn], About | None]]:
    """Each follow-up with the questions before it, and what it is about; None where it is left as it is."""
    for first, later in CONVERSATIONS.items():
        history = [Turn(first)]
        for question, named, dates, subject in later:
            meant = About(frozenset(named.split()), months(dates), frozenset(analyze(subject)))
            yield question, list(history), None if (named, dates, subject) == ALONE else meant
            history.append(Turn(question))


every_follow_up = each(("question", "history", "meant"), list(follow_ups()))


def test_the_control_most_follow_ups_say_too_little_alone() -> None:
    """What is expected of them is not in their own words."""
    short = [question for question, _, meant in follow_ups() if meant and not meant.terms <= about(question).terms]
    assert len(short) > 70


@every_follow_up
def test_a_follow_up_is_about_what_the_conversation_is_about(
    question: str, history: list[Turn], meant: About | None
) -> None:
    understood = standalone(question, history)
    if meant is None:
        assert understood == question
        return
    found = about(understood)
    assert found.countries == meant.countries, understood
    assert found.months == meant.months, understood
    assert meant.terms <= found.terms, understood


@every_follow_up
def test_what_became_of_a_follow_up_is_left_as_it_is(question: str, history: list[Turn], meant: About | None) -> None:
    understood = standalone(question, history)
    assert standalone(understood, [*history, Turn(question)]) == understood


@each("question", WHOLE_QUESTIONS)
@each(
    "history",
    [
        ["What did Latvia and Azerbaijan agree on?"],
        ["When was the health agreement between Azerbaijan and Latvia signed?", "so is it in force now?"],
    ],
)
def test_a_question_that_stands_alone_is_left_as_it_is(question: str, history: list[str]) -> None:
    assert standalone(question, [Turn(earlier) for earlier in history]) == question


@pytest.mark.parametrize(
    "corrected",
    [
        "So is it in force now (about: what did Latvia and Estonia agree on)?",
        "So is the ambulance agreement of Latvia and Lithuania in force now?",
        "Is the Azerbaijan–Latvia health agreement in force?",
    ],
)
def test_a_corrected_question_is_left_as_it_is(corrected: str) -> None:
    history = [Turn("What did Latvia and Azerbaijan agree on?"), Turn("So is it in force now?")]
    assert standalone(history[1].question, history[:1]) != history[1].question, "the control"
    assert standalone(corrected, history) == corrected


def test_without_history_nothing_changes_but_white_space() -> None:
    assert standalone("  So is it\nin force now? ", []) == "So is it in force now?"
    assert standalone("So is it in force now?", [Turn(" ")]) == "So is it in force now?"


def test_the_topic_comes_from_the_last_question_that_has_one() -> None:
    history = [Turn("When was the WHO Pandemic Agreement adopted?"), Turn("why?")]
    assert set(analyze("WHO Pandemic Agreement")) <= about(standalone("and who signed it?", history)).terms


@each(
    ("previous", "question", "named", "dates", "subject"),
    [
        ("How many people may apply?", "and in 2024?", "", "2024", "people apply"),
        ("What did Latvia sign between 2018 and 2020?", "and in 2024?", "LV", "2018 2020 2024", "sign"),
        ("Who visited Latvia on 4 December 2025?", "And in May 2024?", "LV", "May 2024", "visited"),
        ("Who visited Latvia?", "and Latvia?", "LV", "", "visited"),
        ("Who was vaccinated?", "and in Georgia?", "GE", "", "vaccinated"),
    ],
)
def test_a_fragment_takes_the_place_of_one_like_it(
    previous: str, question: str, named: str, dates: str, subject: str
) -> None:
    found = about(standalone(question, [Turn(previous)]))
    assert (found.countries, found.months) == (set(named.split()), months(dates))
    assert set(analyze(subject)) <= found.terms


def test_a_follow_up_typed_without_capitals_keeps_its_countries() -> None:
    understood = standalone("did estonia sign it too?", [Turn("What did Latvia and Georgia sign?")])
    assert about(understood).countries == {"EE", "LV", "GE"}


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        (
            "When was the health agreement between Azerbaijan and Latvia signed?",
            "the health agreement between Azerbaijan and Latvia",
        ),
        (
            "When did the Latvia–Lithuania ambulance agreement enter into force?",
            "the Latvia–Lithuania ambulance agreement",
        ),
        ("Who attended (about: the meeting in Riga)?", "the meeting in Riga"),
        ("Did Latvia ratify the WHO Pandemic Agreement?", None),
        ("What did Latvia and Azerbaijan agree on?", None),
        ("Why?", None),
    ],
)
def test_a_topic_names_all_that_its_question_names(question: str, topic: str | None) -> None:
    assert topic_of(question) == topic


@given(hostile, st.lists(hostile, max_size=4))
def test_no_conversation_is_an_error_and_nothing_typed_is_lost(question: str, history: list[str]) -> None:
    understood = standalone(question, [Turn(earlier) for earlier in history])
    if ABOUT in understood and ABOUT not in question:
        assert understood.casefold().startswith(" ".join(question.split()).rstrip("?!. ").casefold())
