"""A follow-up and its history become a question that stands alone.

Earlier questions are made to stand alone first, so that one may lean on another. Then, in order: a fragment ("and with
Georgia?", "in 2024?") asks the last question again with another party or date; a question that leans on the
conversation ("so is it in force now?", "who attended?") gets the phrase that its pronoun stands for, or the topic
behind it; any other question is left as it is. The result is shown to the user, who can correct it, and comes out the
same when it is asked again. Rules over English wording; no parser.
"""

import re
from collections.abc import Iterator, Sequence

from assistant.answer import Turn
from assistant.language.dates import MONTH
from assistant.language.parties import countries, mentions, party_of, with_capitals
from assistant.language.phrases import head_of, own_words, phrases

# Puts the topic of the conversation behind a question; what asks stands before it.
ABOUT = " (about: "

_OPENING = r"(?:(?:and|but|or|so|ok|okay)\b,?\s*)*"
_PREPOSITION = r"(?:with|for|in|by|from|to|of|at|on|between|under|since|during|after|before|until)"
_FRAGMENT = re.compile(
    rf"{_OPENING}(?:(?:what|how)\s+about\b)?\s*(?:the ones? )?(?P<preposition>{_PREPOSITION}\b)?\s*"
    r"(?P<rest>[^?]+?)\s*\?*",
    re.IGNORECASE,
)
_DATE = re.compile(
    rf"\b(?:(?:\d{{1,2}} )?(?:{MONTH})(?: \d{{1,2}}\b)?(?:,? (?:19|20)\d\d)?|(?:19|20)\d\d|(?:this|last|next) year)\b"
)
_DATE_OF_A_QUESTION = re.compile(rf"(?:\b{_PREPOSITION} )?{_DATE.pattern}")

# Not the IT of hospitals.
_PRONOUN = re.compile(r"\b(?!(?-i:IT\b))(?:its?|they|them|their|he|him|his|she|her)\b", re.IGNORECASE)
# "Her" may also be whom something is done to.
_POSSESSIVES = frozenset(("its", "their", "his", "her"))
_PERSONS = frozenset(("he", "him", "his", "she"))
_PLURALS = frozenset(("they", "them", "their"))
# "How long does it take to …", "is it true that …".
_EMPTY_IT = re.compile(
    r"\bit (?:takes?|costs?) .*\bto\b|\b(?:is|was|be) it \w+ (?:that|to|whether)\b"
    r"|\bit(?:['’]s| is| was) \w+ (?:that|to)\b",
    re.IGNORECASE,
)
# The thing that a pronoun stands for and, behind it, where another clause begins.
_BINDS = re.compile(
    r"(?:\w (?!I\b)[A-ZÀ-Þ]|\b(?:[Tt]he|[Aa]n?) \w)(?P<clause>.*(?:[,;.?]|\b(?:that|which|who|when|after|before"
    r"|if|because|but|while|(?:and|or) (?:is|was|are|were|has|have|did|does|will|when|who|what|where|how))\b))?"
)
# Words that point back whatever else a question names; "this year" points at today, "is there" at nothing.
_POINTS_BACK = re.compile(
    r"\b(?:too|as well|either|instead|then|that|members?|party|signatory)\W*$"
    r"|\b(?:former|latter|first|second|third|last|other|similar|which|what) ones?\b"
    r"|\bth[eo]se\b(?! (?:who|of|that|in|with|documents|sources|briefs)\b)"
    r"|\bthis\b(?! (?:year|month|week)\b)|\b(?:by|since|until|before|back) then\b"
    rf"|(?:^|\b(?:{_PREPOSITION}|about|is|was|did|does|are|were) )that\b(?! (?:with|of|between)\b)"
    r"|(?<!is )(?<!are )(?<!was )(?<!were )(?<!be )(?<!been )\bthere\b(?! (?:is|are|was|were|been|be|a|an|any)\b)",
    re.IGNORECASE,
)
_DEFINES = re.compile(
    rf"{_OPENING}(?:(?:what|who)(?:['’]s| is| are| was| were) (?!(?:the|there|{_PREPOSITION}|\w+ed)\b)|tell me\b)",
    re.IGNORECASE,
)
_CONTINUES = re.compile(rf"(?:and|but|so|(?:what|how) about|{_PREPOSITION})\b", re.IGNORECASE)
# "When did Ireland join?", "Has Latvia ratified?": what was joined or ratified is left to the conversation.
_LACKS_OBJECT = re.compile(
    r"(?!what\b|which\b|whom?\b)(?!.*\b(?:be|been|being|is|are|was|were)\b).*"
    r"\b(?:join|attend|sign|ratif|approv|participat|adopt|accept|agree|tak(?:e|en) part)(?:y|e|d|ed|ied)?\W*$",
    re.IGNORECASE,
)
# They point back in a question that names nothing.
_UNNAMED = re.compile(
    r"\b(?:else|another|others?)\b|\bthe (?:same|(?:two |other )?(?:agreement|memorandum|document|deal|treaty|text"
    r"|meeting|talks|visit|mission|project|plan|programme|donation|training|declaration|roadmap|event|delegation|ministers?"
    r"|experts|doctors|countries|parties|sides|members|officials))\b(?! (?:of|that|which)\b)",
    re.IGNORECASE,
)
# A question that names nothing and has fewer words of its own leans.
_FEWEST_WORDS = 3
_LONGEST_POSSESSOR = 5

