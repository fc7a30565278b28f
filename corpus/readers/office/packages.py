"""Zip containers of documents, opened with a limit on what they unpack to; their XML without entities from outside."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from corpus.errors import UnreadableFile
from corpus.readers.metadata import one_line

LARGEST_UNPACKED_BYTES = 256 * 2**20


@contextmanager
def reading(kind: str) -> Iterator[None]:
    """What damaged archives, and libraries given anything at all, were seen to raise becomes a reason."""
    from xml.etree.ElementTree import ParseError

    from lxml.etree import LxmlError

    try:
        yield
    except (LxmlError, ParseError, zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError) as error:
        if isinstance(error, RecursionError):
            raise
        raise UnreadableFile(f"the {kind} is damaged or encrypted ({one_line(error)})") from error
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, AssertionError) as error:
        raise UnreadableFile(f"the {kind} is damaged ({one_line(error)})") from error


def opened(content: bytes) -> zipfile.ZipFile:
    """The archive. Raises `UnreadableFile` where it says that it unpacks to far more than a document holds."""
    archive = zipfile.ZipFile(io.BytesIO(content))
    unpacked = sum(part.file_size for part in archive.infolist())
    if unpacked > LARGEST_UNPACKED_BYTES:
        raise UnreadableFile(f"it unpacks to {unpacked / 2**20:.0f} MB, far more than a document holds")
    return archive


def parsed(content: bytes) -> Any:
    """The root element of a part."""
    from lxml import etree

    return etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))


def local(element: Any) -> str:
    """An element's name without its namespace; nothing for comments and instructions."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def attribute(element: Any, name: str) -> str:
    """The value of an attribute of this name in any namespace."""
    return next((str(value) for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")
