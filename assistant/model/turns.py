"""What turns a sentence round although its words stand in the source: a lost "not", a plan as done, names exchanged.

A claim is laid beside the cited sentence that holds most of its words. By form alone: what the words mean is for an
`Entailment`.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from assistant.language.parties import mentions
from assistant.model.entailment import bare, content_words, words_of

DENYING = frozenset("no not none nothing neither nor never without cannot unsigned nobody".split())
# What makes a plan, a duty or a wish of what is told.
_UNREAL = frozenset(
    """
    will would shall should might could plans planned plan planning intends intended intend expects expected expect
    hopes hoped proposes proposed propose proposal aims aimed wants ready prepares preparing upcoming future considers
    considered possible possibility pledged promised offered invited must want wanted wished foreseen envisaged
    """.split()
)
_WIDE = frozenset("all every always entire whole everyone everything".split())
# Of a claim's content words, those that a sentence must have to be laid beside it.
_BESIDE = 0.75
# Words that stand before the first of them in a source and belong to it still ("no document was signed").
_BEFORE = 3
_WORD = re.compile(r"[^\W_]+(?:['’][^\W\d_]+)*")
_TO_BE = re.compile(r"\bto be\b", re.IGNORECASE)
_JOINING = frozenset("and or the of with between s und un и y et ja ir və ve".split())
_DIGITS_OF_A_YEAR = 4
_MANY = 4
_MARKED = re.compile(r"n['’]t\b", re.IGNORECASE)


def turned(claim: str, sources: Sequence[str]) -> Iterator[str]:
    """One word for each way in which a claim turns round what the sentence nearest to it says."""
    beside = [source for source in sources if _share(claim, source) >= _BESIDE]
    parts = [part for source in beside if (part := _aligned(claim, source))]
    if parts and not _denies(claim) and all(_denies(part) for part in parts):
        yield "denial lost"
    unreal, ours = [_is_unreal(part) for part in parts], _is_unreal(claim)
    if parts and not ours and all(unreal):
        yield "mood"
    if parts and ours and not any(_is_unreal(source) for source in sources):
        yield "mood"
    if words_of(claim) & _WIDE and not words_of(" ".join(sources)) & _WIDE:
        yield "scope"
    if beside and all(_exchanges(claim, source) or _exchanges_countries(claim, source) for source in beside):
        yield "exchanged"
    if _counts_another_thing(claim, sources):
        yield "another's number"


def _share(claim: str, source: str) -> float:
    wanted = content_words(claim) - DENYING - _UNREAL
    return len(wanted & words_of(source)) / len(wanted) if wanted else 0.0


def _aligned(claim: str, source: str) -> str:
    """The part of a source from a little before the first of the claim's content words to the last."""
    wanted = content_words(claim)
    words = list(_WORD.finditer(source))
    places = [place for place, match in enumerate(words) if bare(match.group()) in wanted]
    if not places:
        return ""
    return source[words[max(0, places[0] - _BEFORE)].start() : words[places[-1]].end()]


def _denies(text: str) -> bool:
    return bool(words_of(text) & DENYING) or bool(_MARKED.search(text))


def _is_unreal(text: str) -> bool:
    return bool(words_of(text) & _UNREAL) or bool(_TO_BE.search(text))


def _figures(text: str) -> Iterator[tuple[str, str]]:
    """Each number of a text but years, with the first word of substance after it, and with the word before it."""
    words = [bare(word) for word in _WORD.findall(text)]
    for place, word in enumerate(words):
        if word.isdigit() and len(word) != _DIGITS_OF_A_YEAR:
            after = next((other for other in words[place + 1 : place + 3] if content_words(other)), "")
            if after and not after.isdigit():
                yield word, after


def _counts_another_thing(claim: str, sources: Sequence[str]) -> bool:
    """Whether the sources count a thing, and never by the claim's figure: "8 experts" of "9 experts and 8 nurses"."""
    counted: dict[str, set[str]] = {}
    for source in sources:
        for figure, thing in _figures(source):
            counted.setdefault(thing, set()).add(figure)
    told = words_of(" ".join(sources))  # what is not told at all may have been added up
    return any(figure in told and figure not in counted.get(thing, {figure}) for figure, thing in _figures(claim))


def _exchanges_countries(claim: str, source: str) -> bool:
    """Whether two countries stand in a claim the other way round, and no other word of it is new."""
    ours = [code for *_, code in sorted(mentions(claim))]
    theirs = [code for *_, code in sorted(mentions(source))]
    if len(ours) != 2 or len(set(ours)) != 2 or _is_within(ours, theirs) or not set(ours) <= set(theirs):
        return False
    named = {bare(word) for start, end, _ in mentions(claim) for word in _WORD.findall(claim[start:end])}
    are_joined = any(_joined(text, ours) for text in (claim, source))
    return not are_joined and content_words(claim) - named - {"s"} <= words_of(source)


def _joined(text: str, codes: Sequence[str]) -> bool:
    """Whether two countries stand side by side in a text, with nothing but "and" and the like between them."""
    found = sorted(mention for mention in mentions(text) if mention[2] in codes)
    return any(
        first[2] != second[2] and words_of(text[first[1] : second[0]]) <= _JOINING for first, second in pairwise(found)
    )


def _exchanges(claim: str, source: str) -> bool:
    """Whether a claim has the other words of a source in their order, and two names or numbers of it exchanged."""
    told = [word for word in _WORD.findall(claim) if word.casefold() not in ("the", "a", "an")]
    known = [word for word in _WORD.findall(source) if word.casefold() not in ("the", "a", "an")]
    # A first word is capitalised anyway; it names somebody where the other of the two has it within.
    marked = {bare(word) for words in (known[1:], told[1:]) for word in words if _is_mark(word)}
    ours = [bare(word) for word in told if bare(word) in marked]
    theirs = [bare(word) for word in known if bare(word) in marked]
    # Of many, a clause that was moved to the other end leaves the rest in its order.
    in_order = theirs if len(ours) < _MANY else theirs * 2
    if len(set(ours)) < 2 or _is_within(ours, in_order):
        return False
    others = [bare(word) for word in told if bare(word) not in marked]
    return _is_within(others, [bare(word) for word in known]) and set(ours) <= set(theirs) and not _joins(source, ours)


def _joins(source: str, names: Sequence[str]) -> bool:
    """Whether the exchanged names are only listed side by side ("Latvia and Estonia"), in any order."""
    words, told = [bare(word) for word in _WORD.findall(source)], set(names)
    places = sorted({word: place for place, word in reversed(list(enumerate(words))) if word in told}.values())
    return all(
        all(word in _JOINING or word in told for word in words[first:second]) for first, second in pairwise(places)
    )


def _is_mark(word: str) -> bool:
    return word[:1].isupper() or word[:1].isdigit()


def _is_within(part: Sequence[str], whole: Sequence[str]) -> bool:
    """Whether `part` stands in `whole` in its order, other words between allowed."""
    remaining = iter(whole)
    return all(word in remaining for word in part)
