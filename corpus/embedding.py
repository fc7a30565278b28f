"""Which code runs an embedding model.

The default model runs on onnxruntime (`onnx_encoder`), any other on sentence-transformers (`sentence_transformer`),
which stays the reference: both give the default model the same vectors, so an index fits either.
"""

from corpus.encoder import Encoder
from corpus.model_files import DEFAULT_MODEL


def open_encoder(model: str = DEFAULT_MODEL) -> Encoder:
    """The encoder of a model by name or folder; raises `ModelMismatch` where its files are missing or changed."""
    if model == DEFAULT_MODEL:
        from corpus.onnx_encoder import OnnxEncoder

        return OnnxEncoder()
    from corpus.sentence_transformer import SentenceTransformerEncoder

    return SentenceTransformerEncoder(model)
