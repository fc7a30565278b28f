"""Which code runs an embedding model: the default's runs on onnxruntime (`e5`), any other on sentence-transformers.

That stays the reference too, which gives the default model the same vectors.
"""

from functools import cache

from corpus.encoder.e5 import E5Encoder
from corpus.encoder.model_files import DEFAULT_MODEL, Precision
from corpus.encoder.protocol import Encoder


def open_encoder(model: str = DEFAULT_MODEL, precision: Precision = "int8") -> Encoder:
    """The encoder of a model by name or folder; `precision` is the default's, another model runs as it is.

    Raises `ModelMismatch` where its files are missing or changed, or what runs it is not installed.
    """
    if model == DEFAULT_MODEL:
        return E5Encoder(precision=precision)
    from corpus.encoder.sentence_transformer import SentenceTransformerEncoder

    return SentenceTransformerEncoder(model)


@cache
def default_encoder() -> E5Encoder:
    """The default model, one for the whole process: for what was fitted on its vectors, whatever the index is of."""
    return E5Encoder()
