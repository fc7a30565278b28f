"""The assistant's own words: about the record, never about the world, in the language of whoever asks.

Whatever an answer says without a citation is made here: that no document names a party, that less is reported than was
asked. A remark that cannot be read off the evidence does not belong here. Every sentence stands in `remarks.toml`, once
in each language; a language without its own is told in English.
"""

import tomllib
from collections.abc import Sequence
from functools import cache
from importlib import resources

from assistant.language.commitments import Status
from assistant.language.parties import Party, name_in

_FALLBACK = "en"


def talk(language: str) -> str:
    """A greeting, thanks or a call for help: what can be asked."""
    return _worded(language, "talk")


def unclear(language: str) -> str:
    """The question names nothing to look for."""
    return _worded(language, "unclear")


def absent(parties: Sequence[Party], year: str | None, language: str) -> str:
    """No document names these parties, or is of this year."""
    names = [*(name_in(party, _known(language)) for party in parties), *([year] if year else [])]
    return _worded(language, "absent", names=_listed(names, language))


def apart(parties: Sequence[Party], language: str) -> str:
    """Documents name each of these parties, and none is about all of them."""
    return _worded(language, "apart", names=_listed([name_in(party, _known(language)) for party in parties], language))


def nothing(language: str) -> str:
    """No sentence answers."""
    return _worded(language, "nothing")


def less(asked: Status, furthest: Status, language: str) -> str:
    """Less is reported than was asked: talks for an agreement, a signature for entry into force."""
    return _worded(language, "less", asked=status(asked, language), furthest=status(furthest, language))


def listed(asked: Status, count: int, shown: int, language: str) -> str:
    """How many steps a list holds, counted before anything is cut; of a single one there is nothing to say."""
    if count < 2:
        return ""
    code = "listed" if shown == count else "more"
    return _worded(language, code, asked=status(asked, language), count=str(count), shown=str(shown))


def status(reached: Status, language: str) -> str:
    """A status as a reader of the language says it."""
    return _worded(language, reached.name.lower())


def told_word_for_word(reason: str) -> str:
    """The language model was of no use; `reason` has no full stop."""
    return f"{reason}; this answer is quoted word for word instead."


def not_told(missing: str) -> str:
    """What of a question is left open, in the question's own words."""
    return (
        f"The documents found do not tell this: {missing}."
        if missing
        else "The documents found answer this only in part."
    )


def taken_out(count: int, quoted: int = 0) -> str:
    """How many sentences of a language model no passage holds, and in place of how many a passage is quoted."""
    gone = count - quoted
    told = []
    if gone:
        told.append(f"{_counted(gone)} that the language model wrote {_was(gone)} taken out")
    if quoted:
        told.append(f"in place of {quoted if gone else _counted(quoted)} the source is quoted word for word")
    line = ", and ".join(told)
    return f"{line[:1].upper()}{line[1:]}: the passages do not hold what stood there."


def _counted(count: int) -> str:
    return "a sentence" if count == 1 else f"{count} sentences"


def _was(count: int) -> str:
    return "was" if count == 1 else "were"


@cache
def _sentences() -> dict[str, dict[str, str]]:
    """Language → code → sentence."""
    return tomllib.loads(resources.files("assistant.compose").joinpath("remarks.toml").read_text(encoding="utf-8"))


def language_of(remark: str) -> str | None:
    """The language of a remark that is made here, by how it begins; None for another text."""
    for language, sentences in _sentences().items():
        if any(
            remark.startswith(sentence.partition("{")[0] or "{") for sentence in sentences.values() if " " in sentence
        ):
            return language
    return None


def _known(language: str) -> str:
    return language if language in _sentences() else _FALLBACK


def _worded(language: str, code: str, **values: str) -> str:
    return _sentences()[_known(language)][code].format(**values)


def _listed(names: Sequence[str], language: str) -> str:
    *first, last = names
    return f"{', '.join(first)} {_worded(language, 'and')} {last}" if first else last
