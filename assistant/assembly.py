"""Settings → a ready assistant: the only place that chooses parts.

An `Assistant` owns an open store and the chain over it. Asking is safe from many threads; adding, removing and
rebuilding take the writer's lock of the data folder.
"""

import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO

from assistant.answer import Answer, Turn
from assistant.chain import AnswerChain
from assistant.compose.generative import GenerativeComposer
from assistant.language.parties import Party
from assistant.model.budget import Budget
from assistant.model.connection import connect
from assistant.model.entailment import WordingEntailment
from assistant.model.provider import LanguageModel
from assistant.model.support import SupportChecker
from assistant.model.understanding import QuestionReader
from assistant.progress import ProgressEvent
from assistant.question.features import features_by
from assistant.question.shapes import Probes
from assistant.reader.network import shared_network
from assistant.reader.reading import EvidenceReader
from assistant.record.news import NewDocument, news
from assistant.record.timeline import Timeline, directory_of, make_timeline, parties_called, parties_named
from assistant.scope.holdings import Holdings
from assistant.scope.scope import EVERYTHING, Scope, hidden_sources, parties_of, visible_document
from assistant.search.retrieval import Hit, HybridRetriever
from assistant.settings import Settings, read_settings
from assistant.suggestions import Suggestions
from corpus.catalog.entries import Source
from corpus.document import Document
from corpus.encoder.e5 import E5Encoder
from corpus.encoder.opening import default_encoder, open_encoder
from corpus.encoder.protocol import Encoder
from corpus.errors import SourceError
from corpus.ingest.pipeline import Progress
from corpus.ingest.rebuild import reindex
from corpus.ingest.sync import SyncReport, sync
from corpus.ingest.uploads import Addition, add_files, remove_upload
from corpus.store.store import Store

BRIEFS = "briefs"


