import gzip
import io
import json
import tarfile
from pathlib import Path

import pytest
from fakes import FakeEncoder, catalog_passage_ids, passage_ids
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from assistant.assembly import Assistant, open_assistant
from corpus.errors import DataFolderBusy
from corpus.operations.backup import Backup, BackupError, back_up, restore
from corpus.store.lock import writers_lock
from ui.cli import app
from ui.identity.keys import KeyRing

QUESTION = "What did Iceland and Malta sign?"


@pytest.fixture
def assistant(tmp_path: Path) -> Assistant:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "agreement.txt").write_text("Iceland and Malta signed a health agreement in Valletta on 3 May 2024.")
    (folder / "empty.txt").write_text("")
    assistant = open_assistant(tmp_path / "data", folder=folder, encoder=FakeEncoder())
    (folder / "agreement.txt").write_text("Iceland and Malta signed an ambulance agreement in Valletta on 4 May 2024.")
    assistant.sync()
    return assistant


def told(assistant: Assistant) -> list[object]:
    answer = assistant.ask(QUESTION).to_dict()
    return [answer["answer"], answer["citations"], answer["outcome"]]


def test_a_backup_of_a_serving_folder_is_restored_and_answers_the_same(assistant: Assistant, tmp_path: Path) -> None:
    key = KeyRing(tmp_path / "data").create("portal", "ask")
    (tmp_path / "data" / "secret").write_text("secret")
    before = told(assistant)
    made = back_up(tmp_path / "data", tmp_path / "backup.tar.gz")
    assert made.documents == 1
    assert told(assistant) == before, "the running one goes on"
    assert restore(tmp_path / "backup.tar.gz", tmp_path / "new") == made
    restored = open_assistant(tmp_path / "new", encoder=FakeEncoder())
    assert told(restored) == before
    assert passage_ids(restored.store) == catalog_passage_ids(assistant.store)
    assert KeyRing(tmp_path / "new").find(key) is not None
    assert not (tmp_path / "new" / "secret").exists()
    (old,) = [d for d in every_version(restored) if "3 May" in d]
    assert old, "superseded versions are kept"
    restored.sync()
    assert told(restored) == before
    for one in (assistant, restored):
        one.close()


def every_version(assistant: Assistant) -> list[str]:
    import sqlite3

    with sqlite3.connect(assistant.store.catalog.path) as connection:
        return [text for (text,) in connection.execute("SELECT text FROM document")]


def test_only_the_build_in_use_is_taken(assistant: Assistant, tmp_path: Path) -> None:
    assistant.reindex()
    (tmp_path / "data" / "indexes" / "0001").mkdir(exist_ok=True)
    (tmp_path / "data" / "indexes" / "0001" / "left over").write_text("x")
    back_up(tmp_path / "data", tmp_path / "b")
    with tarfile.open(tmp_path / "b") as archive:
        names = archive.getnames()
    assert [name for name in names if name.startswith("indexes/0002/")]
    assert not [name for name in names if name.startswith("indexes/0001")]
    assert not [name for name in names if name.endswith((".lock", "-wal", "-shm"))]
    restore(tmp_path / "b", tmp_path / "new")
    assistant.close()


def test_while_another_writes_there_is_no_backup_and_no_file(assistant: Assistant, tmp_path: Path) -> None:
    with writers_lock(tmp_path / "data"), pytest.raises(DataFolderBusy):
        back_up(tmp_path / "data", tmp_path / "b")
    assert not list(tmp_path.glob("b*"))
    assistant.close()


def test_nothing_is_overwritten(assistant: Assistant, tmp_path: Path) -> None:
    file = tmp_path / "b"
    back_up(tmp_path / "data", file)
    with pytest.raises(BackupError, match="exists already"):
        back_up(tmp_path / "data", file)
    with pytest.raises(BackupError, match="is not empty"):
        restore(file, tmp_path / "data")
    with pytest.raises(BackupError, match="no catalog"):
        back_up(tmp_path / "nothing", tmp_path / "c")
    assistant.close()


