"""What one question may see of a store: its documents, its words, its names and its record, all within one scope.

Everything an answer is made of comes through a `View`, so that nothing outside the scope can reach any part of it: not
the passages, not a refusal's "none of them mentions X", not a name that is suggested. What a person may not see counts
nowhere; what was merely not chosen still counts in how much a word says.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from assistant.language.organisations import Organisations
from assistant.language.vocabulary import Vocabulary
from assistant.record.record import Record
from assistant.scope.scope import EVERYTHING, NOTHING_CHOSEN, Scope, hidden_sources, resolved, within_filters
from corpus.index.allowed import Allowed
from corpus.store.store import Store

# Views of so many scopes are kept; each holds the ids of its documents.
_VIEWS_KEPT = 32

Values = dict[str, dict[str, int]]


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A scope applied to a generation of a store; `hidden` are sources, and `allowed` is None where everything is.

    `declared` are the parties that visible documents declare, `values` what can be chosen, by the catalog's fields.
    """

    scope: Scope
    hidden: frozenset[str]
    allowed: Allowed | None
    vocabulary: Vocabulary
    declared: tuple[str, ...]
    organisations: Organisations
    record: Record

    @property
    def passages(self) -> int:
        """How many passages are searched."""
        if self.allowed is None or not self.scope.is_filtered or self.allowed.passages is None:
            return self.vocabulary.passages
        return len(self.allowed.passages)

    def worded(self, remark: str) -> str:
        """A remark on what documents tell, saying that only some were chosen."""
        if not remark or not self.scope.is_filtered:
            return remark
        return within_filters(remark) if self.allowed else NOTHING_CHOSEN


class Views:
    """The views of one store, remembered until its documents change."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._record = Record(store)
        self._views: OrderedDict[tuple[int, Scope], View] = OrderedDict()
        self._values: OrderedDict[tuple[int, frozenset[str]], Values] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, scope: Scope = EVERYTHING) -> View:
        """The view of a scope; raises `ScopeError` where it names what no visible document has."""
        key = (self._store.generation, scope)
        with self._lock:
            known = self._views.get(key)
        if known is None:
            known = self._made(scope)
            with self._lock:
                _remember(self._views, key, known)
        return known

    def values(self, scope: Scope = EVERYTHING) -> Values:
        """What whoever asks can choose from: field → value → number of documents."""
        return self._values_outside(hidden_sources(self._store.catalog.facets, scope))

    def _made(self, scope: Scope) -> View:
        hidden = hidden_sources(self._store.catalog.facets, scope)
        if scope.is_filtered:
            return self._narrowed(scope, hidden)
        declared = self._store.catalog.declared_parties(hidden)
        allowed = self._allowed(EVERYTHING, hidden) if hidden else None
        vocabulary = self._visible_words(hidden)
        return View(scope, hidden, allowed, vocabulary, declared, Organisations(declared), self._record.within(allowed))

    def _narrowed(self, scope: Scope, hidden: frozenset[str]) -> View:
        """A view of what was chosen, in the words and names of all that is visible."""
        visible = self.of(scope.without_filters())
        allowed = self._allowed(resolved(scope, self._values_outside(hidden)), hidden)
        narrowed = replace(visible.vocabulary, occurs=self._occurs(allowed))
        return View(
            scope, hidden, allowed, narrowed, visible.declared, visible.organisations, self._record.within(allowed)
        )

    def _allowed(self, scope: Scope, hidden: frozenset[str]) -> Allowed:
        catalog = self._store.catalog
        found = catalog.facets.select(scope.chosen(), since=scope.since, until=scope.until, hidden=hidden)
        return Allowed(catalog, found, hidden=hidden, is_narrowed=scope.is_filtered, sources=scope.sources)

    def _visible_words(self, hidden: frozenset[str]) -> Vocabulary:
        """The words of the sources that are visible: a hidden document must not tell by a word's weight."""
        keywords = self._store.index.keywords
        frequency = lru_cache(4096)(lambda term: keywords.document_frequency(term, hidden))
        return Vocabulary(keywords.analyze, frequency, keywords.count(hidden))

    def _occurs(self, allowed: Allowed) -> Callable[[str], bool]:
        keywords = self._store.index.keywords
        return lru_cache(4096)(lambda term: keywords.occurs(term, allowed))

    def _values_outside(self, hidden: frozenset[str]) -> Values:
        key = (self._store.generation, hidden)
        with self._lock:
            known = self._values.get(key)
        if known is None:
            known = self._store.catalog.facets.values(hidden)
            with self._lock:
                _remember(self._values, key, known)
        return known


def _remember(kept: OrderedDict[Any, Any], key: Hashable, value: object) -> None:
    kept[key] = value
    while len(kept) > _VIEWS_KEPT:
        kept.popitem(last=False)
