"""What a PDF holds beside the text of its pages: values in forms, comments, embedded files, numbers of pages."""

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from corpus.readers.metadata import one_line, printable
from corpus.readers.pdf.glyphs import Run

_HIDDEN = 2 | 32  # flags of an annotation: hidden, not to be viewed
_MOST_ANNOTATIONS = 2_000
_LONGEST = 20_000  # bytes of a value
_TICKED = {True: "☒", False: "☐"}


@dataclass(slots=True)
class Added:
    """What was written onto a page: values as runs where they stand, comments, the names of attached files."""

    values: list[Run] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)


def added_to(page: Any, form: Any | None) -> Added:
    """What stands on a page without being part of it."""
    import pypdfium2.raw as pdfium

    found = Added()
    for place in range(min(pdfium.FPDFPage_GetAnnotCount(page), _MOST_ANNOTATIONS)):
        item = pdfium.FPDFPage_GetAnnot(page, place)
        if not item:
            continue
        try:
            if not pdfium.FPDFAnnot_GetFlags(item) & _HIDDEN:
                _note(pdfium, item, form, found)
        finally:
            pdfium.FPDFPage_CloseAnnot(item)
    return found


def _note(pdfium: Any, item: Any, form: Any | None, found: Added) -> None:
    kind = pdfium.FPDFAnnot_GetSubtype(item)
    if kind == pdfium.FPDF_ANNOT_WIDGET and form is not None:
        value = _value(pdfium, item, form)
        if value:
            found.values.append(_as_run(pdfium, item, value))
    elif kind == pdfium.FPDF_ANNOT_FREETEXT:
        words = _string(pdfium, item, b"Contents")
        if words:
            found.values.append(_as_run(pdfium, item, words))
    elif kind == pdfium.FPDF_ANNOT_FILEATTACHMENT:
        found.files.append(_string(pdfium, item, b"Contents") or "without a name")
    elif kind not in (pdfium.FPDF_ANNOT_POPUP, pdfium.FPDF_ANNOT_LINK, pdfium.FPDF_ANNOT_WIDGET):
        words = _string(pdfium, item, b"Contents")
        if words:
            found.comments.append(words)


def _value(pdfium: Any, item: Any, form: Any) -> str:
    """What a field of a form holds; a box that can be ticked, as a sign."""
    kind = pdfium.FPDFAnnot_GetFormFieldType(form, item)
    if kind in (pdfium.FPDF_FORMFIELD_CHECKBOX, pdfium.FPDF_FORMFIELD_RADIOBUTTON):
        return _TICKED[bool(pdfium.FPDFAnnot_IsChecked(form, item))]
    if kind in (pdfium.FPDF_FORMFIELD_TEXTFIELD, pdfium.FPDF_FORMFIELD_COMBOBOX, pdfium.FPDF_FORMFIELD_LISTBOX):
        return _read(lambda buffer, size: pdfium.FPDFAnnot_GetFormFieldValue(form, item, buffer, size))
    return ""


def _string(pdfium: Any, item: Any, key: bytes) -> str:
    return _read(lambda buffer, size: pdfium.FPDFAnnot_GetStringValue(item, key, buffer, size))


def _read(ask: Any) -> str:
    """The text that a function of PDFium writes into a buffer, as UTF-16, after telling its length in bytes."""
    import pypdfium2.raw as pdfium

    size = min(ask(None, 0), _LONGEST)
    if size <= 2:
        return ""
    buffer = ctypes.create_string_buffer(_LONGEST + 2)
    ask(ctypes.cast(buffer, ctypes.POINTER(pdfium.FPDF_WCHAR)), _LONGEST)
    return " ".join(printable(buffer.raw[: size - 2].decode("utf-16-le", "replace")).split())


def _as_run(pdfium: Any, item: Any, words: str) -> Run:
    place = pdfium.FS_RECTF()
    pdfium.FPDFAnnot_GetRect(item, place)
    height = place.top - place.bottom
    size = min(max(height * 0.7, 4.0), 11.0)
    base = place.bottom + (height - size) / 2 + 0.2 * size if height < 24 else place.top - 1.2 * size
    box = (place.left, place.bottom, place.right, place.top)
    right = min(place.right, place.left + 0.5 * size * len(words))
    return Run(words, place.left, right, base, size, False, False, 0, box)


def embedded_files(document: Any) -> Iterator[str]:
    """The names of the files that a PDF carries."""
    import pypdfium2.raw as pdfium

    for place in range(min(pdfium.FPDFDoc_GetAttachmentCount(document), _MOST_ANNOTATIONS)):
        attachment = pdfium.FPDFDoc_GetAttachment(document, place)
        if attachment:
            named = _read_name(pdfium, attachment)
            yield one_line(named) or "without a name"


def _read_name(pdfium: Any, attachment: Any) -> str:
    return _read(lambda buffer, size: pdfium.FPDFAttachment_GetName(attachment, buffer, size))


def page_labels(document: Any, count: int) -> list[str]:
    """The number that each page is known by; empty where the file gives none."""
    import pypdfium2.raw as pdfium

    labels = []
    for place in range(count):
        size = pdfium.FPDF_GetPageLabel(document, place, None, 0)
        if not 2 < size < 200:
            labels.append("")
            continue
        buffer = ctypes.create_string_buffer(size)
        pdfium.FPDF_GetPageLabel(document, place, buffer, size)
        labels.append(one_line(buffer.raw[: size - 2].decode("utf-16-le", "replace")))
    return labels
