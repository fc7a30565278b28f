"""What the catalog knows of documents beside their text: filters select as reading every document would."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
import sqlalchemy as sql
from fakes import document, open_store
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from servers import ONE_CATALOG_EACH

from corpus.catalog import tables
from corpus.catalog.catalog import Catalog
from corpus.catalog.entries import Change
from corpus.catalog.facets import FIELDS, LANGUAGE, PARTY, PUBLISHER, SOURCE, TOPIC
from corpus.document import Document
from corpus.errors import CatalogOutdated
from corpus.index.servers import Servers
from corpus.ingest.rebuild import reindex
from corpus.ingest.sync import sync
from corpus.store.store import Store

VALUES = {
    PARTY: ("Latvia", "Azerbaijan", "WHO"),
    TOPIC: ("ambulance", "vaccines"),
    PUBLISHER: ("Trend", "LETA", None),
    LANGUAGE: ("en", "lv", None),
    SOURCE: ("briefs", "papers"),
}
DATES = ("2023", "2024", "2024-01", "2024-05", "2024-05-03", "2024-12-31", "2025-11", None)


def made(number: int) -> Document:
    """One of many documents with every combination of values somewhere."""

    def pick(values: Sequence[str | None], step: int) -> str | None:
        return values[number // step % len(values)]

    return document(
        f"Text {number}.",
        id=f"d{number:03}",
        path=f"{number}.txt",
        parties=tuple(party for place, party in enumerate(VALUES[PARTY]) if number >> place & 1),
        topics=(VALUES[TOPIC][number % 2],),
        publisher=pick(VALUES[PUBLISHER], 2),
        language=pick(VALUES[LANGUAGE], 5),
        source=pick(VALUES[SOURCE], 3),
        published=pick(DATES, 1),
    )


DOCUMENTS = [made(number) for number in range(120)]


def values_of(item: Document, field: str) -> set[str | None]:
    if field in (PARTY, TOPIC):
        return set(item.parties if field == PARTY else item.topics)
    return {getattr(item, field)}


def may_lie_in(published: str | None, since: str | None, until: str | None) -> bool:
    """Whether any day that `published` may stand for lies in the period, told by days."""
    if published is None:
        return since is None and until is None
    first, last = (f"{published}{rest}"[:10] for rest in ("-01-01"[-(10 - len(published)) :], "-12-31"))
    if len(published) == 4:
        first, last = f"{published}-01-01", f"{published}-12-31"
    elif len(published) == 7:
        first, last = f"{published}-01", f"{published}-31"
    else:
        first = last = published
    return (since is None or last >= since) and (until is None or first[: len(until)] <= until)


ON_SERVERS = ONE_CATALOG_EACH


@pytest.fixture
def catalog(tmp_path: Path, servers: Servers) -> Iterator[Catalog]:
    catalog = Catalog(tmp_path, server=servers.catalog)
    withdrawn = document("Gone.", id="gone", path="gone.txt", parties=("Latvia",), topics=("gone",), published="2024")
    catalog.apply(Change(documents=[(item, ()) for item in (*DOCUMENTS, withdrawn)]))
    catalog.apply(Change(withdrawn=["gone"]))
    catalog.complete_subjects()
    yield catalog
    catalog.close()


wanted = st.fixed_dictionaries(
    {},
    optional={
        field: st.lists(st.sampled_from([value for value in values if value]), min_size=1, max_size=2)
        for field, values in VALUES.items()
    },
)
hidden_sources = st.sampled_from([(), ("papers",), VALUES[SOURCE], ("nobody's",)])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    values=wanted,
    since=st.sampled_from(DATES),
    until=st.sampled_from(DATES),
    hidden=hidden_sources,
)
def test_a_selection_is_what_reading_every_document_would_give(
    catalog: Catalog, values: Mapping[str, list[str]], since: str | None, until: str | None, hidden: Sequence[str]
) -> None:
    expected = {
        item.id
        for item in DOCUMENTS
        if item.source not in hidden
        and may_lie_in(item.published, since, until)
        and all(values_of(item, field).intersection(some) for field, some in values.items())
    }
    assert catalog.facets.select(values, since=since, until=until, hidden=hidden) == expected


@pytest.mark.parametrize("hidden", [(), ("papers",), VALUES[SOURCE]])
def test_values_are_counted_in_what_is_not_hidden(catalog: Catalog, hidden: Sequence[str]) -> None:
    shown = [item for item in DOCUMENTS if item.source not in hidden]
    found = catalog.facets.values(hidden)
    assert tuple(found) == FIELDS
    for field in FIELDS:
        every = [value for item in shown for value in values_of(item, field) if value is not None]
        assert found[field] == {value: every.count(value) for value in set(every)}
        assert list(found[field].values()) == sorted(found[field].values(), reverse=True)


def test_the_period_is_that_of_what_is_not_hidden(catalog: Catalog) -> None:
    assert catalog.facets.period() == ("2023", "2025-11")
    assert catalog.facets.period(VALUES[SOURCE]) is None


@pytest.mark.one_folder
def test_no_document_is_read_to_select_among_them(catalog: Catalog) -> None:
    """The plan names indexes alone; the rows of documents hold their whole texts."""
    statements: list[str] = []

    def plan(_connection: object, cursor: object, statement: str, parameters: object, *_: object) -> None:
        if statement.startswith("SELECT"):
            statements.append(statement)
            rows = catalog._engine.raw_connection().cursor().execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plans.extend(row[-1] for row in rows.fetchall())

    plans: list[str] = []
    sql.event.listen(catalog._engine, "before_cursor_execute", plan)
    try:
        catalog.facets.select({PARTY: ["Latvia"], PUBLISHER: ["Trend"]}, since="2024", until="2025", hidden=["briefs"])
        catalog.facets.values(["briefs"])
        catalog.facets.period()
    finally:
        sql.event.remove(catalog._engine, "before_cursor_execute", plan)
    read = [step for step in plans if "document" in step and step.startswith(("SCAN", "SEARCH"))]
    assert any("document_facts" in step for step in read)
    assert [step for step in read if "INDEX" not in step or " document USING INDEX" in step] == []


def test_who_may_read_a_source_is_kept_though_the_source_goes(catalog: Catalog) -> None:
    before = catalog.generation
    catalog.restrict("papers", ["staff", "board", "staff"])
    assert catalog.facets.restrictions() == {"papers": frozenset(("board", "staff"))}
    assert catalog.generation > before, "what other processes remember of it is stale"
    catalog.remove_source("papers")
    assert catalog.facets.restrictions() == {"papers": frozenset(("board", "staff"))}
    catalog.restrict("papers", ["board"])
    assert catalog.facets.restrictions() == {"papers": frozenset(("board",))}
    catalog.restrict("papers", [])
    assert catalog.facets.restrictions() == {}
    catalog.close()


# A data folder of an earlier version


BRIEF = '---\nparties: ["Latvia", "WHO"]\ntopics: ["ambulance"]\n---\n\nLatvia and WHO signed an agreement.\n'


def forget_subjects(store: Store) -> None:
    """Make the catalog what an earlier version left behind."""
    with store.catalog._engine.begin() as connection:
        connection.execute(sql.delete(tables.state).where(tables.state.c.key == "subjects"))
        connection.execute(sql.text("DROP TABLE subject"))
        connection.execute(sql.text("DROP TABLE restriction"))
        connection.execute(sql.text("DROP INDEX document_facts"))
        for name in ("remarks", "identifiers", "origins"):
            connection.execute(sql.text(f"ALTER TABLE document DROP COLUMN {name}"))


@pytest.mark.parametrize("mend", [sync, reindex])
def test_a_catalog_of_an_earlier_version_is_mended_by_the_next_writer(store: Store, folder: Path, mend) -> None:
    (folder / "brief.md").write_text(BRIEF, encoding="utf-8")
    sync(store)
    (known,) = store.catalog.documents()
    forget_subjects(store)
    store.close()
    again = open_store(store.folder)
    for ask in (again.catalog.facets.values, lambda: again.catalog.facets.select({PARTY: ["Latvia"]})):
        with pytest.raises(CatalogOutdated, match="run: assistant ingest"):
            ask()
    assert again.catalog.facets.select({SOURCE: ["s"]}) == {known.id}, "what is known is answered"
    done = mend(again)
    if mend is sync:
        assert (done.described, done.changed, done.unchanged) == (1, [], ["s/brief.md"])
        assert mend(again).described == 0
    assert again.catalog.facets.select({PARTY: ["Latvia"], TOPIC: ["ambulance"]}) == {known.id}
    assert again.catalog.facets.values()[PARTY] == {"Latvia": 1, "WHO": 1}
    again.close()


def test_a_new_data_folder_has_nothing_to_mend(store: Store, folder: Path) -> None:
    assert store.catalog.facets.values() == {field: {} for field in FIELDS}
    (folder / "brief.md").write_text(BRIEF, encoding="utf-8")
    assert sync(store).described == 0
    assert store.catalog.facets.knows_subjects
