"""The words of one source's passages: the one owner of tantivy.

Words are lower-cased, stripped of accents (Joniškis is found as Joniskis) and stemmed for English. What is asked is a
plain list of terms with weights, never a query language, so no character has a meaning. Each source has an index of
its own, so that nothing counted in one is counted in another; `keywords` searches those that somebody may see.
"""

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from corpus.document import Document, Passage
from corpus.errors import DataFolderDamaged
from corpus.text.sections import contexts_of

TEXT, TITLE = "text", "title"
# A title's words count for more than the same words in the text: it says what the passage is about.
TITLE_BOOST = 1.5
_ANALYZER = "passage_words"
_WRITER_MEMORY_BYTES = 32_000_000

# Field → term → by how much more or less than this source's own statistics say the term counts.
Weights = Mapping[str, Mapping[str, float]]


class SourceWords:
    """The tantivy index in `folder`. One writer at a time: the caller holds the lock."""

    def __init__(self, folder: Path) -> None:
        import tantivy

        self._tantivy = tantivy
        self._writer: Any = None
        folder.mkdir(parents=True, exist_ok=True)
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("passage_id", stored=True, tokenizer_name="raw", index_option="basic")
        builder.add_text_field("document_id", stored=True, tokenizer_name="raw", index_option="basic")
        builder.add_text_field(TITLE, tokenizer_name=_ANALYZER, index_option="freq")
        builder.add_text_field(TEXT, tokenizer_name=_ANALYZER, index_option="freq")
        self._schema = builder.build()
        try:
            self._index = tantivy.Index(self._schema, path=str(folder))
        except (ValueError, OSError) as error:
            raise DataFolderDamaged(
                f"The keyword index {folder} cannot be opened ({error}); run: assistant reindex"
            ) from error
        self._index.register_tokenizer(_ANALYZER, _analyzer())

    @property
    def is_being_written(self) -> bool:
        """Whether something was added or removed since the last `commit`."""
        return self._writer is not None

    def add(self, document: Document, passages: Sequence[Passage]) -> None:
        """Index the passages of one document, in place of any it had; not visible before `commit`."""
        writer = self._opened_writer()
        writer.delete_documents_by_term("document_id", document.id)
        contexts = contexts_of(document, [passage.span for passage in passages])
        for context, passage in zip(contexts, passages, strict=True):
            writer.add_document(
                self._tantivy.Document(passage_id=passage.id, document_id=document.id, title=context, text=passage.text)
            )

    def remove(self, document_id: str) -> None:
        """Delete every passage of a document; not visible before `commit`. Where there is none, nothing is written."""
        if self.is_being_written or self._index.searcher().doc_freq("document_id", document_id):
            self._opened_writer().delete_documents_by_term("document_id", document_id)

    def commit(self) -> None:
        """Make all that was added and removed durable and searchable, at once, and let go of the writer."""
        if self._writer is not None:
            self._writer.commit()
            self._writer.wait_merging_threads()
            self._writer = None
        self.reload()

    def discard(self) -> None:
        """Drop what was added and removed since the last `commit`, and let go of the writer."""
        self._writer = None

    def reload(self) -> None:
        """See what another process committed."""
        self._index.reload()

    def best(self, weights: Weights, count: int, documents: Collection[str] | None = None) -> list[tuple[str, float]]:
        """The best passages that hold any of the terms as (passage id, score); with `documents`, of those alone."""
        query = self._query(weights)
        if documents is not None:
            query = self._among(query, documents)
        searcher = self._index.searcher()
        return [
            (searcher.doc(address)["passage_id"][0], float(score))
            for score, address in searcher.search(query, count, count=False).hits
        ]

    def document_frequency(self, term: str, field: str = TEXT) -> int:
        """In how many passages, or titles of passages, an index term occurs."""
        return int(self._index.searcher().doc_freq(field, term))

    def count(self) -> int:
        """How many passages the index holds."""
        return int(self._index.searcher().num_docs)

    def _opened_writer(self) -> Any:
        if self._writer is None:
            self._writer = self._index.writer(_WRITER_MEMORY_BYTES, 1)
            # A commit that was killed leaves files whose names the next commit would choose again, and fail.
            self._writer.garbage_collect_files()
        return self._writer

    def _query(self, weights: Weights) -> Any:
        query, occur = self._tantivy.Query, self._tantivy.Occur
        clauses = []
        for field, terms in weights.items():
            for term, weight in terms.items():
                found = query.term_query(self._schema, field, term, index_option="freq")
                boost = weight * TITLE_BOOST if field == TITLE else weight
                clauses.append((occur.Should, found if boost == 1.0 else query.boost_query(found, boost)))
        return query.boolean_query(clauses)

    def _among(self, query: Any, documents: Collection[str]) -> Any:
        """The query for these documents alone; scores stay what they are."""
        kind, occur = self._tantivy.Query, self._tantivy.Occur
        wanted = kind.term_set_query(self._schema, "document_id", list(documents))
        return kind.boolean_query([(occur.Must, query), (occur.Must, kind.const_score_query(wanted, 0.0))])


def exists(folder: Path) -> bool:
    """Whether there is an index in a folder; one that is just being made is not there yet."""
    import tantivy

    return bool(tantivy.Index.exists(str(folder)))


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
