"""A briefing tells what the answer tells, with footnotes that Word and Markdown readers take for such."""

import io
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import docx
import pytest
from each import each
from fakes import document
from hypothesis import given
from lxml import etree
from markdown_it import MarkdownIt
from markup import parse
from payloads import PAYLOADS
from texts import hostile

from assistant.answer import Answer, Citation, DocumentReference, Outcome, Statement
from corpus.document import Document
from ui.export.briefing import ExportRefused, file_name, make_briefing
from ui.export.file import ExportError, check_file, write_briefing
from ui.export.markdown import briefing_as_markdown
from ui.export.word import briefing_as_word
from ui.rendering import CLOSEST_AS_TEXT, one_line, safe_url

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
MADE = date(2026, 2, 9)
ADDRESS = "http://127.0.0.1:7860/"
TEXT = "Latvia and Azerbaijan signed an agreement. It covers training. The rest is open."
RIGA = document(
    TEXT,
    title="Riga & Baku",
    publisher="The Gazette",
    published="2025-12-04",
    url="https://gazette.example/1?a=b&c=d",
    sha256="ab" * 32,
)


def cited(number: int, start: int, end: int, of: Document = RIGA) -> Citation:
    return Citation(number, of.text[start:end], start, end, 7, DocumentReference.to(of))


ANSWER = Answer(
    question="What was agreed?",
    standalone_question="What did Latvia and Azerbaijan agree on?",
    outcome=Outcome.ANSWERED,
    statements=(Statement("A remark."), Statement(TEXT[:42], (1,)), Statement(TEXT[43:62], (2, 1))),
    citations=(cited(1, 0, 42), cited(2, 43, 62)),
    as_of="2025-12-04",
    warnings=("The question is not in English.",),
)
REFUSAL = Answer(
    question="What is the capital of France?",
    standalone_question="What is the capital of France?",
    outcome=Outcome.NOT_FOUND,
    statements=(Statement("None of them names France."),),
    closest=(cited(1, 63, len(TEXT)),),
)


def found(_: str) -> Document:
    return RIGA


def parts_of(file: bytes) -> dict[str, Any]:
    """The XML parts of a Word file, parsed; every one of them must parse."""
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        assert archive.testzip() is None
        return {
            name: etree.fromstring(archive.read(name))
            for name in archive.namelist()
            if name.endswith((".xml", ".rels"))
        }


def text_of(element: Any) -> str:
    return "".join(node.text or "" for node in element.iter(f"{W}t"))


def notes_of(parts: dict[str, Any]) -> dict[str, Any]:
    return {note.get(f"{W}id"): note for note in parts["word/footnotes.xml"]}


# Word


def test_a_word_briefing_has_real_footnotes_in_the_order_of_their_marks() -> None:
    parts = parts_of(briefing_as_word(make_briefing([ANSWER], found, MADE), ADDRESS))
    marks = [mark.get(f"{W}id") for mark in parts["word/document.xml"].iter(f"{W}footnoteReference")]
    assert marks == ["1", "2"]
    notes = notes_of(parts)
    assert list(notes) == ["-1", "0", "1", "2"]
    assert [notes[number].get(f"{W}type") for number in ("-1", "0")] == ["separator", "continuationSeparator"]
    for number, citation in zip(marks, ANSWER.citations, strict=True):
        told = text_of(notes[number])
        assert f"“{citation.quote}”" in told
        assert "Riga & Baku, The Gazette, 4 December 2025, page 7." in told
        assert f"characters {citation.start}–{citation.end}" in told
        assert f"SHA-256 of the file: {'ab' * 32}" in told


def test_what_word_needs_for_footnotes_is_there() -> None:
    parts = parts_of(briefing_as_word(make_briefing([ANSWER], found, MADE), ADDRESS))
    types = {item.get("PartName"): item.get("ContentType") for item in parts["[Content_Types].xml"]}
    assert types["/word/footnotes.xml"].endswith("wordprocessingml.footnotes+xml")
    related = [item.get("Target") for item in parts["word/_rels/document.xml.rels"] if "footnotes" in item.get("Type")]
    assert related == ["footnotes.xml"]
    settings = [child.tag for child in parts["word/settings.xml"]]
    assert settings.index(f"{W}footnotePr") + 1 == settings.index(f"{W}compat"), "in the order of the schema"
    named = [note.get(f"{W}id") for note in parts["word/settings.xml"].find(f"{W}footnotePr")]
    assert named == ["-1", "0"]
    styles = {style.get(f"{W}styleId") for style in parts["word/styles.xml"].iter(f"{W}style")}
    used = {
        style.get(f"{W}val")
        for part in ("word/document.xml", "word/footnotes.xml")
        for tag in ("pStyle", "rStyle")
        for style in parts[part].iter(f"{W}{tag}")
    }
    assert {"FootnoteText", "FootnoteReference"} <= used <= styles


