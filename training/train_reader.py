"""Trains the evidence reader's cross-encoder; `export_reader.py` writes it as the file that ships.

    pip install '.[training]'
    python training/train_reader.py --model FOLDER [--epochs 3] [--checkpoint reader.pt]
    python training/export_reader.py --checkpoint reader.pt

MiniLM reads the question and a passage together; one linear layer gives every token of the passage, and the first
token for "nothing here answers", a logit. The training loss has two halves: the marginal likelihood of all tokens that
answer (Clark and Gardner, 2018; the first token where none does, as in Devlin et al., 2019), and for each sentence the
binary cross-entropy of its score, log-sum-exp of its tokens' logits less the first token's, so that several sentences
may answer at once. About 70 minutes on two cores with bfloat16 instructions, minutes on a GPU; the seed is fixed.
"""

import argparse
import json
import math
import random
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from sklearn.metrics import roc_auc_score
from torch import nn
from transformers import AutoModel, AutoTokenizer

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.sets import held_back, load_documents, load_questions
from corpus.document import Span
from corpus.text.sentences import blocks, sentences
from training.examples import Example, examples

SEED = 20261122
LONGEST = 256
BATCH = 16
LEARNING_RATE = 8e-5
HEAD_LEARNING_RATE = 8e-4
WARM_UP = 0.06
SENTENCE_LOSS = 0.5
_NOTHING = -1e4


class Reader(nn.Module):
    """The encoder with one logit per token."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.encoder = AutoModel.from_pretrained(str(folder))
        self.encoder.pooler = None
        self.encoder.embeddings.word_embeddings.weight.requires_grad = False
        self.head = nn.Linear(self.encoder.config.hidden_size, 1)

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor, token_type_ids: torch.Tensor
    ) -> torch.Tensor:
        """Logits, shape (batch, tokens)."""
        hidden = self.encoder(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).last_hidden_state
        return self.head(hidden).squeeze(-1)


@dataclass(frozen=True, slots=True)
class Encoded:
    """One example as token ids.

    `sentence` numbers each token's sentence (-1: not of the passage), `gold` marks the tokens that answer, `answers`
    the sentences that do.
    """

    ids: list[int]
    types: list[int]
    sentence: list[int]
    gold: list[bool]
    answers: list[bool]
    by_sentence: bool


def sentence_spans(text: str) -> list[Span]:
    """The sentences of a passage, as the assistant cuts them."""
    return [sentence for block in blocks(text) for sentence in sentences(text, block)]


def encode(tokenizer, example: Example) -> Encoded | None:
    """Token ids and labels, or None where the answer lies beyond the tokens that are read."""
    lead = f"{example.title}\n"
    encoded = tokenizer(
        example.question,
        lead + example.text,
        truncation="only_second",
        max_length=LONGEST,
        return_offsets_mapping=True,
        verbose=False,
    )
    cut = sentence_spans(example.text)
    numbers, gold = [], []
    for (start, end), part in zip(encoded["offset_mapping"], encoded.sequence_ids(), strict=True):
        inside = part == 1 and start >= len(lead) and end > start
        place = Span(start - len(lead), end - len(lead)) if inside else None
        number = next((n for n, span in enumerate(cut) if span.overlaps(place)), -1) if place else -1
        numbers.append(number)
        gold.append(number >= 0 and any(span.overlaps(place) for span in example.gold))
    if example.gold and not any(gold):
        return None
    read = max(numbers) + 1
    answers = [any(span.overlaps(g) for g in example.gold) for span in cut[:read]]
    return Encoded(encoded["input_ids"], encoded["token_type_ids"], numbers, gold, answers, example.by_sentence)


def collate(batch: Sequence[Encoded]) -> dict[str, torch.Tensor]:
    """Padded tensors; `member` has shape (batch, sentences, tokens)."""
    length, count = max(len(e.ids) for e in batch), max(len(e.answers) for e in batch)
    ids, types, mask = (torch.zeros(len(batch), length, dtype=torch.long) for _ in range(3))
    gold = torch.zeros(len(batch), length, dtype=torch.bool)
    member = torch.zeros(len(batch), count, length, dtype=torch.bool)
    answers = torch.zeros(len(batch), count)
    weight = torch.zeros(len(batch), count)
    for row, item in enumerate(batch):
        n = len(item.ids)
        ids[row, :n], types[row, :n], mask[row, :n] = torch.tensor(item.ids), torch.tensor(item.types), 1
        gold[row, :n] = torch.tensor(item.gold)
        for token, number in enumerate(item.sentence):
            if number >= 0:
                member[row, number, token] = True
        m = len(item.answers)
        answers[row, :m] = torch.tensor(item.answers, dtype=torch.float)
        weight[row, :m] = float(item.by_sentence) / m
    return {
        "input_ids": ids, "token_type_ids": types, "attention_mask": mask,
        "gold": gold, "member": member, "answers": answers, "weight": weight,
    }  # fmt: skip


def sentence_scores(logits: torch.Tensor, member: torch.Tensor) -> torch.Tensor:
    """Each sentence's score, shape (batch, sentences): log-sum-exp of its tokens less the first token's logit."""
    inside = torch.where(member, logits[:, None, :], torch.tensor(_NOTHING))
    return inside.logsumexp(-1) - logits[:, :1]


def loss_of(logits: torch.Tensor, batch: dict[str, torch.Tensor]) -> torch.Tensor:
    """Marginal likelihood of the tokens that answer, and each sentence's binary cross-entropy."""
    target = batch["gold"].clone()
    target[:, 0] |= ~batch["gold"].any(1)
    allowed = batch["member"].any(1)
    allowed[:, 0] = True
    everything = torch.where(allowed, logits, torch.tensor(_NOTHING)).logsumexp(1)
    right = torch.where(target, logits, torch.tensor(_NOTHING)).logsumexp(1)
    scores = sentence_scores(logits, batch["member"])
    by_sentence = nn.functional.binary_cross_entropy_with_logits(scores, batch["answers"], reduction="none")
    return (everything - right).mean() + SENTENCE_LOSS * (by_sentence * batch["weight"]).sum(1).mean()


