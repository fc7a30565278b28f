from pathlib import Path

import pytest
from fakes import with_passages
from hypothesis import HealthCheck, given, settings
from servers import ONE_CATALOG_EACH
from texts import hostile

from corpus.catalog.catalog import Catalog
from corpus.catalog.entries import Change, Failure, Source
from corpus.document import Span
from corpus.errors import DataFolderDamaged

ON_SERVERS = ONE_CATALOG_EACH


def test_a_document_comes_back_as_it_went_in(catalog):
    made, passages = with_passages(
        publisher="A",
        published="2022-09",
        url="https://example.org",
        language="lv",
        parties=("Latvia", "Azerbaijan"),
        topics=("t",),
        pages=(Span(0, 4), Span(5, 9)),
        furniture=(Span(4, 5),),
        remarks=("2 of 6 pages have no text.",),
        identifiers=("WHA66.12",),
        origins=(("title", "stated"), ("published", "file name")),
    )
    catalog.apply(Change(documents=[(made, passages)]))
    assert catalog.documents() == [made]
    assert catalog.document(made.id) == made
    assert catalog.passages(made) == passages
    assert catalog.passages_by_id([passages[1].id, "none"]) == {passages[1].id: (made.id, Span(5, 9), 1)}
    assert catalog.passage_count() == 2


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(hostile)
def test_any_text_comes_back_character_for_character(catalog, text):
    if catalog.is_shared:
        text = text.replace("\0", "\N{REPLACEMENT CHARACTER}")  # as a sync does, for whichever catalog
    made, passages = with_passages(text, title=text)
    catalog.apply(Change(documents=[(made, passages)], withdrawn=[made.id]))
    assert catalog.document(made.id) == made
    assert catalog.passages(made) == passages


def test_a_document_may_return_after_it_was_withdrawn(catalog):
    made, passages = with_passages()
    catalog.apply(Change(documents=[(made, passages)]))
    catalog.apply(Change(withdrawn=[made.id]))
    catalog.apply(Change(documents=[(made, passages)]))
    assert catalog.documents() == [made]
    assert catalog.passages(made) == passages
    assert catalog.unsettled() == []


def test_a_change_is_made_whole_or_not_at_all(catalog):
    made, passages = with_passages()
    with pytest.raises(Exception, match=r"(?i)unique"):
        catalog.apply(Change(documents=[(made, [*passages, passages[0]])], failed=[Failure("s", "b", None, "why")]))
    assert (catalog.documents(), catalog.failures(), catalog.generation) == ([], [], 0)


def test_the_generation_grows_with_what_can_be_found_and_only_then(catalog):
    made, passages = with_passages()
    catalog.apply(Change(documents=[(made, passages)]))
    assert catalog.generation == 1
    catalog.apply(Change(failed=[Failure("s", "b.txt", None, "why")]))
    catalog.apply(Change(mended=[("s", "b.txt")]))
    catalog.apply(Change())
    assert catalog.generation == 1
    catalog.apply(Change(withdrawn=[made.id]))
    assert catalog.generation == 2


def test_a_failure_is_kept_until_it_is_mended(catalog):
    first, second = Failure("s", "a.txt", "1", "torn"), Failure("s", "a.txt", "2", "burnt")
    catalog.apply(Change(failed=[first]))
    catalog.apply(Change(failed=[second]))
    assert catalog.failures() == [second]
    catalog.apply(Change(mended=[("s", "a.txt")]))
    assert catalog.failures() == []


def test_sources_are_kept_by_name_and_may_move(catalog):
    catalog.add_source(Source("b", Path("/one")))
    catalog.add_source(Source("a", Path("/two")))
    catalog.add_source(Source("b", Path("/three")))
    assert catalog.sources() == [Source("a", Path("/two")), Source("b", Path("/three"))]
    catalog.remove_source("a")
    assert [source.name for source in catalog.sources()] == ["b"]


def test_unsettled_documents_are_noted_once_and_settled(catalog):
    ids = [f"d{number}" for number in range(1200)]
    catalog.note_unsettled(ids)
    catalog.note_unsettled(ids[:5])
    assert sorted(catalog.unsettled()) == sorted(ids)
    catalog.settle(ids[:1100])
    assert sorted(catalog.unsettled()) == sorted(ids[1100:])


def test_a_rebuild_that_fails_changes_nothing(catalog):
    made, passages = with_passages()
    catalog.apply(Change(documents=[(made, passages)]))
    twice = [passages, passages]
    with pytest.raises(Exception, match=r"(?i)unique"), catalog.rebuilding() as connection:
        catalog.replace_passages(connection, twice, {"build": "0002"})
    assert catalog.passages(made) == passages
    assert (catalog.state("build"), catalog.generation) == (None, 1)


def test_a_damaged_catalog_is_refused_with_what_to_do(tmp_path):
    (tmp_path / "catalog.sqlite3").write_bytes(b"garbage" * 1000)
    with pytest.raises(DataFolderDamaged, match="restore it from a backup"):
        Catalog(tmp_path)


def test_a_page_damaged_in_the_middle_is_told_as_a_damaged_file_is(tmp_path):
    catalog = Catalog(tmp_path)
    catalog.apply(Change(documents=[with_passages(id=f"d{n}", path=f"{n}.txt", text=f"{n} " * 3000) for n in range(9)]))
    catalog.require_sound()
    catalog.close()
    path = tmp_path / "catalog.sqlite3"
    content = path.read_bytes()
    begin, end = len(content) // 4 // 4096 * 4096, len(content) * 3 // 4 // 4096 * 4096
    path.write_bytes(content[:begin] + b"\xa5" * (end - begin) + content[end:])
    told = "cannot be opened .*restore it from a backup"
    catalog = Catalog(tmp_path)
    with pytest.raises(DataFolderDamaged, match=told):
        catalog.require_sound()
    with pytest.raises(DataFolderDamaged, match=told):
        catalog.documents()
    catalog.close()


def test_a_source_within_the_data_folder_moves_with_it(tmp_path):
    first = Catalog(tmp_path)
    first.add_source(Source("uploads", tmp_path.resolve() / "uploads"))
    first.add_source(Source("elsewhere", Path("/elsewhere")))
    first.close()
    moved = tmp_path.rename(tmp_path.with_name("moved"))
    second = Catalog(moved)
    assert second.sources() == [
        Source("elsewhere", Path("/elsewhere")),
        Source("uploads", moved.resolve() / "uploads"),
    ]
    second.close()
    moved.rename(tmp_path)
