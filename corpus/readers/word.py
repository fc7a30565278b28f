"""A Word file's paragraphs and table rows, in order."""

import io
from typing import Any

from corpus.document import Extraction
from corpus.errors import UnreadableFile
from corpus.readers.metadata import iso_date, one_line

LARGEST_UNPACKED_BYTES = 256 * 2**20


def read_word(content: bytes) -> Extraction:
    """The text and the properties of the file."""
    import zipfile
    import zlib

    import docx
    from docx.opc.exceptions import OpcError
    from docx.table import Table
    from lxml.etree import LxmlError

    try:
        unpacked = sum(part.file_size for part in zipfile.ZipFile(io.BytesIO(content)).infolist())
        if unpacked > LARGEST_UNPACKED_BYTES:
            raise UnreadableFile(f"it unpacks to {unpacked / 2**20:.0f} MB, far more than a document holds")
        document = docx.Document(io.BytesIO(content))
        parts: list[str] = []
        for item in document.iter_inner_content():
            parts.extend(_table_rows(item) if isinstance(item, Table) else [item.text])
        properties = document.core_properties
        title, created = one_line(properties.title), iso_date(properties.modified or properties.created)
    # python-docx checks nothing: these are what damaged archives and parts were seen to raise.
    except (OpcError, LxmlError, zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError) as error:
        raise UnreadableFile(f"the Word file is damaged or encrypted ({one_line(error)})") from error
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise UnreadableFile(f"the Word file is damaged ({one_line(error)})") from error
    return Extraction(text="\n\n".join(part for part in parts if part.strip()), title=title, published=created)


def _table_rows(table: Any) -> list[str]:
    rows = []
    for row in table.rows:
        cells: list[str] = []
        for cell in row.cells:
            text = one_line(cell.text)
            if text and (not cells or cells[-1] != text):  # a merged cell is listed once per column
                cells.append(text)
        rows.append("; ".join(cells))
    return rows
