"""Which code runs an embedding model.

The default model runs on onnxruntime (`onnx_encoder`), and so does multilingual-e5-small (`e5`); any other on
sentence-transformers (`sentence_transformer`), which stays the reference: both give a model the same vectors.
"""

from corpus.encoder.model_files import DEFAULT_MODEL, MULTILINGUAL_MODEL, Precision
from corpus.encoder.protocol import Encoder
from corpus.errors import ModelMismatch


def open_encoder(model: str = DEFAULT_MODEL, precision: Precision = "auto") -> Encoder:
    """The encoder of a model by name or folder, in one of the precisions it is run in.

    Raises `ModelMismatch` where its files are missing or changed, or it cannot be had in that precision.
    """
    if model == DEFAULT_MODEL:
        from corpus.encoder.onnx_encoder import OnnxEncoder

        return OnnxEncoder(precision=precision)
    if model == MULTILINGUAL_MODEL:
        from corpus.encoder.e5 import E5Encoder

        return E5Encoder(precision="float32" if precision == "float32" else "int8")
    if precision == "int8":
        raise ModelMismatch(
            f"Only {DEFAULT_MODEL} and {MULTILINGUAL_MODEL} can be had in {precision}; "
            "unset ASSISTANT_PRECISION or the model."
        )
    from corpus.encoder.sentence_transformer import SentenceTransformerEncoder

    return SentenceTransformerEncoder(model)
