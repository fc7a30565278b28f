"""What a visitor sees before the first question: what the answers rest on, and questions to begin with."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.scope import EVERYTHING, Scope, hidden_sources
from ui.rendering import escape_markdown, readable_date

if TYPE_CHECKING:
    from assistant.assembly import Assistant
    from corpus.catalog import Failure

INVITATION = "## What would you like to know?"
WHAT_IT_IS = (
    "The assistant quotes what the documents named below say, and nothing else. Where they are silent, it says so. It "
    "does not search the internet, may miss what is told in other words, and knows nothing newer than its documents."
)
LOOKING = "*Looking for questions that these documents answer…*"
LIMITS = (
    "The assistant gives no advice and speaks for no government or organisation. Open the source before you rely on "
    "an answer."
)
NOTHING_YET = "There are no documents yet; add a folder with: assistant ingest FOLDER"
# A longer list of failures is for the command line.
MOST_FAILURES = 20
MORE_FAILURES = "And {:,} more; all of them: assistant documents"
_LANGUAGES = {
    "az": "Azerbaijani", "de": "German", "en": "English", "es": "Spanish", "et": "Estonian", "fr": "French",
    "lt": "Lithuanian", "lv": "Latvian", "ru": "Russian", "tr": "Turkish", "uk": "Ukrainian",
}  # fmt: skip


def invitation(*, looking: bool = False) -> str:
    """The heading of an empty conversation, and what the assistant is and is not; `looking` for questions to offer."""
    return "\n\n".join((INVITATION, WHAT_IT_IS, *([LOOKING] if looking else [])))


def holdings_of(assistant: "Assistant", scope: Scope = EVERYTHING) -> str:
    """What the answers rest on: how much, of when, in which languages, last changed when, and what is missing.

    As far as whoever looks may see it, which `scope` says.
    """
    assistant.refresh()
    catalog = assistant.store.catalog
    hidden = hidden_sources(catalog.facets, scope)
    held, failures = catalog.holdings(hidden), [item for item in catalog.failures() if item.source not in hidden]
    if not held.documents:
        return f"**0 documents.** {NOTHING_YET} {LIMITS}{_failures(failures)}"
    parts = [f"**{counted(held.documents, 'document')}**", counted(catalog.facets.passage_count(hidden), "passage")]
    if held.oldest and held.newest:
        parts.append(f"published {_period(held.oldest, held.newest)}")
    if held.languages:
        parts.append(f"in {_listed([_LANGUAGES.get(code, escape_markdown(code)) for code in held.languages])}")
    if held.changed:
        parts.append(f"last changed {readable_date(held.changed[:10])}")
    return f"{' · '.join(parts)}. {LIMITS}{_failures(failures)}"


def counted(count: int, noun: str) -> str:
    """A number of things in words: "1 document", "1,200 documents"."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _period(oldest: str, newest: str) -> str:
    if oldest == newest:
        return readable_date(newest)
    return f"{readable_date(oldest)} to {readable_date(newest)}"


def _listed(names: Sequence[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def _failures(failures: Sequence["Failure"]) -> str:
    """The files that could not be read and why, folded; nothing where there are none."""
    if not failures:
        return ""
    lines = [
        f"<li>{escape_markdown(f'{failure.source}/{failure.path}')}: {escape_markdown(failure.reason)}</li>"
        for failure in failures[:MOST_FAILURES]
    ]
    if len(failures) > MOST_FAILURES:
        lines.append(f"<li>{MORE_FAILURES.format(len(failures) - MOST_FAILURES)}</li>")
    heading = f"{counted(len(failures), 'file')} could not be read"
    return f"\n\n<details><summary>{heading}</summary><ul>{''.join(lines)}</ul></details>"
