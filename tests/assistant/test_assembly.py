"""The assistant as a library: folders in, answers from exactly those folders out, seen by everyone who has it open."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fakes import FakeEncoder
from filelock import FileLock

import assistant as package
from assistant.answer import Answer, Outcome
from assistant.assembly import BRIEFS, Assistant, briefs_folder, open_assistant
from assistant.settings import Settings
from corpus.encoder.protocol import Encoder
from corpus.errors import DataFolderBusy, SourceError

RIGA = "Latvia and Azerbaijan signed a health agreement in Riga on 4 December 2025.\n"
BEDS = "The new hospital in Tbilisi has 240 beds, the health ministry of Georgia reported.\n"
WHERE = "Where did Latvia and Azerbaijan sign a health agreement?"
HOW_MANY = "How many beds does the new hospital in Tbilisi have?"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def latvia(tmp_path: Path) -> Path:
    return folder_with(tmp_path / "latvia", "riga.txt", RIGA)


@pytest.fixture
def georgia(tmp_path: Path) -> Path:
    return folder_with(tmp_path / "georgia", "beds.txt", BEDS)


@pytest.fixture
def assistant(data: Path, latvia: Path, encoder: Encoder) -> Iterator[Assistant]:
    """An assistant that answers from the folder `latvia`."""
    assistant = open_assistant(data, folder=latvia, encoder=encoder)
    yield assistant
    assistant.close()


def folder_with(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(parents=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def source_names(assistant: Assistant) -> list[str]:
    return [source.name for source in assistant.store.catalog.sources()]


def cited(answer: Answer) -> set[str]:
    return {citation.document.path for citation in (*answer.citations, *answer.closest)}


# One folder


def test_a_fresh_data_folder_answers_from_the_given_folder_alone(assistant: Assistant) -> None:
    assert source_names(assistant) == ["latvia"]
    answer = assistant.ask(WHERE)
    assert answer.outcome is Outcome.ANSWERED
    assert "Riga" in answer.text
    assert cited(answer) == {"latvia/riga.txt"}
    assert cited(assistant.ask("Which countries belong to BeNeLuxA?")) <= {"latvia/riga.txt"}


def test_the_package_itself_is_the_way_in_for_programs(data: Path, latvia: Path, encoder: Encoder) -> None:
    opened = package.open_assistant(data, folder=str(latvia), encoder=encoder)
    assert isinstance(opened, package.Assistant)
    assert "Riga" in opened.ask(WHERE).text
    opened.close()


def test_a_data_folder_without_a_source_answers_nothing(data: Path, encoder: Encoder) -> None:
    empty = open_assistant(data, encoder=encoder)
    answer = empty.ask(WHERE)
    assert answer.outcome is Outcome.NOT_FOUND
    assert not cited(answer)
    assert not empty.has_had_sources
    empty.close()


def test_answers_outlive_a_restart(assistant: Assistant, data: Path, encoder: Encoder) -> None:
    before = assistant.ask(WHERE)
    assistant.close()
    again = open_assistant(data, encoder=encoder)
    assert again.ask(WHERE).text == before.text
    assert again.ask(WHERE).citations == before.citations
    again.close()


def test_settings_choose_the_data_folder_and_how_much_is_read(data: Path, latvia: Path, encoder: Encoder) -> None:
    opened = open_assistant(folder=latvia, encoder=encoder, settings=Settings(data_dir=data, passages=3))
    assert opened.store.folder == data
    assert opened.retriever.count == 3
    opened.close()


# Sources


def test_adding_a_folder_twice_changes_nothing(assistant: Assistant, latvia: Path) -> None:
    generation = assistant.store.catalog.generation
    report = assistant.add(latvia)
    assert (report.new, report.changed, report.removed, report.failed) == ([], [], [], {})
    assert report.unchanged == ["latvia/riga.txt"]
    assert source_names(assistant) == ["latvia"]
    assert assistant.store.catalog.generation == generation
    assert assistant.store.index.vectors.count() == assistant.store.catalog.passage_count() == 1


def test_a_folder_keeps_its_name_however_it_is_written(assistant: Assistant, latvia: Path) -> None:
    assistant.add(latvia / ".." / "latvia")
    assert source_names(assistant) == ["latvia"]


def test_a_second_folder_is_answered_from_too(assistant: Assistant, georgia: Path) -> None:
    report = assistant.add(georgia)
    assert report.new == ["georgia/beds.txt"]
    assert "240 beds" in assistant.ask(HOW_MANY).text
    assert "Riga" in assistant.ask(WHERE).text


def test_folders_of_the_same_name_are_told_apart(assistant: Assistant, tmp_path: Path) -> None:
    assistant.add(folder_with(tmp_path / "other" / "latvia", "riga.txt", BEDS))
    assert source_names(assistant) == ["latvia", "latvia-2"]
    assert cited(assistant.ask(HOW_MANY)) == {"latvia-2/riga.txt"}


def test_a_name_that_another_folder_has_is_refused(assistant: Assistant, latvia: Path, georgia: Path) -> None:
    with pytest.raises(SourceError, match="'latvia' is already the folder") as refusal:
        assistant.add(georgia, name="latvia")
    assert str(latvia) in str(refusal.value)
    assert [source.folder for source in assistant.store.catalog.sources()] == [latvia]


def test_a_missing_folder_is_refused(assistant: Assistant, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="does not exist; give the folder"):
        assistant.add(tmp_path / "nowhere")
    with pytest.raises(SourceError, match="is not a folder; give the folder"):
        assistant.add(tmp_path / "latvia" / "riga.txt")
    assert source_names(assistant) == ["latvia"]


def test_a_removed_source_is_answered_from_no_more_but_its_old_citations_open(
    assistant: Assistant, latvia: Path
) -> None:
    (old,) = assistant.ask(WHERE).citations
    report = assistant.remove("latvia")
    assert report.removed == ["latvia/riga.txt"]
    assert not cited(assistant.ask(WHERE))
    kept = assistant.store.document(old.document.id)
    assert kept is not None
    assert kept.text[old.start : old.end] == old.quote
    assert (latvia / "riga.txt").is_file()
    assert assistant.has_had_sources, "or the command line would bring the briefs back"


def test_removing_a_source_that_nobody_added_names_those_there_are(assistant: Assistant) -> None:
    with pytest.raises(SourceError, match="no source 'wishes'; the sources are: latvia"):
        assistant.remove("wishes")


def test_the_briefs_can_be_added_and_removed(data: Path, latvia: Path) -> None:
    assistant = open_assistant(data, folder=latvia, encoder=FakeEncoder())
    added = assistant.add_briefs()
    assert len(added.new) == 99
    assert added.failed == {}
    assert source_names(assistant) == [BRIEFS, "latvia"]
    assert assistant.store.catalog.sources()[0].folder == briefs_folder().resolve()
    assert len(assistant.remove(BRIEFS).removed) == 99
    assert [document.source for document in assistant.store.catalog.documents()] == ["latvia"]
    assert len(assistant.add_briefs().new) == 99
    assistant.close()


def test_a_rebuild_answers_as_before_without_the_files(assistant: Assistant, latvia: Path) -> None:
    before = assistant.ask(WHERE)
    (latvia / "riga.txt").unlink()
    assert assistant.reindex() == 1
    assert assistant.ask(WHERE).citations == before.citations


# Several at once


@pytest.fixture
def other(assistant: Assistant, data: Path, encoder: Encoder) -> Iterator[Assistant]:
    """Another assistant on the same data folder, that has already answered."""
    other = open_assistant(data, encoder=encoder)
    assert "Riga" in other.ask(WHERE).text
    yield other
    other.close()


def test_what_one_assistant_adds_another_finds_at_its_next_question(
    assistant: Assistant, other: Assistant, georgia: Path
) -> None:
    assert other.ask(HOW_MANY).outcome is Outcome.NOT_FOUND
    assistant.add(georgia)
    assert "240 beds" in other.ask(HOW_MANY).text
    assert "240 beds" in list(other.stream(HOW_MANY))[-1].text


def test_what_one_assistant_removes_another_finds_no_more(assistant: Assistant, other: Assistant) -> None:
    assistant.remove("latvia")
    assert not cited(other.ask(WHERE))


def test_a_rebuild_by_one_assistant_does_not_disturb_another(assistant: Assistant, other: Assistant) -> None:
    assistant.reindex()
    assert "Riga" in other.ask(WHERE).text


def test_many_may_ask_while_one_adds(assistant: Assistant, tmp_path: Path) -> None:
    added = threading.Event()

    def keep_asking() -> int:
        asked = 0
        while not (asked and added.is_set()):
            assert "Riga" in assistant.ask(WHERE).text
            asked += 1
        return asked

    with ThreadPoolExecutor(4) as pool:
        asking = [pool.submit(keep_asking) for _ in range(4)]
        try:
            for number in range(3):
                other = BEDS.replace("240", str(300 + number))
                assistant.add(folder_with(tmp_path / f"more-{number}", "beds.txt", other))
        finally:
            added.set()
        assert sum(future.result() for future in asking) >= 4


def test_a_second_writer_is_refused_and_leaves_the_sources_as_they_were(
    assistant: Assistant, data: Path, georgia: Path
) -> None:
    with FileLock(data / "writer.lock"):
        with pytest.raises(DataFolderBusy, match="Another process is writing"):
            assistant.add(georgia)
        with pytest.raises(DataFolderBusy, match="Another process is writing"):
            assistant.remove("latvia")
        assert "Riga" in assistant.ask(WHERE).text, "reading goes on"
    assert source_names(assistant) == ["latvia"]
