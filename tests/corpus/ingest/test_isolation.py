"""Hostile files cost themselves and nothing else: a crash, a hang, a bomb or a strange name is one line in a report."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import FakeEncoder, everything_found, open_store
from hostile_files import (
    PROSE,
    cell,
    docx,
    endless_files,
    hostile_files,
    hostile_names,
    open_document,
    page_with,
    paragraph,
    workbook,
    zipped,
)

from corpus.document import Document
from corpus.errors import UnreadableFile
from corpus.ingest import isolation
from corpus.ingest.isolation import IsolatedReader, Limits
from corpus.ingest.sync import SyncReport, sync
from corpus.readers.formats import read_content
from corpus.readers.front_matter import NotForIndexing
from corpus.text.chunking import ChunkingParameters
from corpus.text.cutting import Cutting

pytestmark = pytest.mark.processes

GOOD = {
    "good.txt": PROSE.encode(),
    "good.md": f"# A visit\n\n{PROSE}".encode(),
    "good.pdf": page_with(f"BT /F 12 Tf 20 700 Td ({PROSE}) Tj ET".encode()),
    "good.docx": docx(paragraph(PROSE)),
    "good.html": f"<html><body><article><p>{PROSE}</p></article></body></html>".encode(),
    "good.eml": f"Subject: A visit\n\n{PROSE}".encode(),
    "good.odt": open_document("text", f"<text:p>{PROSE}</text:p>"),
    "good.xlsx": workbook(f'<row r="1">{cell("A1", PROSE)}</row>'),
    "good.rtf": b"{\\rtf1 " + PROSE.encode() + b"}",
    "good.zip": zipped({"a.txt": PROSE}),
}


@pytest.fixture(scope="module")
def reader() -> Iterator[IsolatedReader]:
    with IsolatedReader() as reader:
        yield reader


def reason(reader: IsolatedReader, content: bytes, name: str) -> str:
    with pytest.raises(UnreadableFile) as caught:
        reader.read(content, name)
    return str(caught.value)


def child_of(reader: IsolatedReader) -> int:
    assert reader._child is not None
    return reader._child.pid


@pytest.mark.parametrize("name", GOOD)
def test_a_good_file_reads_the_same_apart_as_at_home(name: str, reader: IsolatedReader) -> None:
    assert reader.read(GOOD[name], name) == read_content(GOOD[name], name)


def test_short_plain_text_needs_no_child_and_other_files_share_one() -> None:
    with IsolatedReader() as reader:
        for name in ("good.txt", "good.md"):
            reader.read(GOOD[name], name)
        assert reader._child is None
        children = set()
        for name in ("good.pdf", "good.docx", "good.eml", "good.pdf"):
            reader.read(GOOD[name], name)
            children.add(child_of(reader))
        assert len(children) == 1
    with pytest.raises(ProcessLookupError):
        os.kill(children.pop(), 0)


def test_long_or_strangely_encoded_text_is_read_apart() -> None:
    with IsolatedReader() as reader:
        reader.read(b"words " * 60_000, "a.txt")
        assert child_of(reader)
    with IsolatedReader() as reader:
        reader.read("Министры здравоохранения двух стран встретились. ".encode("cp1251") * 9, "a.txt")
        assert child_of(reader)


def test_a_file_that_asks_to_be_left_out_is_left_out_wherever_it_is_read(reader: IsolatedReader) -> None:
    for words in ("Words.", "Words. " * 60_000):
        with pytest.raises(NotForIndexing):
            reader.read(f"---\nindex: false\n---\n{words}".encode(), "a.md")


@pytest.mark.parametrize("name", endless_files())
def test_a_file_that_takes_forever_is_given_up_and_the_next_is_read(name: str) -> None:
    with IsolatedReader(Limits(seconds=1.5)) as reader:
        started = time.monotonic()
        assert reason(reader, endless_files()[name], name) == "reading it took more than 1.5 seconds"
        assert time.monotonic() - started < 10
        assert reader.read(GOOD["good.pdf"], "a.pdf").text.strip() == PROSE


def test_a_file_that_needs_too_much_memory_is_given_up_and_the_next_is_read() -> None:
    with IsolatedReader(Limits(memory_bytes=420 * 2**20)) as reader:
        large = ",".join(map(str, range(4_000_000))).encode()
        assert reason(reader, large, "a.csv") == "reading it needs more than 420 MB of memory"
        assert reader.read(GOOD["good.docx"], "a.docx").text == PROSE


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT, signal.SIGKILL])
def test_a_crash_costs_one_file(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    with IsolatedReader() as reader:
        reader.read(GOOD["good.pdf"], "a.pdf")
        exchange = isolation._exchange

        def crash(child: object, content: bytes, name: str, document_id: str | None) -> None:
            os.kill(child_of(reader), number)
            exchange(child, content, name, document_id)  # type: ignore[arg-type]

        monkeypatch.setattr(isolation, "_exchange", crash)
        assert reason(reader, GOOD["good.pdf"], "a.pdf") == f"its reader crashed on it (signal {number:d})"
        monkeypatch.undo()
        assert reader.read(GOOD["good.pdf"], "a.pdf").text.strip() == PROSE


@pytest.mark.parametrize(
    "program",
    [
        "print('no number')",
        "print(99999999999)",
        "print(3); print('no json')",
        "print(2); print('[]')",
        'print(30); print(\'{"extraction": {"text": 7}}      \')',
        "raise SystemExit(3)",
    ],
)
def test_a_child_that_was_taken_over_can_only_spoil_its_own_file(
    program: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    package = tmp_path / "corpus"
    package.mkdir()
    (package / "ingest").mkdir()
    for folder in (package, package / "ingest"):
        (folder / "__init__.py").touch()
    (package / "ingest" / "reading_process.py").write_text(program)
    monkeypatch.setattr(isolation, "__file__", str(package / "ingest" / "isolation.py"))
    with IsolatedReader() as reader:
        told = reason(reader, GOOD["good.pdf"], "a.pdf")
    assert told in ("its reader crashed on it (exit code 0)", "its reader crashed on it (exit code 3)") or (
        told == "reading it ended in nothing usable"
    )


def test_the_child_sees_no_secret_and_can_write_no_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    package = tmp_path / "corpus"
    package.mkdir()
    here = str(Path(isolation.__file__).parents[2])
    (package / "__init__.py").write_text(f"__path__.append({here + '/corpus'!r})")
    (package / "readers").mkdir()
    (package / "readers" / "__init__.py").write_text(f"__path__.append({here + '/corpus/readers'!r})")
    (package / "readers" / "formats.py").write_text(
        "import os\nfrom corpus.document import Extraction\n"
        "def read_content(content, name):\n"
        "    try:\n"
        "        with open(name, 'w') as file:\n            file.write('escaped')\n        written = 'written'\n"
        "    except OSError as error:\n        written = error.strerror\n"
        "    return Extraction(text=written + ' ' + os.environ.get('ASSISTANT_SECRET', 'unseen'), title='t')\n"
    )
    monkeypatch.setattr(isolation, "__file__", str(package / "ingest" / "isolation.py"))
    monkeypatch.setenv("ASSISTANT_SECRET", "seen")
    with IsolatedReader() as reader:
        told = reader.read(GOOD["good.pdf"], str(tmp_path / "escaped.pdf")).text
    assert told == "File too large unseen"
    assert (tmp_path / "escaped.pdf").read_bytes() == b""


def test_a_child_ends_with_its_parent() -> None:
    program = (
        "import os, sys\nfrom corpus.ingest.isolation import IsolatedReader\nreader = IsolatedReader()\n"
        "reader.read(open(sys.argv[1], 'rb').read(), 'a.pdf')\nprint(reader._child.pid, flush=True)\n"
        "os.kill(os.getpid(), 9)"
    )
    import subprocess
    import tempfile

    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(GOOD["good.pdf"])
        file.flush()
        ended = subprocess.run(
            [sys.executable, "-c", program, file.name],
            capture_output=True,
            check=False,
            env={**os.environ, "PYTHONPATH": str(Path(isolation.__file__).parents[2])},
        )
    child = int(ended.stdout)
    deadline = time.monotonic() + 5
    while Path(f"/proc/{child}").exists() and "Z" not in Path(f"/proc/{child}/stat").read_text().split()[2]:
        assert time.monotonic() < deadline, "the child outlived its parent"
        time.sleep(0.05)


# What is done to a text after it was read


def parties_that_never_come(document: Document) -> tuple[str, ...]:
    """Stands for whatever of ours might take a text badly."""
    while "endless" in document.text:
        pass
    if "hungry" in document.text:
        return tuple("x" * 2**31)
    return ("Latvia",)


LONG = " ".join(f"These words are read apart, because there are so many of them, {number}." for number in range(400))
SMALL_FOLDER = Cutting(FakeEncoder().counter, ChunkingParameters(), parties_that_never_come)


def test_a_text_is_cut_the_same_apart_as_at_home() -> None:
    with IsolatedReader(cutting=SMALL_FOLDER) as reader:
        extraction, pieces = reader.read_and_cut(LONG.encode(), "a.txt", "d1")
        assert child_of(reader)
    assert pieces == SMALL_FOLDER.of(extraction, "d1")
    assert len(pieces.spans) > 30
    assert pieces.parties == ("Latvia",)


@pytest.mark.parametrize(
    ("word", "told"),
    [("endless", "reading it took more than 1.5 seconds"), ("hungry", "reading it needs more than 1024 MB of memory")],
)
def test_a_text_that_takes_forever_to_cut_costs_itself(word: str, told: str) -> None:
    with IsolatedReader(Limits(seconds=1.5 if word == "endless" else 60), SMALL_FOLDER) as reader:
        started = time.monotonic()
        with pytest.raises(UnreadableFile) as caught:
            reader.read_and_cut(f"{LONG} {word}".encode(), "a.txt", "d1")
        assert str(caught.value) == told
        assert time.monotonic() - started < 20
        assert len(reader.read_and_cut(LONG.encode(), "a.txt", "d2")[1].spans) > 30


# A folder full of them


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, SyncReport, float, str]]:
    root = tmp_path_factory.mktemp("hostile")
    folder = root / "documents"
    folder.mkdir()
    for name, content in (hostile_files() | GOOD).items():
        (folder / name).write_bytes(content)
    hostile_names(folder)
    store = open_store(root / "data", FakeEncoder(), s=folder)
    started = time.monotonic()
    report = sync(store)
    yield folder, report, time.monotonic() - started, everything_found(store)
    store.close()


# PDFium ends the process that draws a form within itself; it is the reader's child, and only the file is lost.
ENDING = ("form-in-itself.pdf", "forms-in-forms.pdf")


def test_every_hostile_file_makes_a_document_or_has_a_reason(hostile: tuple[Path, SyncReport, float, str]) -> None:
    folder, report, seconds, _ = hostile
    files = hostile_files()
    assert len(files) >= 60
    told = {*report.new, *report.failed}
    assert {f"s/{name}" for name in files} <= told
    told = {path for path in told if not any(path.startswith(f"s/{name}/") for name in files | GOOD)}  # within others
    assert all(reason.strip() and "\n" not in reason for reason in report.failed.values())
    ended = [path for path, reason in report.failed.items() if "crashed" in reason or "took more" in reason]
    assert set(ended) <= {f"s/{name}" for name in ENDING}
    assert seconds < 300  # ten on an idle machine
    visible = [path for path in folder.iterdir() if not path.name.startswith(".")]
    assert len(told) == len(visible)
    assert "folders deep" in next(reason for path, reason in report.failed.items() if path.startswith("s/d/d/"))


def test_every_good_file_among_them_is_found(hostile: tuple[Path, SyncReport, float, str]) -> None:
    _, report, _, found = hostile
    assert {f"s/{name}" for name in GOOD} <= set(report.new)
    strange = [name for name in report.new if "These words" not in name and name.endswith((".txt", ".md"))]
    assert len(strange) > 10
    assert "These words are found." in found


def test_what_lies_outside_the_folder_was_neither_read_nor_written(
    hostile: tuple[Path, SyncReport, float, str],
) -> None:
    folder, report, _, found = hostile
    assert "secret outside" not in found
    assert "root:" not in found
    for name in ("link-out.txt", "link-up.txt", "link-root", "link-device.txt", "link-loop.txt"):
        assert "link" in report.failed[f"s/{name}"], name
    for name in ("pipe.txt", "socket.txt"):
        assert "pipe or a socket" in report.failed[f"s/{name}"]
    assert sorted(path.name for path in folder.parent.iterdir()) == ["data", "documents", "outside.txt"]
    assert not Path("/tmp/outside.txt").exists()
    assert not Path("escaped").exists()


def test_every_file_of_the_parser_suites_is_read_or_has_a_reason(shared: Path, reader: IsolatedReader) -> None:
    """274 files that other projects collected because they broke a parser."""
    files = sorted((shared / "data" / "documents" / "files").iterdir())
    texts, reasons = 0, {}
    for path in files:
        started = time.monotonic()
        try:
            extraction = reader.read(path.read_bytes(), path.name)
        except UnreadableFile as error:
            reasons[path.name] = str(error)
        else:
            assert extraction.text.encode(), path.name
            assert extraction.title, path.name
            texts += 1
        assert time.monotonic() - started < 30, path.name
    assert texts + len(reasons) == len(files) > 250
    assert texts > 150
    assert not [name for name, told in reasons.items() if not told.strip() or "crashed" in told or "took more" in told]