def test_every_link_of_a_footnote_is_a_relationship_of_the_footnotes_part() -> None:
    parts = parts_of(briefing_as_word(make_briefing([ANSWER], found, MADE), ADDRESS))
    targets = {
        item.get("Id"): item.get("Target")
        for item in parts["word/_rels/footnotes.xml.rels"]
        if item.get("TargetMode") == "External"
    }
    linked = [targets[link.get(f"{R}id")] for link in notes_of(parts)["2"].iter(f"{W}hyperlink")]
    assert linked == [RIGA.url, "http://127.0.0.1:7860/documents/d1?start=43&end=62#passage"]


def test_a_second_mark_of_a_footnote_is_its_raised_number() -> None:
    parts = parts_of(briefing_as_word(make_briefing([ANSWER], found, MADE)))
    paragraph = next(item for item in parts["word/document.xml"].iter(f"{W}p") if "It covers" in text_of(item))
    assert text_of(paragraph) == "It covers training., 1"
    raised = [run for run in paragraph.iter(f"{W}r") if run.find(f"{W}rPr/{W}vertAlign") is not None]
    assert [text_of(run) for run in raised] == [", ", "1"]


def test_a_word_briefing_holds_all_of_the_answer_and_opens_again() -> None:
    file = docx.Document(io.BytesIO(briefing_as_word(make_briefing([ANSWER], found, MADE))))
    told = [paragraph.text for paragraph in file.paragraphs]
    assert told == [
        "What was agreed?",
        "Made on 9 February 2026 by the Health Cooperation Assistant. It quotes documents and speaks for nobody.",
        "Understood as: What did Latvia and Azerbaijan agree on?",
        "A remark.",
        TEXT[:42],
        "It covers training., 1",
        "As of 4 December 2025, the date of the newest source cited.",
        "Note: The question is not in English.",
    ]
    assert file.core_properties.title == "What was agreed?"
    assert file.core_properties.author == "Health Cooperation Assistant"


def test_a_briefing_in_a_models_words_says_so() -> None:
    briefing = make_briefing([replace(ANSWER, composer="openai:other *")], found, MADE)
    worded = "Worded by openai:other *; every sentence was checked against the passages it cites."
    told = [paragraph.text for paragraph in docx.Document(io.BytesIO(briefing_as_word(briefing))).paragraphs]
    assert worded in told
    assert worded.replace("*", "&#42;") in briefing_as_markdown(briefing)


def test_a_refusal_tells_what_comes_closest_and_has_no_footnote() -> None:
    parts = parts_of(briefing_as_word(make_briefing([REFUSAL], found, MADE)))
    assert list(notes_of(parts)) == ["-1", "0"]
    told = text_of(parts["word/document.xml"])
    assert told.index("Not found in the documents") < told.index(CLOSEST_AS_TEXT()) < told.index("“The rest is open.”")


def test_a_conversation_has_a_heading_for_each_question_and_one_run_of_footnotes() -> None:
    briefing = make_briefing([ANSWER, REFUSAL, ANSWER], found, MADE)
    file = docx.Document(io.BytesIO(briefing_as_word(briefing)))
    headings = [item.text for item in file.paragraphs if item.style is not None and item.style.name == "Heading 1"]
    assert headings == [ANSWER.question, REFUSAL.question, ANSWER.question]
    marks = [line.notes for section in briefing.sections for line in section.lines]
    assert marks == [(), (1,), (2, 1), (), (), (3,), (4, 3)]
    assert [note.start for note in briefing.notes] == [0, 43, 0, 43]


@each("payload", PAYLOADS)
def test_hostile_words_are_plain_text_in_a_word_file(payload: str) -> None:
    briefing = make_briefing([answer_of(payload)], lambda _: hostile_document(payload), MADE)
    parts = parts_of(briefing_as_word(briefing, ADDRESS))
    assert one_line(payload) in text_of(notes_of(parts)["1"])
    tags = {etree.QName(element).localname for element in notes_of(parts)["1"].iter()}
    assert tags <= {
        "footnote",
        "p",
        "pPr",
        "pStyle",
        "r",
        "rPr",
        "rStyle",
        "footnoteRef",
        "t",
        "b",
        "hyperlink",
        "color",
        "u",
    }


@given(hostile)
def test_any_text_makes_a_word_file_that_can_be_read(text: str) -> None:
    if one_line(text):
        briefing = make_briefing([answer_of(text)], lambda _: hostile_document(text), MADE)
        parts_of(briefing_as_word(briefing))


# Markdown