def batches(encoded: list[Encoded], generator: random.Random) -> list[list[Encoded]]:
    """Batches of like lengths, in random order."""
    order = sorted(encoded, key=lambda item: len(item.ids) + generator.randint(0, 12))
    cut = [order[start : start + BATCH] for start in range(0, len(order), BATCH)]
    generator.shuffle(cut)
    return cut


def held_back_figures(model: Reader, tokenizer, limit: int = 500) -> dict[str, float]:
    """Sentence hit@1 and AUC on held-back squad2 paragraphs, hit@1 on qed."""
    model.eval()
    found = {}
    for name in ("squad2", "qed"):
        documents = {document.path: document for document in load_documents(name)}
        asked = [q for q in load_questions(name, list(documents.values())) if held_back(q)]
        random.Random(SEED).shuffle(asked)
        hits, best, labels = [], [], []
        for question in asked[:limit]:
            document = documents[question.context if name == "squad2" else next(iter(question.gold))]
            gold = question.gold.get(document.path, ())
            item = encode(tokenizer, Example(name, question.text, document.title, document.text, gold))
            if item is None:
                continue
            batch = collate([item])
            with torch.inference_mode():
                logits = model(batch["input_ids"], batch["attention_mask"], batch["token_type_ids"])
                scores = sentence_scores(logits, batch["member"])[0, : len(item.answers)]
            best.append(float(scores.max()))
            labels.append(question.answerable)
            if question.answerable:
                hits.append(item.answers[int(scores.argmax())])
        found[f"{name} sentence hit@1"] = float(np.mean(hits))
        if len(set(labels)) > 1:
            found[f"{name} AUC"] = float(roc_auc_score(labels, best))
    return found


def train(arguments: argparse.Namespace) -> None:
    """Train, print the figures after every epoch, and keep the last weights."""
    torch.manual_seed(SEED)
    generator = random.Random(SEED)
    tokenizer = AutoTokenizer.from_pretrained(str(arguments.model))

    def count(texts: Sequence[str]) -> list[int]:
        return (
            [len(ids) for ids in tokenizer(list(texts), add_special_tokens=False, verbose=False)["input_ids"]]
            if texts
            else []
        )

    made = examples(count, generator)
    encoded = [item for item in (encode(tokenizer, example) for example in made) if item is not None]
    print(f"{len(encoded)} examples, {sum(any(e.gold) for e in encoded)} with an answer", flush=True)
    model = Reader(arguments.model)
    head = set(model.head.parameters())
    rest = [parameter for parameter in model.parameters() if parameter.requires_grad and parameter not in head]
    optimizer = torch.optim.AdamW(
        [{"params": rest, "lr": LEARNING_RATE}, {"params": list(head), "lr": HEAD_LEARNING_RATE}], weight_decay=0.01
    )
    steps = math.ceil(len(encoded) / BATCH) * arguments.epochs
    warm_up = max(1, round(WARM_UP * steps))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / warm_up, max(0.0, (steps - step) / (steps - warm_up)))
    )
    started, step, running = time.monotonic(), 0, []
    for epoch in range(arguments.epochs):
        model.train()
        for batch in map(collate, batches(encoded, generator)):
            with torch.autocast("cpu", dtype=torch.bfloat16):
                logits = model(batch["input_ids"], batch["attention_mask"], batch["token_type_ids"])
            loss = loss_of(logits.float(), batch)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
            running.append(loss.item())
            step += 1
            if step % 50 == 0:
                minutes = (time.monotonic() - started) / 60
                print(f"step {step}/{steps} loss {np.mean(running[-50:]):.4f} {minutes:.1f} min", flush=True)
        torch.save(model.state_dict(), arguments.checkpoint)
        print(f"epoch {epoch + 1}: {json.dumps(held_back_figures(model, tokenizer))}", flush=True)


def main() -> None:
    """Train and export."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True, help="folder of all-MiniLM-L6-v2")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--checkpoint", type=Path, default=Path("reader.pt"), help="where the weights are kept")
    train(parser.parse_args())


if __name__ == "__main__":
    main()
