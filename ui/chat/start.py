"""What a visitor sees before the first question: what the answers rest on, and questions to begin with."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from assistant.scope.scope import EVERYTHING, Scope, hidden_sources
from ui.languages.places import language_name, listed
from ui.languages.words import PluralText, Text
from ui.rendering import escape_markdown, failure_as_line, readable_date

if TYPE_CHECKING:
    from assistant.assembly import Assistant
    from corpus.catalog.entries import Failure

INVITATION = Text("What would you like to know?")
WHAT_IT_IS = Text(
    "The assistant quotes what the documents named below say, and nothing else. Where they are silent, it says so. It "
    "does not search the internet, may miss what is told in other words, and knows nothing newer than its documents."
)
LOOKING = Text("Looking for questions that these documents answer…")
LIMITS = Text(
    "The assistant gives no advice and speaks for no government or organisation. Open the source before you rely on "
    "an answer."
)
NOTHING_YET = Text("There are no documents yet; add a folder with: {command}")
COMMAND = "assistant ingest FOLDER"
DOCUMENTS = PluralText("{count} document", "{count} documents")
PASSAGES = PluralText("{count} passage", "{count} passages")
PUBLISHED = Text("published {period}")
PERIOD = Text("{oldest} to {newest}")
IN_LANGUAGES = Text("in {languages}", "languages of documents")
CHANGED = Text("last changed {date}")
NOT_READ = PluralText("{count} file could not be read", "{count} files could not be read")
# A longer list of failures is for the command line.
MOST_FAILURES = 20
MORE_FAILURES = PluralText("And {count} more; all of them: {command}", "And {count} more; all of them: {command}")


def invitation(say: Callable[[Text], str] = str, *, looking: bool = False) -> str:
    """The heading of an empty conversation, and what the assistant is and is not; `looking` for questions to offer."""
    return "\n\n".join((f"## {say(INVITATION)}", say(WHAT_IT_IS), *([f"*{say(LOOKING)}*"] if looking else [])))


def holdings_of(assistant: "Assistant", scope: Scope = EVERYTHING) -> str:
    """What the answers rest on: how much, of when, in which languages, last changed when, and what is missing.

    As far as whoever looks may see it, which `scope` says.
    """
    assistant.refresh()
    catalog = assistant.store.catalog
    hidden = hidden_sources(catalog.facets, scope)
    held, failures = catalog.holdings(hidden), [item for item in catalog.failures() if item.source not in hidden]
    if not held.documents:
        return f"**{DOCUMENTS(0)}.** {NOTHING_YET(command=COMMAND)} {LIMITS}{_failures(failures)}"
    parts = [f"**{DOCUMENTS(held.documents)}**", PASSAGES(catalog.facets.passage_count(hidden))]
    if held.oldest and held.newest:
        parts.append(PUBLISHED(period=_period(held.oldest, held.newest)))
    if held.languages:
        names = [escape_markdown(language_name(code)) for code in held.languages]
        parts.append(IN_LANGUAGES(languages=listed(names)))
    if held.changed:
        parts.append(CHANGED(date=readable_date(held.changed[:10])))
    told = " · ".join(parts)  # a date may end with a full stop
    return f"{told}{'' if told.endswith('.') else '.'} {LIMITS}{_failures(failures)}"


def _period(oldest: str, newest: str) -> str:
    if oldest == newest:
        return readable_date(newest)
    return PERIOD(oldest=readable_date(oldest), newest=readable_date(newest))


def _failures(failures: Sequence["Failure"]) -> str:
    """The files that could not be read and why, folded; nothing where there are none."""
    if not failures:
        return ""
    lines = [
        f"<li>{escape_markdown(f'{failure.source}/{failure.path}')}: {failure_as_line(failure.reason)}</li>"
        for failure in failures[:MOST_FAILURES]
    ]
    if len(failures) > MOST_FAILURES:
        lines.append(f"<li>{MORE_FAILURES(len(failures) - MOST_FAILURES, command='assistant documents')}</li>")
    heading = NOT_READ(len(failures))
    return f"\n\n<details><summary>{heading}</summary><ul>{''.join(lines)}</ul></details>"