_ROLES = re.compile(r"(?:minister|president|director|ambassador|head|chief|doctor|official|commissioner|envoy)\b", re.I)


def standalone(question: str, history: Sequence[Turn]) -> str:
    """The question with what it leaves to the conversation put in; unchanged where it stands alone."""
    earlier: list[str] = []
    for turn in history:
        if asked := " ".join(turn.question.split()):
            earlier.append(resolved(asked, earlier))
    return resolved(" ".join(question.split()), earlier)


def topic_of(question: str) -> str | None:
    """The thing a question is about: a phrase that names all that the question names; None where it has none."""
    return next((phrase for phrase in _topics(question) if not _is_of_parties_alone(phrase)), None)


def _topics(question: str) -> Iterator[str]:
    """The phrases of a question that can stand for all of it: nothing that it names is lost."""
    _, found, about = question.rstrip("?!. ").partition(ABOUT)
    if found:
        question = about.removesuffix(")")
    names = _names(question)
    for phrase in phrases(question):
        if names <= _names(f"the {phrase}"):
            owner = re.match(r"(the .+?)['’]s? ", phrase)
            yield owner[1] if owner else phrase


def _is_of_parties_alone(phrase: str) -> bool:
    others = _without(phrase, mentions(phrase))
    return others != phrase and not re.sub(r"\b(?:and|or|the)\b|[\W_]", "", others)


def resolved(question: str, earlier: Sequence[str]) -> str:
    """The question made to stand alone after questions that do."""
    if not earlier or ABOUT in question:
        return question
    again = asked_again(with_capitals(question), with_capitals(earlier[-1]))
    if again is not None:
        return again
    if not leans(question):
        return question
    anchor = next((asked for asked in reversed(earlier) if says_something(asked)), None)
    if anchor is None:
        return question
    asked = with_capitals(question).rstrip("?!. ")
    for phrase in _topics(with_capitals(anchor)):
        if not _is_of_parties_alone(phrase) and _words(phrase) <= _words(asked):
            return question
        if (replaced := _with_phrase(asked, phrase)) is not None:
            return f"{replaced}?"
    # "How much?" and "Which medicines?" ask about all that the question before them said.
    topic = topic_of(with_capitals(anchor)) if own_words(asked) and len(asked.split()) > 2 else None
    about = topic or _in_brackets(anchor)
    return question if _words(about) <= _words(asked) else f"{asked}{ABOUT}{about})?"


def _in_brackets(question: str) -> str:
    asking, _, about = question.rstrip("?!. ").partition(ABOUT)
    return about.removesuffix(")") or asking[0].lower() + asking[1:]


# Fragments


def asked_again(question: str, previous: str) -> str | None:
    """The previous question with the party or the date of a fragment in place of its own."""
    match = _FRAGMENT.fullmatch(question)
    if match is None:
        return None
    rest, preposition = match["rest"], match["preposition"]
    if _DATE.fullmatch(rest):
        return _with_date(previous, f"{preposition or 'in'} {rest}")
    named = mentions(rest)
    others = re.sub(r"\b(?:and|or|the)\b|\W", "", _without(rest, named))
    return None if others or not named else _with_parties(previous, [code for *_, code in named], preposition)


