"""Follow-ups become questions that stand alone."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from texts import hostile

from assistant.answer import Turn
from assistant.question.conversation import ABOUT, standalone, topic_of

# Stands for a follow-up that is left as it is.
ALONE = ""
# The first question of a conversation, then each follow-up with what it becomes.
CONVERSATIONS = {
    "What did Latvia and Azerbaijan sign in Riga?": (
        ("and with Georgia?", "What did Latvia and Georgia sign in Riga?"),
        ("and with Moldova?", "What did Latvia and Moldova sign in Riga?"),
        ("Who signed it?", "Who signed it (about: what did Latvia and Moldova sign in Riga)?"),
    ),
    "When was the agreement between Latvia and Ukraine signed?": (
        ("Where?", "Where (about: when was the agreement between Latvia and Ukraine signed)?"),
        ("Who signed it?", "Who signed the agreement between Latvia and Ukraine?"),
        ("What does it cover?", "What does the agreement between Latvia and Ukraine cover?"),
    ),
    "How many Ukrainian soldiers did Latvia treat in 2023?": (
        ("and in 2024?", "How many Ukrainian soldiers did Latvia treat in 2024?"),
        (
            "Where were they treated?",
            "Where were they treated (about: how many Ukrainian soldiers did Latvia treat in 2024)?",
        ),
    ),
    "What does the Latvia–Estonia ambulance agreement cover?": (
        ("When did it enter into force?", "When did the Latvia–Estonia ambulance agreement enter into force?"),
        (
            "Is there a similar one with Lithuania?",
            "Is there a similar one with Lithuania (about: the Latvia–Estonia ambulance agreement)?",
        ),
    ),
    "How much did Azerbaijan donate to the WHO in March 2020?": (
        ("and in May 2020?", "How much did Azerbaijan donate to the WHO in May 2020?"),
        (
            "What was the money for?",
            "What was the money for (about: how much did Azerbaijan donate to the WHO in May 2020)?",
        ),
        ("How much did Japan give to Azerbaijan?", ALONE),
    ),
    "Which countries belong to BeNeLuxA?": (
        ("When did Ireland join?", "When did Ireland join (about: BeNeLuxA)?"),
        ("What medicines have they bought?", "What medicines have BeNeLuxA bought?"),
        ("how much?", "how much (about: what medicines have BeNeLuxA bought)?"),
    ),
    "Who attended the meeting of the health ministers in Baku?": (
        ("When was it held?", "When was the meeting of the health ministers in Baku held?"),
        ("What was agreed?", "What was agreed (about: the meeting of the health ministers in Baku)?"),
        ("And who chaired it?", "And who chaired the meeting of the health ministers in Baku?"),
    ),
    "What is the WHO Pandemic Agreement?": (
        ("When was it adopted?", "When was the WHO Pandemic Agreement adopted?"),
        ("How many countries voted for it?", "How many countries voted for the WHO Pandemic Agreement?"),
        ("Did Latvia vote for it too?", "Did Latvia vote for the WHO Pandemic Agreement too?"),
    ),
    "Which hospitals did the WHO mission visit in September 2022?": (
        ("Who led it?", "Who led it (about: which hospitals did the WHO mission visit in September 2022)?"),
        (
            "How many experts were there?",
            "How many experts were there (about: which hospitals did the WHO mission visit in September 2022)?",
        ),
        (
            "What did they recommend?",
            "What did they recommend (about: which hospitals did the WHO mission visit in September 2022)?",
        ),
    ),
    "What did Azerbaijan and Pakistan discuss in Islamabad?": (
        (
            "Did they sign a memorandum?",
            "Did they sign a memorandum (about: what did Azerbaijan and Pakistan discuss in Islamabad)?",
        ),
        (
            "And what about Türkiye?",
            "Did they sign a memorandum (about: what did Azerbaijan and Türkiye discuss in Islamabad)?",
        ),
    ),
    "Has the memorandum between Azerbaijan and Cuba been signed?": (
        ("When?", "When (about: has the memorandum between Azerbaijan and Cuba been signed)?"),
        ("By whom?", "By whom (about: has the memorandum between Azerbaijan and Cuba been signed)?"),
        ("Is it in force?", "Is the memorandum between Azerbaijan and Cuba in force?"),
    ),
    "Who is the health minister of Latvia?": (
        ("Who was it in 2022?", "Who was it in 2022 (about: the health minister of Latvia)?"),
        ("When did he visit Baku?", "When did the health minister of Latvia visit Baku?"),
    ),
    "What is the Samarkand Declaration?": (
        ("Who adopted it?", "Who adopted the Samarkand Declaration?"),
        ("What does it say about health?", "What does the Samarkand Declaration say about health?"),
        ("Has Hungary signed?", "Has Hungary signed (about: the Samarkand Declaration)?"),
    ),
    "What is the PROACT-Care project?": (
        ("Who pays for it?", "Who pays for the PROACT-Care project?"),
        ("How much does it cost?", "How much does the PROACT-Care project cost?"),
        ("Where was it launched?", "Where was the PROACT-Care project launched?"),
    ),
    "When will the Baltic countries buy medicines together?": (
        ("Which medicines?", "Which medicines (about: when will the Baltic countries buy medicines together)?"),
        ("Since when?", "Since when (about: when will the Baltic countries buy medicines together)?"),
        ("What did Estonia and Latvia sign in 2010?", ALONE),
    ),
    "Did Lithuania ratify the agreement on ambulance services with Latvia?": (
        ("When?", "When (about: did Lithuania ratify the agreement on ambulance services with Latvia)?"),
        ("What about Estonia?", "When (about: did Lithuania ratify the agreement on ambulance services with Estonia)?"),
    ),
    "What does the agreement between Azerbaijan and Russia say about medicines?": (
        ("And the one with Türkiye?", "What does the agreement between Azerbaijan and Türkiye say about medicines?"),
        ("When was that agreement signed?", "When was the agreement between Azerbaijan and Türkiye signed?"),
    ),
    "Tell me about the Nordic declaration on health preparedness.": (
        ("Who signed the declaration?", "Who signed the Nordic declaration on health preparedness?"),
        ("and when?", "and when (about: who signed the Nordic declaration on health preparedness)?"),
        ("Did Iceland sign it?", "Did Iceland sign the Nordic declaration on health preparedness?"),
    ),
    "Where did the ministers of Azerbaijan and Uzbekistan meet in 2023?": (
        (
            "What did they talk about?",
            "What did they talk about (about: where did the ministers of Azerbaijan and Uzbekistan meet in 2023)?",
        ),
        (
            "Did the ministers sign it?",
            "Did the ministers sign it (about: where did the ministers of Azerbaijan and Uzbekistan meet in 2023)?",
        ),
    ),
    "How long is the roadmap between Azerbaijan and Türkiye valid?": (
        ("What are its priorities?", "What are its priorities (about: the roadmap between Azerbaijan and Türkiye)?"),
        (
            "Who is responsible for this?",
            "Who is responsible for this (about: the roadmap between Azerbaijan and Türkiye)?",
        ),
    ),
    "Which agreements did Latvia sign in 2024?": (
        ("and in 2025?", "Which agreements did Latvia sign in 2025?"),
        ("and Estonia?", "Which agreements did Estonia sign in 2025?"),
        (
            "Which of them are in force?",
            "Which of them are in force (about: which agreements did Estonia sign in 2025)?",
        ),
    ),
    "How many doctors from Azerbaijan were trained in İzmir?": (
        (
            "Who paid for the training?",
            "Who paid for the training (about: how many doctors from Azerbaijan were trained in İzmir)?",
        ),
        (
            "How long did it last?",
            "How long did it last (about: how many doctors from Azerbaijan were trained in İzmir)?",
        ),
    ),
    "Is Moldova part of EU4Health?": (
        ("Since when?", "Since when (about: is Moldova part of EU4Health)?"),
        ("And Ukraine?", "Since when (about: is Ukraine part of EU4Health)?"),
        ("What does it pay?", "What does it pay (about: is Ukraine part of EU4Health)?"),
    ),
    "what did latvia and the united arab emirates agree on?": (
        ("is it signed?", "is it signed (about: what did latvia and the united arab emirates agree on)?"),
        ("and with azerbaijan?", "is it signed (about: what did Latvia and Azerbaijan agree on)?"),
    ),
    "What did the Visegrad countries agree on prices?": (
        ("Is Poland a member?", "Is Poland a member (about: the Visegrad countries)?"),
        ("When did talks start?", "When did talks start (about: the Visegrad countries)?"),
    ),
    "Which medicine did BeNeLuxA negotiate in October 2021?": (
        ("What was the price?", "What was the price (about: which medicine did BeNeLuxA negotiate in October 2021)?"),
        (
            "Did Austria take part?",
            "Did Austria take part (about: which medicine did BeNeLuxA negotiate in October 2021)?",
        ),
    ),
    "Who donated equipment to hospitals in Azerbaijan?": (
        ("How much was it worth?", "How much was equipment to hospitals in Azerbaijan worth?"),
        ("And in Latvia?", "How much was equipment to hospitals in Latvia worth?"),
    ),
    "What did Kluge say in Baku?": (
        ("When was he there?", "When was he there (about: what did Kluge say in Baku)?"),
        ("What else did he visit?", "What else did he visit (about: what did Kluge say in Baku)?"),
    ),
    "When does the strategy of WHO and Latvia end?": (
        ("What are its goals?", "What are its goals (about: the strategy of WHO and Latvia)?"),
        ("How many goals does it have?", "How many goals does the strategy of WHO and Latvia have?"),
        ("What is the Chisinau Pledge?", ALONE),
    ),
    "What happened in Shamakhi?": (
        ("Who was in the mission?", "Who was in the mission (about: Shamakhi)?"),
        ("How many people live there?", "How many people live there (about: Shamakhi)?"),
    ),
    "Did Azerbaijan and Israel sign an agreement?": (
        ("So what did they do then?", "So what did Azerbaijan and Israel do then?"),
        ("Is there an embassy of Israel in Baku?", ALONE),
        ("What did Azerbaijan and Kazakhstan talk about?", ALONE),
    ),
    "What was decided at the Central Asia roadmap meeting?": (
        ("Which countries took part?", "Which countries took part (about: the Central Asia roadmap meeting)?"),
        ("What did Kazakhstan say about its hospitals?", ALONE),
    ),
    "When was the joint procurement agreement of the Baltic states signed?": (
        (
            "And the crisis memorandum?",
            "And the crisis memorandum (about: the joint procurement agreement of the Baltic states)?",
        ),
        (
            "What is the difference between the two?",
            "What is the difference between the two (about: the joint procurement agreement of the Baltic states)?",
        ),
    ),
    "How many people were rehabilitated in Latvia until August 2024?": (
        (
            "Where did this happen?",
            "Where did this happen (about: how many people were rehabilitated in Latvia until August 2024)?",
        ),
        ("Who paid?", "Who paid (about: how many people were rehabilitated in Latvia until August 2024)?"),
        (
            "Did Estonia help as well?",
            "Did Estonia help as well (about: how many people were rehabilitated in Latvia until August 2024)?",
        ),
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


def follow_ups() -> Iterator[tuple[str, list[Turn], str]]:
    for first, later in CONVERSATIONS.items():
        history = [Turn(first)]
        for question, expected in later:
            yield question, list(history), expected or question
            history.append(Turn(question))


every_follow_up = pytest.mark.parametrize(("question", "history", "expected"), list(follow_ups()))


@every_follow_up
def test_a_follow_up_gets_what_it_leaves_to_the_conversation(question: str, history: list[Turn], expected: str) -> None:
    assert standalone(question, history) == expected


@every_follow_up
def test_what_became_of_a_follow_up_is_left_as_it_is(question: str, history: list[Turn], expected: str) -> None:
    assert standalone(expected, [*history, Turn(question)]) == expected


@pytest.mark.parametrize("question", WHOLE_QUESTIONS)
@pytest.mark.parametrize(
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
    understood = "So is it in force now (about: what did Latvia and Azerbaijan agree on)?"
    assert standalone(history[1].question, history[:1]) == understood
    assert standalone(corrected, history) == corrected


def test_without_history_nothing_changes_but_white_space() -> None:
    assert standalone("  So is it\nin force now? ", []) == "So is it in force now?"
    assert standalone("So is it in force now?", [Turn(" ")]) == "So is it in force now?"


def test_the_topic_comes_from_the_last_question_that_has_one() -> None:
    history = [Turn("When was the WHO Pandemic Agreement adopted?"), Turn("why?")]
    assert standalone("and who signed it?", history) == "and who signed the WHO Pandemic Agreement?"


@pytest.mark.parametrize(
    ("previous", "question", "expected"),
    [
        ("How many people may apply?", "and in 2024?", "How many people may apply in 2024?"),
        (
            "What did Latvia sign between 2018 and 2020?",
            "and in 2024?",
            "and in 2024 (about: what did Latvia sign between 2018 and 2020)?",
        ),
        ("Who visited Latvia on 4 December 2025?", "And in May 2024?", "Who visited Latvia in May 2024?"),
        ("Who visited Latvia?", "and Latvia?", "and Latvia (about: who visited Latvia)?"),
        ("Who was vaccinated?", "and in Georgia?", "Who was vaccinated in Georgia?"),
    ],
)
def test_a_fragment_takes_the_place_of_one_like_it(previous: str, question: str, expected: str) -> None:
    assert standalone(question, [Turn(previous)]) == expected


def test_a_follow_up_typed_without_capitals_keeps_its_countries() -> None:
    understood = standalone("did estonia sign it too?", [Turn("What did Latvia and Georgia sign?")])
    assert understood == "did Estonia sign it too (about: what did Latvia and Georgia sign)?"


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
