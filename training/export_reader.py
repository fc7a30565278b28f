"""Writes trained weights as the int8 ONNX file that the assistant ships.

    python training/export_reader.py --model FOLDER --checkpoint reader.pt --out assistant/reader

Weights are quantised to int8 after training (dynamic quantisation, per channel), and attention becomes onnxruntime's
own operator; the file holds no optimiser state, and its SHA-256 goes into `assistant/reader/cross_encoder.py`.
"""

import argparse
import hashlib
import sys
import tempfile
from pathlib import Path

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from training.fused_attention import fuse_attention
from training.train_reader import Reader

INPUTS = ("input_ids", "attention_mask", "token_type_ids")


def export(start: Path, checkpoint: Path, target: Path) -> None:
    """Write `checkpoint`, trained from the model folder `start`, to `target` as ONNX with int8 weights."""
    model = Reader(start)
    model.load_state_dict(torch.load(checkpoint, map_location="cpu"))
    model.eval()
    model.encoder.config._attn_implementation = "eager"
    example = {name: torch.ones(2, 16, dtype=torch.long) for name in INPUTS}
    batch, tokens = torch.export.Dim("batch"), torch.export.Dim("tokens")
    with tempfile.TemporaryDirectory() as folder:
        full = Path(folder) / "reader.onnx"
        torch.onnx.export(
            model,
            tuple(example.values()),
            str(full),
            input_names=list(INPUTS),
            output_names=["logits"],
            dynamic_shapes={name: {0: batch, 1: tokens} for name in INPUTS},
            dynamo=True,
        )
        quantize_dynamic(full, target, weight_type=QuantType.QInt8, per_channel=True)
    quantised = onnx.load(target)
    fuse_attention(quantised, model.encoder.config.num_attention_heads)
    _forget_origin(quantised)
    onnx.save(quantised, target)


def _forget_origin(model: onnx.ModelProto) -> None:
    """Take out what the exporter noted of each node: stack traces, with the paths of the machine it ran on."""
    for part in (model, model.graph, *model.graph.node, *model.graph.value_info):
        del part.metadata_props[:]


def main() -> None:
    """Export and print the size and checksum."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True, help="folder of all-MiniLM-L6-v2")
    parser.add_argument("--checkpoint", type=Path, default=Path("reader.pt"))
    parser.add_argument("--out", type=Path, default=Path("assistant/reader/reader.onnx"))
    arguments = parser.parse_args()
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    export(arguments.model, arguments.checkpoint, arguments.out)
    data = arguments.out.read_bytes()
    print(f"{arguments.out}: {len(data) / 1e6:.1f} MB, sha256 {hashlib.sha256(data).hexdigest()}")


if __name__ == "__main__":
    main()
