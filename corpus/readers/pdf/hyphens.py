"""Words that a line's end cut are made whole; hyphens that belong to a word stay.

Whether a hyphen at a line's end is the word's own is not in the file. The document itself is asked first: it may write
the word elsewhere, whole or with its hyphen. Then the words that the encoder's vocabulary holds whole: where both
halves are words and the whole is none, as in "long-term", the hyphen stays. Else it goes, as most of them should.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from corpus.encoder.released import ReleasedWeights
from corpus.errors import ModelMismatch

_HYPHENS = "-\u2010\u00ad"
# SentencePiece's mark of a space before a piece.
_BEGINS_WORD = "\u2581"
_EDGES = ".,;:!?()[]\"'“”‘’«»"


class Hyphens:
    """Knows how the words of one document are written."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._words: set[str] = set()
        for line in lines:
            inside = line.split()
            if inside and inside[-1][-1:] in _HYPHENS:
                inside = inside[:-1]
            self._words.update(word.strip(_EDGES).casefold() for word in inside)

    def joined(self, lines: Sequence[str]) -> str:
        """The lines of a block as one text."""
        text = lines[0]
        for line in lines[1:]:
            text = f"{text}{self.between(text, line)}{line}" if not self.cuts(text, line) else f"{text[:-1]}{line}"
        return text

    def between(self, before: str, line: str) -> str:
        """What stands between two lines: nothing after a hyphen that stays, and in scripts without spaces."""
        is_hyphen = before[-1:] in f"{_HYPHENS}–" and before[-2:-1].isalnum() and line[:1].isalnum()
        return "" if is_hyphen or (_is_unspaced(before[-1:]) and _is_unspaced(line[:1])) else " "

    def cuts(self, before: str, line: str) -> bool:
        """Whether the hyphen that a line ends with only says that the word goes on."""
        if before[-1:] not in _HYPHENS or not line[:1].isalpha():
            return False
        if before[-1] == "\u00ad":
            return True
        first = before.split()[-1].strip(_EDGES)[:-1] if before.split() else ""
        second = line.split()[0].strip(_EDGES)
        if not first or not first[-1].isalpha() or not second or (second[0].isupper() and not first.isupper()):
            return False
        return self._is_one_word(first.casefold(), second.casefold(), has_hyphen=first.count("-") > 0)

    def _is_one_word(self, first: str, second: str, *, has_hyphen: bool) -> bool:
        if first + second in self._words:
            return True
        if f"{first}-{second}" in self._words:
            return False
        last = first.rpartition("-")[2]
        known = _known_words()
        if last + second in known:
            return True
        is_compound = min(len(last), len(second)) > 2 and _is_known(last, known) and _is_known(second, known)
        return not (is_compound or (has_hyphen and second in known))


def _is_known(word: str, known: frozenset[str]) -> bool:
    return word.split("-")[0] in known


def _is_unspaced(letter: str) -> bool:
    """Whether a letter is of a script that puts no spaces between words, in which a line's end says nothing."""
    return "\u3040" <= letter <= "\u30ff" or "\u3400" <= letter <= "\u9fff" or letter in "、。，"


@lru_cache(maxsize=1)
def _known_words() -> frozenset[str]:
    """The pieces of the default model's vocabulary that begin a word; none where it is not installed."""
    try:
        pieces = ReleasedWeights().pieces()
    except ModelMismatch:
        return frozenset()
    return frozenset(piece[1:].casefold() for piece, _ in pieces if piece[0] == _BEGINS_WORD and piece[1:].isalpha())
