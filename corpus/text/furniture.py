"""Web-page furniture: lines that are on the page but not in the article.

Share buttons, date-and-font-size bars, subscription calls. They stay in the stored text, so that offsets hold, and
are returned as spans that never become passages. What they state as a fact (the publication date) is kept; so is the
publisher that a news text names ("..., The Caspian Post reports via ..."). Only lines that are furniture as a whole
are taken: a sentence of the article is never touched.
"""

import re

from corpus.document import Span

_DATE = r"(?P<date>\d{4}-\d{2}-\d{2})"
_FURNITURE = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # "date 2022-09-19 + ↺ − 16 px": a date with the controls that change the font size
        rf"(?:date|published|updated)?\s{{0,9}}:?\s{{0,9}}{_DATE}(?:[ T]\d\d:\d\d(?::\d\d)?)?[\s+\-−–↺↻⟲0-9]{{0,24}}"
        r"(?:px|pt|am|pm|utc|gmt)?",
        r"share (?:on|this|via|to|it)\b.{0,60}",
        r"(?:share|tweet|print|save|e-?mail|copy link|like|comments?|listen|a[+-]|font size)(?:[\s|·/,]*"
        r"(?:share|tweet|print|save|e-?mail|copy link|like|comments?|listen|a[+-]|font size))*\s*\d*",
        r"(?:facebook|twitter|x|whatsapp|telegram|linkedin|instagram|youtube|viber|vk|rss)"
        r"(?:[\s|·/,]+(?:facebook|twitter|x|whatsapp|telegram|linkedin|instagram|youtube|viber|vk|rss))*",
        r"(?:follow|join|find) us (?:on|at)\b.{0,60}",
        r"(?:subscribe|sign up)\b.{0,80}",
        r"(?:read|see|view) (?:more|also|next|all|comments)\b.{0,40}",
        r"(?:related|recommended|popular|latest|most read|more) (?:news|articles|stories|posts|topics)\s*:?",
        r"(?:advertisement|sponsored|loading|back to top|skip to (?:main )?content|home|menu|search|log ?in)\.{0,3}",
        r"(?:we|this (?:web)?site) uses? cookies\b.{0,160}",
        r"(?:©|\(c\)|copyright\b).{0,120}",
        r"all rights reserved\.?.{0,40}",
        r"\d{1,12} (?:views?|shares?|comments?|min(?:ute)?s? read)",
    )
]
_PUBLISHER = re.compile(
    r"(?:[,;]|[”\"])\s+(?P<name>(?:The )?[A-Z][\w&'’-]*(?:[. ][A-Z]?[\w&'’-]+){0,3}?)\s+"
    r"(?:reports|reported|informs|informed|writes)\s+"
    r"(?:via|citing|quoting|referring to|with reference to|with the reference to)\b"
)
_LONGEST_FURNITURE_LINE = 200


def furniture(text: str) -> tuple[Span, ...]:
    """The spans of whole lines of `text` that are furniture."""
    return tuple(line for line, _ in _furniture_lines(text))


def stated_date(text: str) -> str | None:
    """The ISO date of a furniture line, the way a news page states its publication date; None without one."""
    return next((date for _, date in _furniture_lines(text) if date), None)


def stated_publisher(text: str) -> str | None:
    """The publisher a news text names as reporting from a source, or None.

    Example: "..., News.az reports citing WHO Country Mission." → "News.az".
    """
    match = _PUBLISHER.search(text[:4000])
    return match.group("name") if match else None


def _furniture_lines(text: str) -> list[tuple[Span, str | None]]:
    found = []
    for line in re.finditer(r"[^\r\n]+", text):
        content = line.group().strip()
        if not content or len(content) > _LONGEST_FURNITURE_LINE:
            continue
        match = next((m for pattern in _FURNITURE if (m := pattern.fullmatch(content))), None)
        if match:
            found.append((Span(line.start(), line.end()), match.groupdict().get("date")))
    return found
