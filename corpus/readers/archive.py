"""A zip archive: its files become documents of their own; its own text is the list of them.

The archive's document says what was in it, so that nobody wonders where a file went; what of it was not read, and why,
stands in its remarks.
"""

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath

from corpus.document import Attachment, Extraction
from corpus.errors import UnreadableFile
from corpus.readers.attaching import LARGEST_ATTACHMENTS_BYTES, MOST_ATTACHMENTS
from corpus.readers.metadata import one_line
from corpus.readers.office.packages import opened, reading

_ENCRYPTED = 1


def read_archive(content: bytes) -> Extraction:
    """The files in it, by name."""
    with reading("archive"), opened(content) as archive:
        members = [member for member in archive.infolist() if _is_file(member)]
        remarks: list[str] = []
        attachments = list(_read(archive, members[:MOST_ATTACHMENTS], remarks))
    if not members:
        raise UnreadableFile("the archive is empty")
    if not attachments:
        raise UnreadableFile(f"nothing in the archive can be read ({one_line(remarks[0]).rstrip('.')})")
    if len(members) > MOST_ATTACHMENTS:
        remarks.append(f"It holds {len(members):,} files; the first {MOST_ATTACHMENTS} were looked into.")
    names = [one_line(member.filename) for member in members[:MOST_ATTACHMENTS]]
    return Extraction(
        text="\n\n".join(f"- {name}" for name in names),
        title="",
        language="",
        remarks=tuple(remarks),
        attachments=tuple(attachments),
    )


def _is_file(member: zipfile.ZipInfo) -> bool:
    """Not a folder, and none of what systems leave in archives unseen."""
    parts = PurePosixPath(member.filename).parts
    return not member.is_dir() and not any(part.startswith((".", "__MACOSX")) and part != ".." for part in parts)


def _read(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], remarks: list[str]) -> Iterator[Attachment]:
    left = LARGEST_ATTACHMENTS_BYTES
    for member in members:
        name = one_line(member.filename)
        if member.flag_bits & _ENCRYPTED:
            remarks.append(f"“{name}” within it was not read: it is encrypted.")
        elif member.file_size > left:
            remarks.append(f"“{name}” within it was not read: the archive holds too much.")
        else:
            try:
                with archive.open(member) as file:
                    content = file.read(left + 1)[:left]
            except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, NotImplementedError) as error:
                remarks.append(f"“{name}” within it was not read: it is damaged ({one_line(error)}).")
                continue
            left -= len(content)
            yield Attachment(" - ".join(part for part in PurePosixPath(name).parts if part not in ("/", "..")), content)
