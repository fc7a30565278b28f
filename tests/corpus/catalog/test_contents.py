from datetime import UTC, datetime

from fakes import with_passages
from servers import ONE_CATALOG_EACH

from corpus.catalog.entries import Change, Summary

ON_SERVERS = ONE_CATALOG_EACH


def test_a_superseded_document_still_opens_but_is_found_no_more(catalog):
    old, old_passages = with_passages("Old. Text.", id="old")
    new, new_passages = with_passages("New. Text.", id="new")
    catalog.apply(Change(documents=[(old, old_passages)]))
    catalog.apply(Change(documents=[(new, new_passages)], withdrawn=["old"]))
    assert catalog.document("old") == old
    assert catalog.documents() == [new]
    assert catalog.documents_by_id(["old", "new"]) == {"new": new}
    assert catalog.passages_by_id([passage.id for passage in old_passages]) == {}
    assert catalog.current_versions() == {("s", "a.txt"): ("new", new.sha256)}
    assert catalog.unsettled() == ["old"]


def test_more_ids_than_a_query_may_hold_can_be_looked_up(catalog):
    made, passages = with_passages("word " * 1300)
    catalog.apply(Change(documents=[(made, passages)]))
    assert len(catalog.passages_by_id([passage.id for passage in passages] * 3)) == 1300


def test_summaries_say_what_documents_say_without_their_texts(catalog):
    made, passages = with_passages(published="2022", language="lv", parties=("Latvia",))
    bare, _ = with_passages(id="d2", path="b.txt")
    catalog.apply(Change(documents=[(made, passages), (bare, [])]))
    assert catalog.summaries() == [
        Summary("d1", "s", "a.txt", "A title", None, "2022", "lv", ("Latvia",), 2),
        Summary("d2", "s", "b.txt", "A title", None, None, None, (), 0),
    ]
    catalog.apply(Change(withdrawn=[made.id]))
    assert [summary.id for summary in catalog.summaries()] == ["d2"]


def test_what_is_held_is_counted_without_what_was_superseded(catalog):
    assert (catalog.holdings().documents, catalog.holdings().newest, catalog.holdings().changed) == (0, None, None)
    dated = [("a", "2022-09", "lv"), ("b", "2025-12-04", "en"), ("c", None, "en"), ("d", "2026", None)]
    for name, published, language in dated:
        made, passages = with_passages(id=name, path=name, title=name, published=published, language=language)
        catalog.apply(Change(documents=[(made, passages)]))
    catalog.apply(Change(withdrawn=["d"]))
    held = catalog.holdings()
    assert (held.documents, held.oldest, held.newest, held.languages) == (3, "2022-09", "2025-12-04", ("en", "lv"))
    assert datetime.fromisoformat(held.changed) <= datetime.now(UTC)
    assert [title for title, _ in catalog.headings(2)] == ["b", "a"], "the newest first"
