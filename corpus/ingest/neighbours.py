"""What a folder's text files begin with alike: a line that several share is no title of any of them.

"Situation at a glance" stands over every bulletin of a series. Only the first bytes of each file are looked at.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import replace
from itertools import islice
from pathlib import Path, PurePosixPath

from corpus.document import Document
from corpus.readers.stated.titles import tidy, title_in_name

_SUFFIXES = (".txt", ".text", ".md", ".markdown")
_FIRST_BYTES, _FIRST_LINES = 600, 4
FEWEST_ALIKE = 3


def shared_lines(files: Iterable[tuple[tuple[str, str], Path]]) -> frozenset[tuple[str, str, str]]:
    """(source, folder, line) of each line that at least three text files of a folder begin with.

    Files come as their (source, path in it) and where they are.
    """
    counts: Counter[tuple[str, str, str]] = Counter()
    for (source, name), path in files:
        if path.suffix.lower() in _SUFFIXES:
            folder = str(PurePosixPath(name).parent)
            counts.update((source, folder, line) for line in _first_lines(path))
    return frozenset(found for found, count in counts.items() if count >= FEWEST_ALIKE)


def told_apart(document: Document, shared: Collection[tuple[str, str, str]]) -> Document:
    """The document, called by its file's name where its title is a line that its neighbours share."""
    place = PurePosixPath(document.path)
    if (document.source, str(place.parent), document.title) not in shared:
        return document
    others = tuple(pair for pair in document.origins if pair[0] != "title")
    return replace(document, title=title_in_name(place.name), origins=(("title", "file name"), *others))


def _first_lines(path: Path) -> set[str]:
    try:
        with path.open("rb") as file:
            start = file.read(_FIRST_BYTES)
    except OSError:  # reading it will say why
        return set()
    lines = (tidy(line) for line in start.decode(errors="replace").splitlines())
    return set(islice((line for line in lines if line), _FIRST_LINES))
