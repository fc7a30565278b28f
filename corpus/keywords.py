"""BM25 over passages: the one owner of tantivy.

Words are lower-cased, stripped of accents (Joniškis is found as Joniskis) and stemmed for English. Questions are
turned into a plain "any of these words" query, never parsed as a query language, so no character has a meaning.
Like the vectors, the index is derived from the catalog and may lag behind it.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from corpus.allowed import Allowed
from corpus.document import Document, Passage
from corpus.errors import DataFolderDamaged

_ANALYZER = "passage_words"
# A title's words count for more than the same words in the text: it says what the passage is about.
TITLE_BOOST = 1.5
_WRITER_MEMORY_BYTES = 32_000_000
# The index itself looks for so many allowed documents; of more, hits are fetched until enough of them are allowed.
_MOST_LOOKED_FOR = 5_000
_FEWEST_FETCHED, _GROWTH = 20, 4


class KeywordIndex:
    """The tantivy index in `folder`. One writer at a time: the caller holds the lock."""

    def __init__(self, folder: Path) -> None:
        import tantivy

        self._tantivy = tantivy
        folder.mkdir(parents=True, exist_ok=True)
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("passage_id", stored=True, tokenizer_name="raw", index_option="basic")
        builder.add_text_field("document_id", stored=True, tokenizer_name="raw", index_option="basic")
        builder.add_text_field("title", tokenizer_name=_ANALYZER, index_option="freq")
        builder.add_text_field("text", tokenizer_name=_ANALYZER, index_option="freq")
        self._schema = builder.build()
        try:
            self._index = tantivy.Index(self._schema, path=str(folder))
        except (ValueError, OSError) as error:
            raise DataFolderDamaged(
                f"The keyword index {folder} cannot be opened ({error}); run: assistant reindex"
            ) from error
        self._index.register_tokenizer(_ANALYZER, _analyzer())

    def add(self, document: Document, passages: Sequence[Passage]) -> None:
        """Index the passages of one document, in place of any it had; not visible before `commit`."""
        writer = self._writer()
        writer.delete_documents_by_term("document_id", document.id)
        for passage in passages:
            writer.add_document(
                self._tantivy.Document(
                    passage_id=passage.id, document_id=document.id, title=document.title, text=passage.text
                )
            )

    def remove(self, document_id: str) -> None:
        """Delete every passage of a document; not visible before `commit`."""
        self._writer().delete_documents_by_term("document_id", document_id)

    def commit(self) -> None:
        """Make all that was added and removed durable and searchable, at once, and let go of the writer."""
        if self._open_writer is not None:
            self._open_writer.commit()
            self._open_writer.wait_merging_threads()
            self._open_writer = None
        self._index.reload()

    def discard(self) -> None:
        """Drop what was added and removed since the last `commit`, and let go of the writer."""
        self._open_writer = None

    def search(self, text: str, count: int, allowed: Allowed | None = None) -> list[tuple[str, float]]:
        """The best passages as (passage id, BM25 score), best first; ties in order of id. With `allowed`, of those."""
        query = self._query(text)
        hits = [] if query is None else self._best(query, count, allowed)
        return sorted(hits, key=lambda hit: (-hit[1], hit[0]))

    def _best(self, query: Any, count: int, allowed: Allowed | None) -> list[tuple[str, float]]:
        if allowed is None:
            return self._hits(query, count)
        if not allowed:
            return []
        if len(allowed) <= _MOST_LOOKED_FOR:
            return self._hits(self._among(query, allowed), count)
        fetched = max(2 * count, _FEWEST_FETCHED)
        while True:
            hits = self._hits(query, fetched)
            found = [hit for hit in hits if allowed.holds(hit[0])]
            if len(found) >= count or len(hits) < fetched:
                return found[:count]
            fetched *= _GROWTH

    def _hits(self, query: Any, count: int) -> list[tuple[str, float]]:
        searcher = self._index.searcher()
        return [
            (searcher.doc(address)["passage_id"][0], float(score))
            for score, address in searcher.search(query, count, count=False).hits
        ]

    def _among(self, query: Any, allowed: Allowed) -> Any:
        """The query for allowed documents alone; scores stay what they are."""
        kind, occur = self._tantivy.Query, self._tantivy.Occur
        documents = kind.term_set_query(self._schema, "document_id", list(allowed.documents))
        return kind.boolean_query([(occur.Must, query), (occur.Must, kind.const_score_query(documents, 0.0))])

    def analyze(self, text: str) -> list[str]:
        """The index terms of a text, in order; see `analyze`."""
        return analyze(text)

    def document_frequency(self, term: str, allowed: Allowed | None = None) -> int:
        """In how many passages an index term occurs; with `allowed`, in how many of those."""
        searcher = self._index.searcher()
        if allowed is None:
            return int(searcher.doc_freq("text", term))
        return int(searcher.search(self._among(self._term(term), allowed), 1).count or 0) if allowed else 0

    def occurs(self, term: str, allowed: Allowed | None = None) -> bool:
        """Whether any passage, or with `allowed` any of those, holds an index term."""
        return bool(self.document_frequency(term)) and (
            allowed is None or bool(self._best(self._term(term), 1, allowed))
        )

    def _term(self, term: str) -> Any:
        return self._tantivy.Query.term_query(self._schema, "text", term, index_option="freq")

    def count(self) -> int:
        """How many passages the index holds."""
        return int(self._index.searcher().num_docs)

    def reload(self) -> None:
        """See what another process committed."""
        self._index.reload()

    _open_writer: Any = None

    def _writer(self) -> Any:
        if self._open_writer is None:
            self._open_writer = self._index.writer(_WRITER_MEMORY_BYTES, 1)
            # A commit that was killed leaves files whose names the next commit would choose again, and fail.
            self._open_writer.garbage_collect_files()
        return self._open_writer

    def _query(self, text: str) -> Any:
        query, occur = self._tantivy.Query, self._tantivy.Occur
        clauses = []
        for term in dict.fromkeys(self.analyze(text)):
            in_text = query.term_query(self._schema, "text", term, index_option="freq")
            in_title = query.boost_query(
                query.term_query(self._schema, "title", term, index_option="freq"), TITLE_BOOST
            )
            clauses += [(occur.Should, in_text), (occur.Should, in_title)]
        return query.boolean_query(clauses) if clauses else None


def analyze(text: str) -> list[str]:
    """The index terms of a text, in order: stemmed, lower-cased, without accents and stop words."""
    return list(_analyzer().analyze(text))


@cache
def _analyzer() -> Any:
    import tantivy

    filters = tantivy.Filter
    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(filters.remove_long(80))
        .filter(filters.lowercase())
        .filter(filters.ascii_fold())
        .filter(filters.stopword("english"))
        .filter(filters.stemmer("english"))
        .build()
    )
