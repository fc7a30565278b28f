"""The phrases of a question that may name a thing ("the ambulance agreement between Latvia and Estonia").

Word lists and the order of words in English questions; no parser. What is cut wrongly costs a follow-up its shorter
form, not its meaning: `assistant.question.conversation` then puts the whole earlier question behind it.
"""

import re
from collections.abc import Iterator

_DETERMINERS = frozenset("the a an this that these those its their his her".split())
_ASKED_BY = frozenset("what which whose many much".split())
_HELPING = frozenset(
    "be been being is are was were do does did has have had will would can could may might shall should must".split()
)
_BEFORE_A_PLAIN_VERB = frozenset("do does did will would can could may might shall should must to".split())
_NO_PART_OF_A_PHRASE = _HELPING | frozenset(
    """
    who whom whose what which when where why how and or but so then there not ever yet now already still also too just
    only it they them he him she i we you me us my our your if because while although since until than as that again
    tell give show describe explain about open closed valid available ready long far often soon later today ago each
    other both recently actually really together force part since during until under after before
    """.split()
)
_JOINING = frozenset("of on for in with between at by from to against and".split())
# Past forms that do not end in -ed.
_PAST = frozenset(
    """
    made took taken held met sent gave given began begun came went gone said told spoke spoken saw seen led paid built
    bought got set put cut won became become brought left done wrote written found
    """.split()
)
_PLAIN_VERBS = frozenset(
    """
    agree sign enter approve ratify adopt join take give send receive donate provide supply visit meet discuss talk say
    announce cover include contain foresee cost last start begin end launch open take hold host train treat help
    support fund pay plan propose want promise attend participate lead work cooperate come go happen become make have
    belong consist need replace extend expire apply allow show find know think use buy build deliver report commit
    concern
    """.split()
)


def phrases(question: str) -> Iterator[str]:
    """The phrases of a question that may name a thing, each up to the verb behind it, in order."""
    text = question.rstrip("?!. ")
    start: int | None = None
    end, last = 0, ""
    asked_for = verb_due = False
    for match in re.finditer(r"[\w'’–/-]+|[^\w\s]|$", text):
        word = match.group().lower() if match.start() == 0 else match.group()
        if word == "and" and start is not None:
            last = word
            continue
        is_verb = _is_verb(word, last, may_be_plain=start is not None and (verb_due or asked_for))
        ends = is_verb or word in _NO_PART_OF_A_PHRASE | _ASKED_BY or not word[:1].isalnum()
        if ends or (word in _DETERMINERS and last not in _JOINING):
            # A verb that is not among the plain ones is still in the phrase.
            if start is not None and not asked_for and (word or not verb_due):
                yield text[start:end]
            start, asked_for = None, word in _ASKED_BY
            verb_due = not is_verb and (verb_due or word in _BEFORE_A_PLAIN_VERB)
        if not ends and (start is not None or word not in _JOINING):
            start = match.start() if start is None else start
            end = end if word in _JOINING else match.end()
        last = word


def _is_verb(word: str, last: str, *, may_be_plain: bool) -> bool:
    if last in _DETERMINERS or not word.islower():
        return False
    if last in ("who", "what"):
        return word not in _DETERMINERS | _NO_PART_OF_A_PHRASE
    is_past = word in _PAST or (len(word) > 4 and word.endswith("ed"))
    return is_past or (may_be_plain and word in _PLAIN_VERBS)


def head_of(phrase: str) -> str:
    """The word that a phrase is about: the one before its first preposition."""
    return re.split(rf"\s(?:{'|'.join(_JOINING - {'and'})})\s", phrase)[0].split()[-1]


def own_words(question: str) -> list[str]:
    """The words of a question that neither ask nor join."""
    return [
        word
        for word in re.findall(r"[\w'’-]+", question.lower())
        if word not in _NO_PART_OF_A_PHRASE | _JOINING | _DETERMINERS | _ASKED_BY
    ]
