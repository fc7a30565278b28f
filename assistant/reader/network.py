"""The trained part of the reader: a question, or a claim, and a passage read together by one multilingual network.

The layers of multilingual-e5-small, the upper ones trained further by `training/reader`, under three heads: how well
each sentence answers, whether the passage answers at all, and whether it holds a claim. What is trained is shipped as
int8 weights beside this module (`README.md` is its model card); vocabulary, graph and the lowest layers are the
encoder's own file. What comes out are log-odds, not yet calibrated (`calibration`).
"""

import hashlib
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus.document import Span
from corpus.encoder import network
from corpus.encoder.inference import cores, open_session
from corpus.encoder.released import ReleasedWeights
from corpus.encoder.tokenization import shared_pieces
from corpus.errors import ModelMismatch

WEIGHTS = Path(__file__).parent / "reader.npz"
CHECKSUM = "047b94c2fdb5d8275c606930dc83c5edff02a3922a058c4c1d515d5cd77362f7"
# As in training: so many tokens of question, title, date and passage together; the passage is cut.
LONGEST = 384
# The log-odds of a sentence beyond the tokens that were read: it does not answer.
UNREAD = -15.0
_ASKED, _CLAIMED = "query: ", "claim: "
_HEADS = ("sentences", "passage", "support")

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Passage:
    """What is read: the title and date in front, the text, and the places of its sentences."""

    lead: str
    text: str
    sentences: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """The log-odds that each sentence belongs to the answer, and that the passage answers."""

    sentences: tuple[float, ...]
    passage: float


class ReaderNetwork:
    """Reads questions and claims beside passages. Safe to call from many threads.

    Each passage is read alone, by as many threads as there are cores: nothing is padded, and what it makes of a
    passage does not depend on its neighbours. Raises `ModelMismatch` where weights are not those that were trained.
    """

    def __init__(self, weights: Path = WEIGHTS, *, threads: int | None = None, checksum: str = CHECKSUM) -> None:
        self._trained = read_weights(weights, checksum)
        self._released = ReleasedWeights()
        self._opening = threading.Lock()
        self._workers = ThreadPoolExecutor(threads or cores(), thread_name_prefix="reading")

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """What the network makes of each passage."""
        session, tokenizer = self._opened
        # The longest first, so that no thread begins with a long one when the others have ended.
        order = sorted(range(len(passages)), key=lambda number: -len(passages[number].text))
        asked = (passages[number] for number in order)
        found = self._workers.map(lambda passage: self._read(session, tokenizer, question, passage), asked)
        by_number = dict(zip(order, found, strict=True))
        return [by_number[number] for number in range(len(passages))]

    def held(self, claims: Sequence[tuple[str, str]]) -> list[float]:
        """For each claim and passage the log-odds that the passage holds the claim, against false and untold."""
        session, tokenizer = self._opened
        return list(self._workers.map(lambda pair: self._held(session, tokenizer, *pair), claims))

    def _read(self, session: Any, tokenizer: Any, question: str, passage: Passage) -> Reading:
        lead = f"{passage.lead}\n" if passage.lead else ""
        encoded = tokenizer.encode(_ASKED + question, lead + passage.text)
        states = self._states(session, encoded.ids)
        logits = states @ self._trained["sentences.w"] + self._trained["sentences.b"]
        places = _sentences_of(encoded, passage.sentences, len(lead))[: len(states)]
        scores = tuple(_pooled(logits[places == number, 0]) for number in range(len(passage.sentences)))
        whole = states[0] @ self._trained["passage.w"] + self._trained["passage.b"]
        return Reading(scores, float(whole[0]))

    def _held(self, session: Any, tokenizer: Any, claim: str, passage: str) -> float:
        states = self._states(session, tokenizer.encode(_CLAIMED + claim, passage).ids)
        held, *others = states[0] @ self._trained["support.w"] + self._trained["support.b"]
        return float(held - np.logaddexp.reduce(others))

    def _states(self, session: Any, ids: Sequence[int]) -> Floats:
        kept = np.asarray(ids if len(ids) <= LONGEST else [*ids[: LONGEST - 1], ids[-1]])
        inputs = {
            "words": self._released.words(kept)[np.newaxis],
            "lengths": np.asarray([len(kept)], dtype=np.int32),
        }
        states: Floats = session.run(["token_vectors"], inputs)[0][0]
        return states

    @property
    def _opened(self) -> tuple[Any, Any]:
        with self._opening:  # two threads that open the same at once would do so twice
            return self._session, self._tokenizer

    @cached_property
    def _session(self) -> Any:
        layers = {name: value for name, value in self._trained.items() if name.partition(".")[0] not in _HEADS}
        given = network.weights(self._released, "int8") | layers
        return open_session(network.graph("int8"), threads=1, given=given)

    @cached_property
    def _tokenizer(self) -> Any:
        return shared_pieces()


@cache
def shared_network() -> ReaderNetwork:
    """The network with the weights that ship, one for the whole process."""
    return ReaderNetwork()


def read_weights(path: Path, checksum: str) -> Mapping[str, npt.NDArray[Any]]:
    """The trained weights by name. Raises `ModelMismatch` where the file is missing or another."""
    if not path.is_file():
        raise ModelMismatch(f"The reader's weights {path.name} are missing; install the package again.")
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != checksum:
        raise ModelMismatch(
            f"The reader's weights {path.name} are not those that were trained (SHA-256 {found[:12]}…, expected "
            f"{checksum[:12]}…); install the package again."
        )
    with np.load(path) as kept:
        return {
            name: kept[name].astype(np.float32) if kept[name].dtype == np.float16 else kept[name] for name in kept.files
        }


def _sentences_of(encoded: Any, sentences: Sequence[Span], lead: int) -> npt.NDArray[np.int64]:
    """The number of the sentence in which each token stands, -1 for none."""
    numbers = np.full(len(encoded.ids), -1)
    starts = np.asarray([span.start for span in sentences])
    for place, (part, (start, end)) in enumerate(zip(encoded.sequence_ids, encoded.offsets, strict=True)):
        if part == 1 and end > start and len(starts):
            middle = (start + end) / 2 - lead
            number = int(np.searchsorted(starts, middle, side="right")) - 1
            if number >= 0 and middle < sentences[number].end:
                numbers[place] = number
    return numbers


def _pooled(logits: Floats) -> float:
    """Log-sum-exp of a sentence's tokens, less half the log of their number, as in training."""
    if not len(logits):
        return UNREAD
    return float(np.logaddexp.reduce(logits) - 0.5 * np.log(len(logits)))
