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


class NotForIndexing(Exception):
    """The file's own front matter says `index: false`: it is no document, and no failure either."""


def split_front_matter(text: str) -> tuple[Mapping[str, Any], int]:
    """What the front matter says, and where the text after it begins: nothing and 0 where there is none.

    Raises `UnreadableFile` where it is no list of names and values.
    """
    match = _FRONT_MATTER.match(text)
    if match is None:
        return {}, 0
    return _values(match.group("yaml")), match.end()


def _values(source: str) -> Mapping[str, Any]:
    import yaml

    if len(source) > LONGEST_FRONT_MATTER:
        raise UnreadableFile(f"its front matter is longer than {LONGEST_FRONT_MATTER} characters; shorten it")
    try:
        metadata = yaml.load(source, _loader())  # noqa: S506 - a safe loader, and stricter
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        problem = str(getattr(error, "problem", None) or error).splitlines()[0]
        raise UnreadableFile(f"its front matter is not valid YAML ({problem}); mend or remove it") from error
    if metadata is None:
        return {}
    if not isinstance(metadata, dict):
        raise UnreadableFile("its front matter is not a list of 'name: value' lines; mend or remove it")
    return metadata


@cache
def _loader() -> Any:
    import yaml

    class PlainLoader(yaml.SafeLoader):
        """Builds plain values only, and refuses aliases before they can multiply."""

        def compose_node(self, parent: Any, index: Any) -> Any:
            if self.check_event(yaml.AliasEvent):
                raise yaml.YAMLError("aliases such as *name are not read; write the value out")
            return super().compose_node(parent, index)

    return PlainLoader