def test_a_markdown_briefing_has_footnotes_below_its_sentences() -> None:
    told = briefing_as_markdown(make_briefing([ANSWER], found, MADE), ADDRESS)
    assert told.startswith("# What was agreed?\n\n*Made on 9 February 2026")
    assert f"\n\n{TEXT[:42]}[^1]\n\n{TEXT[43:62]}[^2][^1]\n\n" in told
    first = next(line for line in told.splitlines() if line.startswith("[^1]: "))
    assert "**Riga &#38; Baku**, The Gazette, 4 December 2025, page 7. “Latvia and Azerbaijan signed" in first
    assert f"SHA-256 of the file: {'ab' * 32}" in first
    assert "(http://127.0.0.1:7860/documents/d1?start=0&amp;end=42#passage)" in first
    assert told.count("\n[^") == 2


def test_a_markdown_refusal_tells_what_comes_closest_and_has_no_footnote() -> None:
    told = briefing_as_markdown(make_briefing([REFUSAL], found, MADE))
    assert "[^" not in told
    assert told.index(f"**{CLOSEST_AS_TEXT}**") < told.index("“The rest is open.”")


@each("payload", [payload for payload in PAYLOADS if safe_url(payload) is None])
@each("outcome", [Outcome.ANSWERED, Outcome.NOT_FOUND])
def test_hostile_words_come_back_from_markdown_as_they_were(payload: str, outcome: Outcome) -> None:
    def page_of(text: str) -> Any:
        briefing = make_briefing([answer_of(text, outcome)], lambda _: hostile_document(text), MADE)
        markdown = briefing_as_markdown(briefing, ADDRESS)
        return parse(MarkdownIt("js-default", {"html": True}).render(markdown))

    page = page_of(payload)
    assert [element.tag for element in page.elements] == [element.tag for element in page_of("plain").elements]
    assert f"“{one_line(payload)}”" in page.text
    assert page.one("h1").text == one_line(payload)
    assert all((address or "").startswith(ADDRESS) for address in page.addresses)


# What may be exported


@pytest.mark.parametrize(
    "broken",
    [
        replace(ANSWER.citations[0], quote="Latvia and Azerbaijan signed two agreements"),
        replace(ANSWER.citations[0], start=1),
        replace(ANSWER.citations[0], document=replace(ANSWER.citations[0].document, sha256="0" * 64)),
    ],
)
def test_an_answer_whose_quote_does_not_hold_is_not_exported(broken: Citation) -> None:
    for answer in (replace(ANSWER, citations=(broken,)), replace(REFUSAL, closest=(broken,))):
        with pytest.raises(ExportRefused, match="ask the question again"):
            make_briefing([answer], found)


def test_an_answer_whose_document_is_unknown_is_not_exported() -> None:
    with pytest.raises(ExportRefused):
        make_briefing([ANSWER], lambda _: None)


# Files


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("What did Latvia & Azerbaijan agree on?", "what-did-latvia-azerbaijan-agree-on-2026-02-09.md"),
        ("Ko Lātvija noslēdza?", "ko-latvija-nosledza-2026-02-09.md"),
        ("Что?", "briefing-2026-02-09.md"),
        ("../../etc/passwd\r\nX: y", "etc-passwd-x-y-2026-02-09.md"),
        ("x" * 500, "briefing-2026-02-09.md"),
        ("word " * 100, f"{'-'.join(['word'] * 12)}-2026-02-09.md"),
    ],
)
def test_a_file_is_named_by_the_plain_letters_of_its_title(title: str, name: str) -> None:
    briefing = make_briefing([replace(ANSWER, question=title)], found, MADE)
    assert file_name(briefing, "md") == name


@pytest.mark.parametrize(("name", "start"), [("a.docx", b"PK"), ("b.MD", b"# What")])
def test_the_ending_chooses_the_format(name: str, start: bytes, tmp_path: Path) -> None:
    write_briefing(tmp_path / name, ANSWER, found)
    assert (tmp_path / name).read_bytes().startswith(start)


@pytest.mark.parametrize("name", ["a.pdf", "a", "missing/a.docx"])
def test_a_file_that_cannot_be_written_is_refused_with_a_sentence(name: str, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"give --export|make it first"):
        check_file(tmp_path / name)


def test_a_folder_in_the_files_place_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.md").mkdir()
    with pytest.raises(ExportError, match="choose another file"):
        write_briefing(tmp_path / "a.md", ANSWER, found)


def hostile_document(text: str) -> Document:
    return document(
        f"{text} {text} {text}", title=text, publisher=text, path=text, source=text, published=text, url=text
    )


def answer_of(text: str, outcome: Outcome = Outcome.ANSWERED) -> Answer:
    """An answer in which every word from outside is `text`."""
    cited = Citation(1, text, 0, len(text), None, DocumentReference.to(hostile_document(text)))
    refused = outcome is Outcome.NOT_FOUND
    return Answer(
        question=text,
        standalone_question=f"{text}?",
        outcome=outcome,
        statements=(Statement(text, () if refused else (1,)),),
        citations=() if refused else (cited,),
        closest=(cited,) if refused else (),
        as_of=text,
        warnings=(text,),
    )
