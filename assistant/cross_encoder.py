"""The trained part of the evidence reader: question and passage read together, a score for each sentence.

MiniLM with one logit per token, trained by `training/train_reader.py` and shipped as int8 weights beside this module
(`reader/`, with its model card). A sentence's score is the log-sum-exp of its tokens' logits less the logit of the
first token, which stands for "nothing here answers": the log-odds, not yet calibrated, that the sentence answers.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus.document import Span
from corpus.errors import ModelMismatch
from corpus.inference import open_session, open_tokenizer
from corpus.model_files import model_folder

WEIGHTS = Path(__file__).parent / "reader" / "reader.onnx"
CHECKSUM = "f641cb21fbefad03803ae9a9abc21cf5245a2aea9a38592055dcc9ba5a99118f"
# As in training: the question, the title and the passage, cut at so many word pieces.
LONGEST = 256
_BATCH = 8
# The score of a sentence beyond the tokens that were read, and of one that no passage holds: it does not answer.
UNREAD = -10.0


class CrossEncoder:
    """Reads a question together with passages. Safe to call from many threads.

    Raises `ModelMismatch` where the weights are missing or not those that were trained.
    """

    def __init__(self, weights: Path = WEIGHTS, *, threads: int = 2, checksum: str = CHECKSUM) -> None:
        data = verified(weights, checksum)
        self._session: Any = open_session(data, threads=threads)
        self._tokenizer: Any = open_tokenizer(model_folder(), longest=LONGEST)

    def scores(
        self, question: str, titles: Sequence[str], texts: Sequence[str], sentences: Sequence[Sequence[Span]]
    ) -> list[list[float]]:
        """For each passage the scores of its `sentences` (spans of its text)."""
        leads = [f"{title}\n" for title in titles]
        encoded = self._tokenizer.encode_batch(
            [(question, lead + text) for lead, text in zip(leads, texts, strict=True)]
        )
        order = sorted(range(len(encoded)), key=lambda number: len(encoded[number].ids))
        found: list[list[float]] = [[] for _ in encoded]
        for start in range(0, len(order), _BATCH):
            batch = order[start : start + _BATCH]
            logits = self._logits([encoded[number] for number in batch])
            for row, number in enumerate(batch):
                tokens = _token_places(encoded[number], len(leads[number]))
                found[number] = [_score(logits[row], tokens, span) for span in sentences[number]]
        return found

    def _logits(self, encoded: Sequence[Any]) -> npt.NDArray[np.float32]:
        length = max(len(item.ids) for item in encoded)
        inputs = {
            name: np.zeros((len(encoded), length), dtype=np.int64)
            for name in ("input_ids", "attention_mask", "token_type_ids")
        }
        for row, item in enumerate(encoded):
            size = len(item.ids)
            inputs["input_ids"][row, :size] = item.ids
            inputs["attention_mask"][row, :size] = 1
            inputs["token_type_ids"][row, :size] = item.type_ids
        logits: npt.NDArray[np.float32] = self._session.run(["logits"], inputs)[0]
        return logits


def verified(weights: Path = WEIGHTS, checksum: str = CHECKSUM) -> bytes:
    """The bytes of the weights. Raises `ModelMismatch` where they are missing or not those that were trained."""
    if not weights.is_file():
        raise ModelMismatch(f"The reader's weights are missing ({weights.name}); install the package again.")
    data = weights.read_bytes()
    if hashlib.sha256(data).hexdigest() != checksum:
        raise ModelMismatch(f"The reader's weights ({weights.name}) were changed; install the package again.")
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
