"""A Word file as its reader sees it: paragraphs with their automatic numbers, tables, notes, text boxes, page headers.

Tracked changes are read as accepted: what was inserted or moved in stands, what was deleted is gone, and a remark says
that there are any. Hidden text is no evidence and is left out. Elements are known by their local names, so that files
of Strict Open XML, which name everything in other namespaces, are read alike. The zip container and XML come from the
standard library and lxml: python-docx leaves out insertions, text boxes, content controls, notes, numbers and Strict
files; `word_body` walks what is in the parts, `word_numbers` counts.
"""

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from corpus.document import Extraction, Span
from corpus.errors import UnreadableFile
from corpus.readers.metadata import one_line

LARGEST_UNPACKED_BYTES = 256 * 2**20
_TRACKED = "The file has tracked changes; they are read as if all were accepted."


def read_word(content: bytes) -> Extraction:
    """The text and the properties of the file, with page headers and feet as furniture in front."""
    from lxml.etree import LxmlError

    from corpus.readers.office.word_body import Body

    try:
        package = _Package(content)
        body = Body(package.main, package.related("styles"), package.related("numbering"))
        body.notes = {kind: package.related(f"{kind}s") for kind in ("footnote", "endnote")}
        blocks = list(body.blocks())
        margins = list(_margins(package, body))
        properties = package.properties()
    # What damaged archives and parts were seen to raise.
    except (LxmlError, zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError) as error:
        raise UnreadableFile(f"the Word file is damaged or encrypted ({one_line(error)})") from error
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise UnreadableFile(f"the Word file is damaged ({one_line(error)})") from error
    front = "\n\n".join(margins)
    text = "\n\n".join([*margins, *blocks])
    return Extraction(
        text=text,
        title=one_line(properties.get("title")),
        furniture=(Span(0, len(front)),) if front else (),
        remarks=tuple(_remarks(body, margins)),
    )


def _remarks(body: Any, margins: list[str]) -> Iterator[str]:
    if body.has_tracked_changes:
        yield _TRACKED
    for told in margins:
        yield f"On every page: {one_line(told)}"


def _margins(package: "_Package", body: Any) -> Iterator[str]:
    """What page headers and feet say, each once, without bare page numbers."""
    seen: set[str] = set()
    for kind in ("header", "footer"):
        for part in package.all_related(kind):
            told = "\n".join(body.of_part(part))
            if told not in seen and any(character.isalpha() for character in told):
                seen.add(told)
                yield told


class _Package:
    """The zip container: its main part, and the parts that this one refers to, by kind."""

    def __init__(self, content: bytes) -> None:
        self._zip = zipfile.ZipFile(io.BytesIO(content))
        unpacked = sum(part.file_size for part in self._zip.infolist())
        if unpacked > LARGEST_UNPACKED_BYTES:
            raise UnreadableFile(f"it unpacks to {unpacked / 2**20:.0f} MB, far more than a document holds")
        self._main = next(self._targets("", "officeDocument"), "word/document.xml")
        self.main = self._parsed(self._main)

    def all_related(self, kind: str) -> list[Any]:
        """The parts of a kind that the main part refers to."""
        return [self._parsed(name) for name in self._targets(self._main, kind) if name in self._zip.namelist()]

    def related(self, kind: str) -> Any | None:
        """The one part of a kind, where there is one."""
        return next(iter(self.all_related(kind)), None)

    def properties(self) -> dict[str, str]:
        """What the file says about itself. When it was made or last saved is not when it was published."""
        for name in self._targets("", "core-properties"):
            if name in self._zip.namelist():
                return {_local(item): item.text or "" for item in self._parsed(name)}
        return {}

    def _targets(self, part: str, kind: str) -> Iterator[str]:
        folder, name = posixpath.split(part)
        relations = posixpath.join(folder, "_rels", f"{name}.rels")
        if relations not in self._zip.namelist():
            return
        for relation in self._parsed(relations):
            if relation.get("Type", "").rpartition("/")[2] == kind and relation.get("TargetMode") != "External":
                yield posixpath.normpath(posixpath.join(folder, relation.get("Target", "")).lstrip("/"))

    def _parsed(self, name: str) -> Any:
        from lxml import etree

        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        return etree.fromstring(self._zip.read(name), parser)


def _local(element: Any) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
