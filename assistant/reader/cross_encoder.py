"""The trained part of the evidence reader: question and passage read together, a score for each sentence.

MiniLM with one logit per token, trained by `training/train_reader.py` and shipped beside this module: int8 weights,
MiniLM's tokenizer, and a model card. A sentence's score is the log-sum-exp of its tokens' logits less the logit of the
first token, which stands for "nothing here answers": the log-odds, not yet calibrated, that the sentence answers.
"""

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus.document import Span
from corpus.encoder.inference import cores, open_session, read_tokenizer
from corpus.errors import ModelMismatch

WEIGHTS = Path(__file__).parent / "reader.onnx"
CHECKSUM = "27305ed473d6fd5c41be0ac089bb48d9188f1d113ed4b5aff0bbe97fce6e0c0e"
TOKENIZER = Path(__file__).parent / "tokenizer.json"
TOKENIZER_CHECKSUM = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
# As in training: the question, the title and the passage, cut at so many word pieces.
LONGEST = 256
# The score of a sentence beyond the tokens that were read, and of one that no passage holds: it does not answer.
UNREAD = -10.0


class CrossEncoder:
    """Reads a question together with passages. Safe to call from many threads.

    Each passage is read alone, by as many threads as there are cores: nothing is padded, which halves the work, and
    what it makes of a passage does not depend on its neighbours, which dynamic quantisation would let it.

    Raises `ModelMismatch` where the weights are missing or not those that were trained.
    """

    def __init__(self, weights: Path = WEIGHTS, *, threads: int | None = None, checksum: str = CHECKSUM) -> None:
        data = verified(weights, checksum)
        self._session: Any = open_session(data, threads=1)
        self._tokenizer: Any = read_tokenizer(verified(TOKENIZER, TOKENIZER_CHECKSUM), longest=LONGEST)
        self._reading = ThreadPoolExecutor(threads or cores(), thread_name_prefix="reading")

    def scores(
        self, question: str, titles: Sequence[str], texts: Sequence[str], sentences: Sequence[Sequence[Span]]
    ) -> list[list[float]]:
        """For each passage the scores of its `sentences` (spans of its text)."""
        pairs = list(zip(titles, texts, strict=True))
        # The longest first, so that no thread begins with a long one when the others have ended.
        order = sorted(range(len(pairs)), key=lambda number: -sum(map(len, pairs[number])))
        in_order = ((pairs[number], sentences[number]) for number in order)
        read = self._reading.map(lambda given: self._read(question, *given), in_order)
        found = dict(zip(order, read, strict=True))
        return [found[number] for number in range(len(pairs))]

    def _read(self, question: str, pair: tuple[str, str], sentences: Sequence[Span]) -> list[float]:
        """The scores of the sentences of one passage, given with its title."""
        title, text = pair
        lead = f"{title}\n"
        encoded = self._tokenizer.encode(question, lead + text)
        parts = {"input_ids": encoded.ids, "token_type_ids": encoded.type_ids}
        inputs = {name: np.asarray([values], dtype=np.int64) for name, values in parts.items()}
        logits = self._session.run(["logits"], inputs)[0][0]
        places = _token_places(encoded, len(lead))
        return [_score(logits, places, span) for span in sentences]


def verified(file: Path = WEIGHTS, checksum: str = CHECKSUM) -> bytes:
    """The bytes of the reader's file. Raises `ModelMismatch` where it is missing or not what it was trained with."""
    if not file.is_file():
        raise ModelMismatch(f"The reader's file {file.name} is missing; install the package again.")
    data = file.read_bytes()
    if hashlib.sha256(data).hexdigest() != checksum:
        raise ModelMismatch(f"The reader's file {file.name} was changed; install the package again.")
    return data


def _token_places(encoded: Any, lead: int) -> list[tuple[int, int, int]]:
    """(token, start, end) in the passage's text of every token of it."""
    return [
        (token, start - lead, end - lead)
        for token, ((start, end), part) in enumerate(zip(encoded.offsets, encoded.sequence_ids, strict=True))
        if part == 1 and start >= lead and end > start
    ]


def _score(logits: npt.NDArray[np.float32], tokens: Sequence[tuple[int, int, int]], sentence: Span) -> float:
    inside = [logits[token] for token, start, end in tokens if start < sentence.end and end > sentence.start]
    if not inside:
        return UNREAD
    return float(np.logaddexp.reduce(np.asarray(inside, dtype=np.float64)) - logits[0])
