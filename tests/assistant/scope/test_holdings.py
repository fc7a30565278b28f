from each import each

from assistant.scope.holdings import Holdings, Order, Wanted, listed
from corpus.catalog.entries import Summary
from corpus.ingest.sync import sync


def summary(title="A title", **values):
    settings = {"id": title, "source": "s", "path": "a.txt", "publisher": None, "published": None, "language": "en"}
    return Summary(**{**settings, "parties": (), "passages": 1, "title": title, **values})


DOCUMENTS = [
    summary("Joniškis hospital", publisher="LRT", published="2022-05", parties=("Latvia", "Lithuania")),
    summary("ambulances", publisher="Āzija", published="2024", language="lv"),
    summary("Vaccines", published="2023-01-02", path="baltic/v.pdf", source="t"),
    summary("Beds"),
]


@each(
    ("wanted", "titles"),
    [
        (Wanted(), ["ambulances", "Vaccines", "Joniškis hospital", "Beds"]),
        (Wanted(order=Order.OLDEST), ["Joniškis hospital", "Vaccines", "ambulances", "Beds"]),
        (Wanted(order=Order.TITLE), ["ambulances", "Beds", "Joniškis hospital", "Vaccines"]),
        (Wanted(order=Order.PUBLISHER), ["ambulances", "Joniškis hospital", "Beds", "Vaccines"]),
        (Wanted("JONISKIS lithuania"), ["Joniškis hospital"]),
        (Wanted("lrt"), ["Joniškis hospital"]),
        (Wanted("baltic v.pdf"), ["Vaccines"]),
        (Wanted("hospital vaccines"), []),
        (Wanted(publisher="Āzija"), ["ambulances"]),
        (Wanted(language="en", order=Order.TITLE), ["Beds", "Joniškis hospital", "Vaccines"]),
        (Wanted(publisher="nobody"), []),
        (Wanted(source="s", order=Order.TITLE), ["ambulances", "Beds", "Joniškis hospital"]),
    ],
)
def test_documents_are_found_by_words_publisher_and_language_in_order(wanted, titles):
    assert [document.title for document in listed(DOCUMENTS, wanted)] == titles


def test_holdings_follow_the_store(store, folder):
    holdings = Holdings(store)
    assert (holdings.overview().documents, holdings.overview().failures) == ((), ())
    (folder / "a.txt").write_text("The minister spoke in Oslo.")
    (folder / "b.pdf").write_text("no")
    sync(store)
    overview = holdings.overview()
    assert [document.path for document in overview.documents] == ["a.txt"]
    assert [failure.path for failure in overview.failures] == ["b.pdf"]
    (held,) = overview.sources
    assert (held.source, held.documents, held.passages, held.failed) == ("s", 1, 1, 1)
    (folder / "b.pdf").unlink()
    sync(store)
    assert holdings.overview().failures == ()
