"""Documents that a question names by their number or sign: "WHA66.12", "Situation report 42", "Decree No. 1234".

Whoever names one asks of that document and of no other, so that it alone is searched. What a document goes by was read
off it when it was stored (`corpus/readers/stated/identifiers.py`).
"""

import re

from assistant.question.question import Question
from assistant.search.retrieval import HybridRetriever
from corpus.index.allowed import Allowed

# Passages looked through, by the words of the question and by those of them that have a figure.
_LOOKED_THROUGH = 60
_NUMBER_SIGN = re.compile(r"\b(?:no|nr|nro)\b\.?(?=\s?\d)|№|n[°º](?=\s?\d)|#(?=\d)")


def identified(question: Question, retriever: HybridRetriever, allowed: Allowed | None) -> Allowed | None:
    """The documents that the question names by number or sign; None where it names none."""
    numbered = " ".join(word for word in question.read.split() if any(map(str.isdigit, word)))
    if not numbered:
        return None
    asked = f" {_plain(question.read)} "
    hits = [
        hit for words in (numbered, question.read) for hit in retriever.search_names(words, _LOOKED_THROUGH, allowed)
    ]
    named = {
        hit.document.id
        for hit in hits
        if any(f" {_plain(sign)} " in asked for sign in hit.document.identifiers if _has_letters_and_figures(sign))
    }
    if not named:
        return None
    hidden = allowed.hidden if allowed is not None else ()
    return Allowed(retriever.store.catalog, frozenset(named), hidden=hidden)


def _plain(text: str) -> str:
    """Letters and figures alone, in lower case, without the sign for a number."""
    return " ".join(re.findall(r"[^\W_]+", _NUMBER_SIGN.sub(" ", text.lower())))


def _has_letters_and_figures(sign: str) -> bool:
    return any(map(str.isalpha, sign)) and any(map(str.isdigit, sign))