class Assistant:
    """Answers questions over one data folder.

    `chain` is the LangChain Runnable behind `ask`, and `retriever` the LangChain retriever, for use in other chains.
    """

    def __init__(
        self,
        store: Store,
        *,
        passages: int = 12,
        model: LanguageModel | None = None,
        marks_unsupported: bool = False,
    ) -> None:
        self.store = store
        self.model = model
        self.retriever = HybridRetriever(store=store, count=passages)
        network = shared_network()
        composer = question_reader = None
        if model is not None:
            checker = SupportChecker(WordingEntailment(store.encoder))
            composer = GenerativeComposer(model, checker, marks_unsupported=marks_unsupported)
            question_reader = QuestionReader(model)
        probes = Probes(features_by(_encoder_of_probes(store).question_as_it_is))
        self.chain = AnswerChain(store, self.retriever, EvidenceReader(network), probes, composer, question_reader)
        self.suggestions = Suggestions(store, self.chain)
        self.holdings = Holdings(store)
        self._refreshing = threading.Lock()

    def ask(self, question: str, history: Sequence[Turn | str] = (), scope: Scope = EVERYTHING) -> Answer:
        """Answer a question; `history` are the earlier turns of the conversation, oldest first.

        Raises `ScopeError` where `scope` names what no document has.
        """
        self.refresh()
        return self.chain.invoke({"question": question, "history": list(history), "scope": scope})

    def stream(self, question: str, history: Sequence[Turn | str] = (), scope: Scope = EVERYTHING) -> Iterator[Answer]:
        """Yield the answer as it grows; the last one is complete."""
        self.refresh()
        return self.chain.stream({"question": question, "history": list(history), "scope": scope})

    def follow(
        self, question: str, history: Sequence[Turn | str] = (), scope: Scope = EVERYTHING
    ) -> Iterator[ProgressEvent]:
        """Yield each step of answering as it begins, then the answer as it grows; the last one is complete."""
        self.refresh()
        return self.chain.follow({"question": question, "history": list(history), "scope": scope})

    def timeline(
        self, names: Sequence[str], since: int | None = None, until: int | None = None, scope: Scope = EVERYTHING
    ) -> Timeline:
        """What documents report of commitments between the parties of these names, oldest first.

        Raises `TimelineError` where a name is nobody's, or the years make no period.
        """
        self.refresh()
        view = self.chain.views.of(scope)
        return make_timeline(view.record, parties_called(names, directory_of(view.declared)), since, until)

    def brief(self, names: Sequence[str], scope: Scope = EVERYTHING) -> Answer:
        """A briefing on the parties of these names: how far things have come, what they cover, what is not reported.

        Raises `TimelineError` where a name is nobody's.
        """
        self.refresh()
        view = self.chain.views.of(scope)
        *others, last = (party.name for party in parties_called(names, directory_of(view.declared)))
        return self.ask(f"Brief me on {', '.join(others)} and {last}." if others else f"Brief me on {last}.", (), scope)

    def news(self, names: Sequence[str] = (), since: str | None = None, scope: Scope = EVERYTHING) -> list[NewDocument]:
        """The documents that were stored last, newest first, each with the furthest step it reports.

        With `names`, those that name all of these parties; with `since`, a day, those stored then or later. Raises
        `TimelineError` where a name is nobody's.
        """
        self.refresh()
        view = self.chain.views.of(scope)
        parties = parties_called(names, directory_of(view.declared)) if names else ()
        return news(self.store.catalog, view.record, parties=parties, since=since, hidden=view.hidden)

    def parties(self, scope: Scope = EVERYTHING) -> list[Party]:
        """The countries and organisations that documents name, by name."""
        self.refresh()
        view = self.chain.views.of(scope)
        return parties_named(directory_of(view.declared), view.vocabulary)

    def filters(self, scope: Scope = EVERYTHING) -> dict[str, dict[str, int]]:
        """What a scope can be made of: party, topic, … → its values → in how many documents each is.

        Only the groups in `scope` matter: what they may not see is not counted.
        """
        self.refresh()
        return self.chain.views.values(scope)

    def period(self, scope: Scope = EVERYTHING) -> tuple[str, str] | None:
        """The oldest and the newest date of the documents that the groups in `scope` may see."""
        return self.store.catalog.facets.period(hidden_sources(self.store.catalog.facets, scope))

    def document(self, document_id: str, scope: Scope = EVERYTHING) -> Document | None:
        """A document, current or superseded; None where there is none, or the groups in `scope` may not open it."""
        return visible_document(self.store, document_id, scope)

    def search(self, words: str, count: int, scope: Scope = EVERYTHING) -> list[Hit]:
        """The passages nearest to `words`, best first."""
        self.refresh()
        return self.retriever.search(words, count, self.chain.views.of(scope).allowed)

    def refresh(self) -> None:
        """See what other processes added since the last question."""
        with self._refreshing:
            self.store.refresh()

    def add(
        self,
        folder: Path | str,
        *,
        name: str | None = None,
        groups: Collection[str] = (),
        progress: Progress = lambda *_: None,
    ) -> SyncReport:
        """Register a folder as a source and bring the index up to date; with `groups`, for those alone from the start.

        Raises `SourceError` where the folder is missing or the name is taken by another folder.
        """
        source = self._source(Path(folder), name)
        if groups:
            self._set_readers(source.name, groups)
        return sync(self.store, progress, register=source)

    def restrict(self, name: str, groups: Collection[str]) -> None:
        """Let only these groups see a source's documents, or everybody where there is none.

        Raises `SourceError` where there is no such source and never was one under restriction.
        """
        registered = {source.name for source in self.store.catalog.sources()}
        if name not in registered | self.store.catalog.facets.restrictions().keys():
            raise SourceError(
                f"There is no source '{name}'; the sources are: {', '.join(sorted(registered)) or 'none'}."
            )
        self._set_readers(name, groups)

    def add_briefs(self, progress: Progress = lambda *_: None) -> SyncReport:
        """Answer from the shipped briefs too."""
        return self.add(briefs_folder(), name=BRIEFS, progress=progress)

    @property
    def has_had_sources(self) -> bool:
        """Whether a folder was ever added here; false only for a data folder that is new."""
        return bool(self.store.catalog.sources()) or self.store.generation > 0

    def remove(self, name: str, progress: Progress = lambda *_: None) -> SyncReport:
        """Forget a source and everything found in it; its files are left alone."""
        if name not in {source.name for source in self.store.catalog.sources()}:
            known = ", ".join(source.name for source in self.store.catalog.sources()) or "none"
            raise SourceError(f"There is no source '{name}'; the sources are: {known}.")
        return sync(self.store, progress, forget=name)

    def sync(self, progress: Progress = lambda *_: None) -> SyncReport:
        """Bring the index in line with the sources' folders."""
        return sync(self.store, progress)

    def reindex(self, progress: Progress = lambda *_: None) -> int:
        """Rebuild the indexes from the catalog alone; returns the number of passages."""
        return reindex(self.store, progress)

    def add_files(self, files: Iterable[tuple[str, IO[bytes]]]) -> list[Addition]:
        """Keep single files, each with the name it was given under, in the data folder, and answer from them too."""
        return add_files(self.store, files)

    def remove_document(self, document_id: str) -> None:
        """Delete a file that was added singly, and answer from it no more; see `corpus.ingest.uploads`."""
        remove_upload(self.store, document_id)

    def close(self) -> None:
        """Release all files."""
        self.store.close()

    def _set_readers(self, name: str, groups: Collection[str]) -> None:
        with self.store.writing():
            self.store.catalog.restrict(name, groups)

    def _source(self, folder: Path, name: str | None) -> Source:
        if not folder.is_dir():
            what = "is not a folder" if folder.exists() else "does not exist"
            raise SourceError(f"{folder} {what}; give the folder that holds the documents.")
        folder = folder.resolve()
        sources = self.store.catalog.sources()
        if name is None:
            known = next((source for source in sources if source.folder == folder), None)
            return known or Source(_free_name(folder.name or "documents", {source.name for source in sources}), folder)
        taken = next((source for source in sources if source.name == name and source.folder != folder), None)
        if taken is not None:
            raise SourceError(f"The source '{name}' is already the folder {taken.folder}; choose another name.")
        return Source(name, folder)


