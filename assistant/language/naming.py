"""The people and places that a question names, and which documents name them.

"What did Viktor Liashko say?" is answered by what is told of him, and by nothing else that fits: a name in a question
must stand in the document, its words in their order. Countries and organisations are read by `parties` and
`organisations`; names that no document has at all are `Question.unknown_names`.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from assistant.language.dates import MONTHS
from assistant.language.parties import is_capital, mark_countries
from corpus.document import Document

_PARTICLES = r"al|bin|da|de|del|den|der|di|du|la|le|van|von"
_RUN = re.compile(rf"(?<![\w'’-])[^\W\d_a-z][\w'’-]*(?:\s+(?:(?:{_PARTICLES})\s+){{0,2}}[^\W\d_a-z][\w'’-]*)*(?!\w)")
_TITLES = frozenset(
    """
    minister ministers ambassador ambassadors president premier director director-general secretary chair chairman
    chairwoman head speaker commissioner representative envoy professor doctor mr mrs ms dr prof sir madam excellency
    prime deputy health foreign regional general
    """.split()
)
# Capitalised words that name nobody and no place.
_NO_NAMES = frozenset(
    """
    west east north south western eastern northern southern central i monday tuesday wednesday thursday friday saturday
    sunday spring summer autumn winter european
    """.split()
) | frozenset(month.lower() for month in MONTHS)
_PLACE_BEFORE = re.compile(r"\b(?:in|at|to|from|near|visit(?:ed|s|ing)?|into)\s+$", re.IGNORECASE)
_TITLE_BEFORE = re.compile(
    rf"\b(?:{'|'.join(sorted(_TITLES - {'health', 'foreign', 'general'}))})\.?,?\s+$", re.IGNORECASE
)


_ASKED_TO_DO = re.compile(
    rf"\b(?:did|does|do|has|have|had|is|was)\s+(?:(?:the|{'|'.join(sorted(_TITLES))})\s+)*$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Name:
    """A proper name as the question writes it.

    `is_person` where it has several words or a title before it, `is_subject` where the question is what it did ("what
    did Viktor Liashko sign?"). `last` are the index terms of its last word, which a text uses alone later on.
    """

    text: str
    is_person: bool
    is_subject: bool = False
    last: frozenset[str] = frozenset()


def names_in(question: str, analyze: Callable[[str], list[str]]) -> tuple[Name, ...]:
    """The proper names in a question, less countries and dates; organisations are to be taken out of it before."""
    found = dict.fromkeys(_names(mark_countries(question)))
    return tuple(replace(name, last=frozenset(analyze(name.text.split()[-1]))) for name in found)


def binding(names: Iterable[Name], documents: Collection[Document]) -> tuple[Name, ...]:
    """The names that an answer must keep to: all where a person is among them, or else none.

    "State Agency" may go by another name in the documents, and Tallinn stand for a government; "Viktor Liashko" may
    not. A name is no person's where a word of it is a common one in the documents found.
    """
    kept = tuple(name for name in names if not any(_uses_as_common(document, name.text) for document in documents))
    return kept if any(name.is_person for name in kept) else ()


def is_called(document: Document, name: Name) -> bool:
    """Whether a document's text or title holds a name, its words in order and next to each other but for one."""
    return bool(_pattern(name.text).search(_folded_text(document.id, document)))


def _names(text: str) -> Iterator[Name]:
    for match in _RUN.finditer(text):
        words = [word.removesuffix("'s").removesuffix("’s").rstrip("'’") for word in match.group().split()]
        before = text[: match.start()]
        if not before.strip() or before.rstrip()[-1:] in ".?!":
            words = words[1:]  # the first word of a sentence is capitalised whatever it is
            before = f"{before}{match.group().split()[0]} "
        while words and words[0].lower() in _TITLES:
            before = f"{before}{words.pop(0)} "
        kept = [word for word in words if not (word.isupper() and len(word) > 1)]
        if not kept or kept != words or any(word.lower() in _NO_NAMES for word in kept):
            continue
        is_person = len(kept) > 1 or bool(_TITLE_BEFORE.search(before))
        if is_person or not is_capital(kept[0]) or _PLACE_BEFORE.search(before):
            does = is_person and bool(_ASKED_TO_DO.search(before)) and not text[match.end() :].startswith(("'", "’"))
            yield Name(" ".join(kept), is_person, does and words[-1] == match.group().split()[-1])


def _uses_as_common(document: Document, name: str) -> bool:
    """Whether a word of a name stands in lower case in running text; addresses write everything so."""
    return any(re.search(rf"(?<=\s){re.escape(word.lower())}(?=[\s,.;:])", document.text) for word in name.split())


@lru_cache(maxsize=4096)
def _folded_text(_id: str, document: Document) -> str:
    return _folded(f"{document.title}\n{document.text}")


@lru_cache(maxsize=256)
def _pattern(name: str) -> re.Pattern[str]:
    words = r"(?:\s+[\w.-]+)?\s+".join(re.escape(word) for word in _folded(name).split())
    return re.compile(rf"(?<!\w){words}(?!\w)")


def _folded(text: str) -> str:
    """A text without accents, in lower case."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
