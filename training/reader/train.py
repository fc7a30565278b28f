"""Trains the reader, for as many minutes as there are, and goes on where it stopped.

    python -m training.reader.train --encoder FOLDER --keep FOLDER --minutes 60 [--sets public domain] [--finish]

`FOLDER` of `--encoder` is the encoder as a model folder (`training/encoder_folder.py`). The learning rate warms up and
then stays, so that evenings add up; `--finish` lets it fall to nothing over the minutes given, from the last
checkpoint, which it leaves as it is, and writes `finished.pt` (warm-up, stable, decay: Hu et al., 2024). The seed is
fixed; a checkpoint holds weights, optimizer and the place in the data.
"""

import argparse
import json
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from torch import nn

from training.reader.examples import Pair, domain, public, trained_clusters
from training.reader.figures import measured
from training.reader.network import Encoded, Network, collate, encode, losses, open_tokenizer

SEED = 20261201
_TOKENS_AT_ONCE = 3600
_LAYERS_RATE, _HEADS_RATE = 6e-5, 8e-4
_WARM_UP_STEPS = 150
_SAVED_EVERY = 10 * 60  # seconds


def main() -> None:
    """Train, save, and print what was reached on held-back documents."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--encoder", type=Path, required=True)
    parser.add_argument("--keep", type=Path, required=True, help="where checkpoints are kept, outside the checkout")
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--sets", nargs="+", default=["public", "domain"], choices=["public", "domain"])
    parser.add_argument("--domain-passes", type=int, default=1, help="so often the domain's pairs stand in one pass")
    parser.add_argument("--layers", type=int, default=12)
    parser.add_argument("--frozen", type=int, default=4, help="so many of the lowest layers stay as they are")
    parser.add_argument("--most", type=int, default=10**9, help="so many public pairs at most")
    parser.add_argument("--finish", action="store_true")
    parser.add_argument("--measure-only", action="store_true", help="print the figures of the last weights")
    run(parser.parse_args())


def run(arguments: argparse.Namespace) -> None:
    """One sitting."""
    torch.manual_seed(SEED)
    arguments.keep.mkdir(parents=True, exist_ok=True)
    network = Network(arguments.encoder, arguments.layers, arguments.frozen)
    optimizer = torch.optim.AdamW(
        [{"params": network.layers(), "lr": _LAYERS_RATE}, {"params": network.heads(), "lr": _HEADS_RATE}],
        weight_decay=0.01,
    )
    step = _resume(arguments, network, optimizer)
    if not arguments.measure_only:
        data = training_data(arguments)
        step = _train(network, optimizer, data, step, arguments)
        _save(arguments, network, optimizer, step)
    print(json.dumps(measured(network, open_tokenizer(arguments.encoder)), indent=1), flush=True)


def training_data(arguments: argparse.Namespace) -> list[Encoded]:
    """Every pair as numbers, in an order that the seed decides."""
    generator = random.Random(SEED)
    tokenizer = open_tokenizer(arguments.encoder)
    whole = open_tokenizer(arguments.encoder)
    whole.no_truncation()

    def count(texts: Sequence[str]) -> list[int]:
        return [len(read.ids) - 2 for read in whole.encode_batch(list(texts))] if texts else []

    pairs: list[Pair] = []
    if "public" in arguments.sets:
        pairs += generator.sample(found := public(count, generator), min(len(found), arguments.most))
    for _ in range(arguments.domain_passes if "domain" in arguments.sets else 0):
        pairs += domain(trained_clusters(), generator)  # windows and neighbours anew each time
    encoded = [item for item in (encode(tokenizer, pair) for pair in pairs) if item is not None]
    generator.shuffle(encoded)
    claims, tokens = sum(item.verdict is not None for item in encoded), sum(len(item.ids) for item in encoded)
    left_out = len(pairs) - len(encoded)
    print(f"{len(encoded)} pairs ({left_out} left out), {claims} of them claims, {tokens} tokens", flush=True)
    return encoded


def batches(data: Sequence[Encoded], pass_number: int) -> list[list[Encoded]]:
    """One pass over the data in batches of about as many tokens, of like lengths, in random order."""
    generator = random.Random(SEED + pass_number)
    order = list(data)
    generator.shuffle(order)
    cut: list[list[Encoded]] = []
    for start in range(0, len(order), 800):
        batch: list[Encoded] = []
        for item in sorted(order[start : start + 800], key=lambda item: len(item.ids)):
            if batch and (len(batch) + 1) * len(item.ids) > _TOKENS_AT_ONCE:
                cut.append(batch)
                batch = []
            batch.append(item)
        if batch:
            cut.append(batch)
    generator.shuffle(cut)
    return cut


def _endless(data: Sequence[Encoded], done: int) -> Iterator[list[Encoded]]:
    """Batch after batch, pass after pass, without the first `done`."""
    pass_number = 0
    while True:
        cut = batches(data, pass_number)
        yield from cut[done:] if done < len(cut) else ()
        done = max(0, done - len(cut))
        pass_number += 1


def _train(
    network: Network, optimizer: torch.optim.Optimizer, data: list[Encoded], step: int, arguments: argparse.Namespace
) -> int:
    network.train()
    begun = saved = time.monotonic()
    first, running, seen = step, 0.0, 0
    per_pass = len(batches(data, 0))
    for batch in _endless(data, step):
        elapsed = (time.monotonic() - begun) / 60
        if elapsed > arguments.minutes:
            break
        left = max(0.02, 1 - elapsed / arguments.minutes) if arguments.finish else 1.0
        warm = min(1.0, (step + 1) / _WARM_UP_STEPS)
        for group, rate in zip(optimizer.param_groups, (_LAYERS_RATE, _HEADS_RATE), strict=True):
            group["lr"] = rate * warm * left
        with torch.autocast("cpu", torch.bfloat16):
            loss = losses(network, collate(batch))
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        step, running, seen = step + 1, running + loss.item(), seen + len(batch)
        if step % 50 == 0:
            print(f"step {step} (pass {step / per_pass:.2f}) loss {running / 50:.3f} {elapsed:.1f} min"
                  f" {seen / max(elapsed, 1e-3):.0f} pairs a minute", flush=True)  # fmt: skip
            running = 0.0
        if time.monotonic() - saved > _SAVED_EVERY and not arguments.finish:
            _save(arguments, network, optimizer, step)
            saved = time.monotonic()
    print(f"{step - first} steps, {seen} pairs", flush=True)
    return step


def _save(arguments: argparse.Namespace, network: Network, optimizer: torch.optim.Optimizer, step: int) -> None:
    """Write the checkpoint beside its place and then put it there, so that a kill leaves the last one whole."""
    frozen = "encoder.embeddings.word_embeddings.weight"
    weights = {name: value for name, value in network.state_dict().items() if name != frozen}
    kept = {"weights": weights, "step": step}
    if not arguments.finish:
        kept["optimizer"] = optimizer.state_dict()
    place = arguments.keep / ("finished.pt" if arguments.finish else "checkpoint.pt")
    torch.save(kept, place.with_suffix(".part"))
    place.with_suffix(".part").replace(place)


def _resume(arguments: argparse.Namespace, network: Network, optimizer: torch.optim.Optimizer) -> int:
    names = ["finished.pt", "checkpoint.pt"] if arguments.measure_only else ["checkpoint.pt"]
    place = next((arguments.keep / name for name in names if (arguments.keep / name).is_file()), None)
    if place is None:
        return 0
    kept = torch.load(place, weights_only=True)
    network.load_state_dict(kept["weights"], strict=False)
    if "optimizer" in kept:
        optimizer.load_state_dict(kept["optimizer"])
    print(f"goes on from {place.name} at step {kept['step']}", flush=True)
    return int(kept["step"])


if __name__ == "__main__":
    main()
