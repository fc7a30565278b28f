"""What a page's marks say of it: title, day of publication, publisher, address; from its head, JSON-LD and headings.

Days that say something else (modified, expires, copyright) are passed over, and none is taken out of the text.
"""

import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from corpus.readers.metadata import iso_date, one_line
from corpus.readers.stated.datelines import stated_day
from corpus.readers.web.web_elements import Concealed, words_of

_PUBLISHED = (
    *("article:published_time", "og:published_time", "datepublished", "citation_publication_date", "citation_date"),
    *("dc.date.issued", "dcterms.issued", "dcterms.date", "dc.date", "publishdate", "publish_date", "publication_date"),
    *("pubdate", "parsely-pub-date", "sailthru.date", "article.published", "publish-date", "date"),
)
_TITLES = ("og:title", "twitter:title", "citation_title", "dc.title", "dcterms.title")
_PUBLISHERS = ("og:site_name", "application-name", "citation_publisher", "dc.publisher", "dcterms.publisher")
_MOST_NODES = 2_000
_PARTED = re.compile(r"(?<!\s)\s+[|–—·»-]\s+")


class Marks:
    """The marks of one page."""

    def __init__(self, tree: Any, concealed: Concealed) -> None:
        self._tree, self._concealed = tree, concealed
        self._meta: dict[str, str] = {}
        for item in tree.iter("meta"):
            name = item.get("property") or item.get("name") or item.get("itemprop") or ""
            if item.get("content"):
                self._meta.setdefault(name.strip().lower(), item.get("content"))
        self._linked = list(_linked_data(tree))

    def title(self) -> str:
        """The one main heading, or what the page calls itself, less the name of the site."""
        headings = [words for item in self._tree.iter("h1") if (words := words_of(item, self._concealed))]
        if len(set(headings)) == 1:
            return headings[0]
        named = self._first(_TITLES) or one_line(next((item.text for item in self._tree.iter("title")), None))
        parts = _PARTED.split(named)
        site = one_line(self.publisher()).casefold()
        is_site = len(parts) > 1 and (parts[-1].casefold() == site or len(parts[-1]) < len(parts[0]) / 2)
        return named[: -len(parts[-1])].rstrip(" |–—·»-") if is_site else named

    def published(self) -> str | None:
        """The day that the page states as that of its publication."""
        told = [self._meta.get(name) for name in _PUBLISHED]
        told += [item.get("datePublished") for item in self._linked]
        for item in self._tree.iter("time"):
            if "datePublished" in (item.get("itemprop") or "") or item.get("pubdate") is not None:
                told.append(item.get("datetime") or item.text_content())
        told += [
            item.get("content") or item.get("datetime") or item.text_content()
            for item in self._tree.xpath("//*[@itemprop='datePublished']")
        ]
        return next((day for value in told if value and (day := iso_date(value) or stated_day(value))), None)

    def publisher(self) -> str:
        """Who the page says it is from."""
        return self._first(_PUBLISHERS) or next(filter(None, map(_name_of, self._linked)), "")

    def address(self) -> str | None:
        """Where the page says it stands."""
        for item in self._tree.iter("link"):
            if "canonical" in (item.get("rel") or "").lower().split() and item.get("href", "").startswith("http"):
                return str(item.get("href"))
        address = self._meta.get("og:url")
        return address if address and address.startswith("http") else None

    def _first(self, names: tuple[str, ...]) -> str:
        return next((told for name in names if (told := one_line(self._meta.get(name)))), "")


def _name_of(item: dict[str, Any]) -> str:
    publisher = item.get("publisher")
    return one_line(publisher.get("name") if isinstance(publisher, dict) else publisher)


def _linked_data(tree: Any) -> Iterator[dict[str, Any]]:
    """The objects of the page's JSON-LD that are pages, articles and the like, at any depth."""
    for script in islice(tree.iter("script"), 500):
        if (script.get("type") or "").strip().lower() != "application/ld+json" or not script.text:
            continue
        try:
            waiting = [json.loads(script.text)]
        except (ValueError, RecursionError):
            continue
        for _ in range(_MOST_NODES):
            if not waiting:
                break
            node = waiting.pop(0)
            if isinstance(node, list):
                waiting += node
            elif isinstance(node, dict):
                if "datePublished" in node or "publisher" in node:
                    yield node
                waiting += [node[name] for name in ("@graph", "mainEntity", "mainEntityOfPage") if name in node]