def open_assistant(
    data_dir: Path | str | None = None,
    *,
    folder: Path | str | None = None,
    encoder: Encoder | None = None,
    settings: Settings | None = None,
    rebuild: bool = False,
) -> Assistant:
    """Open the assistant of a data folder (by default the settings'), and bring `folder` (if given) into its index.

    A data folder without any source answers from nothing until a folder is added; the command line adds the shipped
    briefs then. With `rebuild`, an index of another encoder is accepted, for `Assistant.reindex`.
    """
    settings = settings or read_settings()
    model = language_model(settings)
    encoder = encoder or open_encoder(settings.model, settings.precision)
    assistant = Assistant(
        Store(
            Path(data_dir or settings.data_dir),
            encoder,
            rebuild=rebuild,
            parties_of=parties_of,
            servers=settings.servers,
        ),
        passages=settings.passages,
        model=model,
        marks_unsupported=settings.llm_unsupported == "mark",
    )
    if folder is not None:
        assistant.add(folder)
    return assistant


def language_model(settings: Settings) -> LanguageModel | None:
    """The language model that the settings name, if any; raises `ModelSettingError` where it cannot be set up."""
    if not settings.llm:
        return None
    key = settings.llm_key.get_secret_value() if settings.llm_key else ""
    prices = None
    if settings.llm_price_in is not None and settings.llm_price_out is not None:
        prices = (settings.llm_price_in, settings.llm_price_out)
    budget = Budget(settings.llm_calls_a_day, settings.llm_calls_a_day_each)
    return connect(
        settings.llm, url=settings.llm_url, key=key, timeout=settings.llm_timeout, prices=prices, budget=budget
    )


def briefs_folder() -> Path:
    """The briefs that come with the package."""
    import corpus

    return Path(str(corpus.__file__)).parent / "documents"


def _encoder_of_probes(store: Store) -> E5Encoder:
    """The store's encoder where it is the default model, on whose vectors the probes were fitted; else that model."""
    return store.encoder if isinstance(store.encoder, E5Encoder) else default_encoder()


def _free_name(name: str, taken: set[str]) -> str:
    candidates = [name, *(f"{name}-{number}" for number in range(2, len(taken) + 3))]
    return next(candidate for candidate in candidates if candidate not in taken)