def _with_date(question: str, date: str) -> str | None:
    """The date of a question gives way; None where it has several, as "between 2018 and 2020" does."""
    dates = list(_DATE_OF_A_QUESTION.finditer(question))
    if not dates:
        return _with_ending(question, date)
    return None if len(dates) > 1 else f"{question[: dates[0].start()]}{date}{question[dates[0].end() :]}"


def _with_parties(question: str, codes: Sequence[str], preposition: str | None) -> str | None:
    """The last parties that a question names give way; where it names none, the new ones are put behind it."""
    new = [party_of(code).name for code in codes]
    old = mentions(question)
    if not old:
        return _with_ending(question, f"{preposition} {' and '.join(new)}") if preposition else None
    if len(old) < len(new) or {code for *_, code in old} & set(codes):
        return None
    for (start, end, _), name in zip(reversed(old), reversed(new), strict=False):
        question = question[:start].removesuffix("the ") + name + question[end:]
    return question


def _with_ending(question: str, ending: str) -> str:
    asked, found, about = question.rstrip("?!. ").partition(ABOUT)
    return f"{asked} {ending}{found}{about}?"


def _without(text: str, spans: Sequence[tuple[int, int, str]]) -> str:
    for start, end, _ in reversed(spans):
        text = text[:start] + text[end:]
    return text


# Leaning


def leans(question: str) -> bool:
    """Whether a question leaves something to the conversation."""
    if _POINTS_BACK.search(question) or _LACKS_OBJECT.match(question):
        return True
    names_itself = any(len(_names(f"the {phrase}")) > 1 for phrase in phrases(question) if phrase.startswith("the "))
    pronouns = () if names_itself else _PRONOUN.finditer(_EMPTY_IT.sub("", question))
    if any(not _is_bound(pronoun, question) for pronoun in pronouns):
        return True
    names, continues = _names(question), bool(_CONTINUES.match(question))
    if names or _DEFINES.match(question):
        return continues and len(names) < 2 and len(own_words(question)) < _FEWEST_WORDS
    return continues or len(own_words(question)) < _FEWEST_WORDS or bool(_UNNAMED.search(question))


def _is_bound(pronoun: re.Match[str], question: str) -> bool:
    """Whether a pronoun stands for something that the question itself names before it."""
    bound = _BINDS.search(question[: pronoun.start()])
    return bound is not None and (pronoun.group().lower() in _POSSESSIVES or bound["clause"] is not None)


def says_something(question: str) -> bool:
    """Whether a later question can lean on this one."""
    return bool(_names(question)) or len(own_words(question)) > 1


def _names(text: str) -> frozenset[str]:
    """The countries, numbers, and capitalised words after the first that a text names."""
    words = re.findall(r"(?<=[\w,;:–'’)-] )[A-ZÀ-Þ][\w'’-]*|\b[A-Z]{2,}\b|\d+", text)
    return frozenset((*words, *(party.name for party in countries(with_capitals(text)))))


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))


# Putting a phrase in


def _with_phrase(question: str, phrase: str) -> str | None:
    """The question with a phrase in place of a word that can stand for it; None where there is none."""
    head = head_of(phrase)
    if again := re.search(rf"\b(?:this|that|these|those|the) {re.escape(head)}\b", question, re.IGNORECASE):
        return f"{question[: again.start()]}{phrase}{question[again.end() :]}"
    for match in _PRONOUN.finditer(question):
        pronoun = match.group().lower()
        if pronoun == "her" or not _can_stand_for(pronoun, phrase, head):
            continue
        ending = ""
        if pronoun in _POSSESSIVES:
            if len(phrase.split()) > _LONGEST_POSSESSOR or not phrase.endswith(head):
                return None
            ending = "’" if phrase.endswith("s") else "’s"
        return f"{question[: match.start()]}{phrase}{ending}{question[match.end() :]}"
    return None


def _can_stand_for(pronoun: str, phrase: str, head: str) -> bool:
    is_person = bool(_ROLES.match(head))
    is_plural = " and " in phrase[: phrase.find(head) + len(head)] or bool(re.search(r"[^su]s$", head))
    if pronoun in _PERSONS:
        return is_person or bool(re.fullmatch(r"[A-ZÀ-Þ][\w'’-]+(?: [A-ZÀ-Þ][\w'’-]+)+", phrase))
    if pronoun in _PLURALS:
        return is_plural or phrase[0].isupper()
    return not is_person and not is_plural and not _is_of_parties_alone(phrase)
