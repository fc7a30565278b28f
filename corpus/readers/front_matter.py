"""The front matter of a Markdown file: what it says about itself, as YAML between two lines of dashes.

It is somebody else's YAML: short, without anchors' aliases (a few lines of them unfold to more than any memory
holds), and read into nothing but names, numbers, dates and lists of them.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from corpus.errors import UnreadableFile

LONGEST_FRONT_MATTER = 20_000  # characters
_FRONT_MATTER = re.compile(r"\A---[ \t]*\r?\n(?P<yaml>.*?)^---[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)


_NAMED = re.compile(r"(?P<name>[A-Za-z][\w-]{0,40}):[ \t]+(?P<value>\S.*)")


class NotForIndexing(Exception):
    """The file's own front matter says `index: false`: it is no document, and no failure either."""


def split_front_matter(text: str) -> tuple[Mapping[str, Any], int, tuple[str, ...]]:
    """What the front matter says, where the text after it begins, and a remark where it is no YAML.

    Nothing, and 0, where there is none; lines that name nothing, between two rules, are text. Raises `UnreadableFile`
    where it is too long, or refers to its own parts.
    """
    match = _FRONT_MATTER.match(text)
    if match is None:
        return {}, 0, ()
    values, problem = _values(match.group("yaml"))
    if problem and not values:
        return {}, 0, ()
    return values, match.end(), (problem,) if problem else ()


def _values(source: str) -> tuple[Mapping[str, Any], str]:
    import yaml

    if len(source) > LONGEST_FRONT_MATTER:
        raise UnreadableFile(f"its front matter is longer than {LONGEST_FRONT_MATTER} characters; shorten it")
    try:
        metadata = yaml.load(source, _loader())  # noqa: S506 - a safe loader, and stricter
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        problem = str(getattr(error, "problem", None) or error).splitlines()[0]
        return _by_line(source), f"Its front matter is not valid YAML ({problem}) and was read line by line."
    if metadata is None:
        return {}, ""
    return (metadata, "") if isinstance(metadata, dict) else ({}, "Its front matter names nothing.")


def _by_line(source: str) -> dict[str, str]:
    """The plain values of lines that begin with a name; all else is left out."""
    found: dict[str, str] = {}
    for line in source.splitlines():
        match = _NAMED.fullmatch(line)
        if match and (value := match.group("value").strip().strip("\"'")) and value[0] not in "[{&*!|>":
            found.setdefault(match.group("name"), value)
    return found


@cache
def _loader() -> Any:
    import yaml

    class PlainLoader(yaml.SafeLoader):
        """Builds plain values only, and refuses aliases before they can multiply."""

        def compose_node(self, parent: Any, index: Any) -> Any:
            if self.check_event(yaml.AliasEvent):
                raise UnreadableFile("in its front matter aliases such as *name are not read; write the value out")
            return super().compose_node(parent, index)

    return PlainLoader
