"""The default model's tokenizer, made from the pieces of its released file: SentencePiece's Unigram (Kudo, 2018).

What the model was trained with: NFKC, white space folded, a mark before each word, `<s> text </s>`, and of a pair
`<s> first </s></s> second </s>`. Making it takes the most of what opening the model takes, and reading it from a file
of its own would take as long (docs/performance.md).
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from corpus.encoder.released import ReleasedWeights

# What SentencePiece drops: control characters, and characters without width.
_DROPPED = r"[\x00-\x08\x0b\x0e-\x1f\x7f\u200b-\u200f\ufeff]"


def open_pieces(released: ReleasedWeights) -> Any:
    """A tokenizer that pads and cuts nothing."""
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

    tokenizer = Tokenizer(models.Unigram(released.pieces(), unk_id=released.unknown, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(_DROPPED), "")])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")]
    )
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", released.begin), ("</s>", released.end)],
    )
    return tokenizer


@cache
def shared_pieces() -> Any:
    """The tokenizer of the installed model, one for the whole process: it takes a second and 300 MB to make."""
    return open_pieces(ReleasedWeights())


class PieceCounter:
    """Counts the tokens of texts; as a pickle it is nothing, and opens the tokenizer where it arrives."""

    def __init__(self, tokenizer: Any = None) -> None:
        self._tokenizer = tokenizer or shared_pieces()

    def __reduce__(self) -> tuple[type["PieceCounter"], tuple[()]]:
        return PieceCounter, ()

    def __call__(self, texts: Sequence[str]) -> list[int]:
        """The number of tokens of each text, special tokens not counted."""
        encoded = self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        return [len(item.ids) for item in encoded]
