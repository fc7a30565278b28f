"""Writes the default model as a folder that sentence-transformers opens: the reference of the parity test.

    python -m training.encoder_folder OUT

Also what training starts from and what peers are measured with. The weights are those of the released file, opened to
32 bits; the tokenizer is ours, and the prefixes of questions and passages are the folder's prompts. Needs the extra
`models`.
"""

import argparse
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from corpus.encoder.network import DENSE
from corpus.encoder.protocol import LONGEST_INPUT
from corpus.encoder.released import Floats, ReleasedWeights
from corpus.encoder.tokenization import open_pieces

PROMPTS = {"query": "query: ", "document": "passage: "}
_MARKS = {"bos": "<s>", "cls": "<s>", "eos": "</s>", "sep": "</s>", "pad": "<pad>", "unk": "<unk>", "mask": "<mask>"}
# What a layer's parts are called in the released file, and in BERT's own implementation.
_PARTS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "fi": "intermediate.dense",
    "fo": "output.dense",
}
_NORMS = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}


def write_folder(out: Path) -> None:
    """Write the model, its tokenizer and how sentence-transformers is to use them."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
    from transformers import PreTrainedTokenizerFast

    released = ReleasedWeights()
    marks = {f"{name}_token": mark for name, mark in _MARKS.items()}
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=open_pieces(released), model_max_length=LONGEST_INPUT, **marks)
    with tempfile.TemporaryDirectory() as bare:
        _model(released).save_pretrained(bare)
        tokenizer.save_pretrained(bare)
        modules = [Transformer(bare), Pooling(released.shape.hidden, "mean"), Normalize()]
        SentenceTransformer(modules=modules, prompts=PROMPTS, device="cpu").save(str(out), create_model_card=False)


def _model(released: ReleasedWeights) -> Any:
    import torch
    from transformers import BertConfig, BertModel

    shape = released.shape
    config = BertConfig(
        vocab_size=shape.vocabulary,
        hidden_size=shape.hidden,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        intermediate_size=shape.intermediate,
        max_position_embeddings=shape.places,
        layer_norm_eps=released.epsilon,
        pad_token_id=released.padding,
    )
    model = BertModel(config, add_pooling_layer=False)
    values = {name: torch.from_numpy(np.array(value)) for name, value in weights_by_name(released).items()}
    model.load_state_dict(values)
    return model


def weights_by_name(released: ReleasedWeights) -> dict[str, Floats]:
    """All weights, as BERT's own implementation names them."""
    shape = released.shape
    everything = np.arange(shape.vocabulary)
    found = {
        "embeddings.word_embeddings.weight": released.words(everything),
        "embeddings.position_embeddings.weight": released.vector("emb.pos", shape.places, shape.hidden),
        "embeddings.token_type_embeddings.weight": np.tile(released.vector("emb.type", 1, shape.hidden), (2, 1)),
        "embeddings.LayerNorm.weight": released.vector("emb.ln.w", shape.hidden),
        "embeddings.LayerNorm.bias": released.vector("emb.ln.b", shape.hidden),
    }
    sizes = {"fi": (shape.intermediate, shape.hidden), "fo": (shape.hidden, shape.intermediate)}
    for layer in range(shape.layers):
        theirs = f"encoder.layer.{layer}"
        for part in DENSE:
            rows, columns = sizes.get(part, (shape.hidden, shape.hidden))
            found[f"{theirs}.{_PARTS[part]}.weight"] = released.matrix(f"l{layer}.{part}.w", rows, columns)
            found[f"{theirs}.{_PARTS[part]}.bias"] = released.vector(f"l{layer}.{part}.b", rows)
        for norm, name in _NORMS.items():
            found[f"{theirs}.{name}.weight"] = released.vector(f"l{layer}.{norm}.w", shape.hidden)
            found[f"{theirs}.{name}.bias"] = released.vector(f"l{layer}.{norm}.b", shape.hidden)
    return found


def main() -> None:
    """Write the folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    write_folder(parser.parse_args().out)


if __name__ == "__main__":
    main()