def repacked(file: Path, change: dict[str, bytes | None], extra: list[tarfile.TarInfo] = []) -> Path:  # noqa: B006
    """The backup with some files changed, or left out where None, and others added."""
    other = file.with_name("changed")
    with tarfile.open(file) as source, tarfile.open(other, "w:gz") as target:
        for member in source:
            content = change.get(member.name, source.extractfile(member).read())  # type: ignore[union-attr]
            if content is not None:
                member.size = len(content)
                target.addfile(member, io.BytesIO(content))
        for member in extra:
            target.addfile(member)
    return other


def link_out() -> tarfile.TarInfo:
    link = tarfile.TarInfo("link")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    return link


def test_what_is_not_as_it_was_written_is_refused_and_leaves_nothing(assistant: Assistant, tmp_path: Path) -> None:
    file = tmp_path / "b"
    back_up(tmp_path / "data", file)
    assistant.close()
    whole = file.read_bytes()
    (tmp_path / "cut").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "text").write_text("no backup")
    (tmp_path / "gzip").write_bytes(gzip.compress(b"no archive"))
    with tarfile.open(file) as archive:
        name = next(name for name in archive.getnames() if name.startswith("indexes/"))
    damaged = [
        *(tmp_path / "cut", tmp_path / "text", tmp_path / "gzip", tmp_path / "missing"),
        *(
            repacked(file, change).rename(tmp_path / f"d{n}")
            for n, change in enumerate(
                (
                    {name: b"x"},
                    {name: None},
                    {"catalog.sqlite3": b"x"},
                    {"manifest.json": None},
                    {"manifest.json": b"{}"},
                )
            )
        ),
        repacked(file, {}, [tarfile.TarInfo("added")]).rename(tmp_path / "d8"),
        repacked(file, {}, [tarfile.TarInfo("../outside")]).rename(tmp_path / "d9"),
        repacked(file, {}, [link_out()]).rename(tmp_path / "d10"),
    ]
    for one in damaged:
        with pytest.raises(BackupError):
            restore(one, tmp_path / "new")
        assert not list((tmp_path / "new").iterdir()), one
    assert not (tmp_path / "outside").exists()
    assert restore(file, tmp_path / "new").documents == 1, "the control: the same file undamaged"


def test_indexes_that_lack_what_the_catalog_shows_are_refused(assistant: Assistant, tmp_path: Path) -> None:
    assistant.store.index.remove(assistant.store.catalog.documents()[0].id)
    assistant.store.index.commit()
    assistant.close()
    back_up(tmp_path / "data", tmp_path / "b")
    with pytest.raises(BackupError, match="lack passages"):
        restore(tmp_path / "b", tmp_path / "new")


def test_a_folder_that_never_had_a_document_can_be_backed_up(tmp_path: Path) -> None:
    open_assistant(tmp_path / "data", encoder=FakeEncoder()).close()
    made = back_up(tmp_path / "data", tmp_path / "b")
    assert (made.documents, made.passages) == (0, 0)
    assert restore(tmp_path / "b", tmp_path / "new") == made


@given(st.binary(max_size=200))
def test_no_file_is_taken_for_a_backup(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    folder = tmp_path_factory.mktemp("any")
    (folder / "file").write_bytes(content)
    with pytest.raises(BackupError):
        restore(folder / "file", folder / "new")


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_a_shared_catalog_is_left_to_its_own_programs(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSISTANT_CATALOG_URL", "postgresql://assistant:hidden@127.0.0.1/assistant")
    told = CliRunner().invoke(app, [command, str(tmp_path / "b"), "--data-dir", str(tmp_path / "data")]).exception
    assert isinstance(told, BackupError)
    assert "postgresql://assistant:***@127.0.0.1/assistant" in str(told)
    assert "pg_dump" in str(told)
    assert not (tmp_path / "b").exists()


def test_the_manifest_counts(assistant: Assistant, tmp_path: Path) -> None:
    made = back_up(tmp_path / "data", tmp_path / "b")
    with tarfile.open(tmp_path / "b") as archive:
        manifest = json.load(archive.extractfile("manifest.json"))  # type: ignore[arg-type]
    assert Backup(**manifest["holds"]) == made
    assert len(manifest["files"]) == made.files
    assistant.close()
