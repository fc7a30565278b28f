"""The reader as it is trained: multilingual-e5-small under three heads, its embeddings and lowest layers frozen.

A question or a claim and a passage are read together (`<s> asked </s></s> passage </s>`). Every token of the passage
gets a logit, from which sentences are scored by log-sum-exp; the first token gets one for "this passage answers", and
three for a claim: held, falsified, not told. `collate` makes tensors of pairs, `losses` says how wrong the logits are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import nn
from transformers import AutoModel
from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS

from training.reader.examples import Pair

LONGEST = 384
_PADDING = 1
_NOWHERE = -1e4
_PLAIN = "plain_bfloat16"


@dataclass(frozen=True, slots=True)
class Encoded:
    """A pair as numbers: token ids, each token's sentence (-1: none), and what is to be learned of it."""

    kind: str
    language: str
    ids: list[int]
    sentence: list[int]
    answers: list[bool]
    verdict: int | None
    by_sentence: bool


def encode(tokenizer: Tokenizer, pair: Pair) -> Encoded | None:
    """A pair as numbers, or None where an answering sentence lies beyond the tokens that are read.

    A label without a token to carry it can only teach nonsense.
    """
    lead = f"{pair.lead}\n" if pair.lead else ""
    read = tokenizer.encode(pair.prefix + pair.asked, lead + pair.text)
    numbers = [-1] * len(read.ids)
    starts = [(span.start + len(lead), span.end + len(lead)) for span in pair.sentences]
    for place, (part, (start, end)) in enumerate(zip(read.sequence_ids, read.offsets, strict=True)):
        if part == 1 and end > start:
            middle = (start + end) / 2
            numbers[place] = next((n for n, (first, last) in enumerate(starts) if first <= middle < last), -1)
    there = set(numbers)
    unread = any(answers and number not in there for number, answers in enumerate(pair.answers))
    if pair.verdict is None and (unread or not there - {-1}):
        return None
    kept = max(there) + 1
    return Encoded(
        pair.kind, pair.language, read.ids, numbers, list(pair.answers[:kept]), pair.verdict, pair.by_sentence
    )


def open_tokenizer(folder: Path) -> Tokenizer:
    """The encoder's tokenizer, which cuts the passage and never the question."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(LONGEST, strategy="only_second")
    return tokenizer


class Network(nn.Module):
    """The encoder's layers and the heads."""

    def __init__(self, folder: Path, layers: int = 12, frozen: int = 4) -> None:
        super().__init__()
        self.encoder = AutoModel.from_pretrained(str(folder), add_pooling_layer=False, attn_implementation=_PLAIN)
        # Of fewer layers, those that stand at even distances begin best.
        whole = self.encoder.encoder.layer
        if layers < len(whole):
            chosen = [round((n + 1) * len(whole) / layers) - 1 for n in range(layers)]
            self.encoder.encoder.layer = nn.ModuleList(whole[n] for n in chosen)
            self.encoder.config.num_hidden_layers = layers
        for part in (self.encoder.embeddings, *self.encoder.encoder.layer[:frozen]):
            part.requires_grad_(requires_grad=False)
        width = self.encoder.config.hidden_size
        self.sentences, self.passage, self.support = nn.Linear(width, 1), nn.Linear(width, 1), nn.Linear(width, 3)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Logits: of tokens, shape (batch, tokens); of passages, (batch,); of verdicts, (batch, 3)."""
        states = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        first = states[:, 0]
        tokens, passage = self.sentences(states).squeeze(-1), self.passage(first).squeeze(-1)
        return tokens.float(), passage.float(), self.support(first).float()

    def heads(self) -> list[nn.Parameter]:
        """The parameters that begin at random."""
        return [p for part in (self.sentences, self.passage, self.support) for p in part.parameters()]

    def layers(self) -> list[nn.Parameter]:
        """The parameters that begin as the encoder's."""
        return [p for p in self.encoder.parameters() if p.requires_grad]


def _plain_attention(
    module: nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    **_: object,
) -> tuple[torch.Tensor, None]:
    """Attention in bfloat16 throughout: on a processor it trains twice as fast as the library's two.

    Those take the softmax in 32 bits, and a gradient that is slow for lengths that no register divides.
    """
    with torch.autocast("cpu", enabled=False):
        half = torch.bfloat16
        scaled = query.to(half) * query.shape[-1] ** -0.5
        scores = torch.matmul(scaled, key.to(half).transpose(-1, -2))
        if attention_mask is not None:
            scores = scores + attention_mask.to(half)
        found = torch.matmul(scores.softmax(-1), value.to(half))
    return found.transpose(1, 2).contiguous(), None


ALL_ATTENTION_FUNCTIONS.register(_PLAIN, _plain_attention)


def collate(batch: Sequence[Encoded]) -> dict[str, torch.Tensor]:
    """Padded tensors; `member` has shape (batch, sentences, tokens), `verdict` is -1 for questions."""
    length, count = max(len(e.ids) for e in batch), max(1, *(len(e.answers) for e in batch))
    ids = torch.full((len(batch), length), _PADDING)
    mask = torch.zeros(len(batch), length, dtype=torch.long)
    member = torch.zeros(len(batch), count, length, dtype=torch.bool)
    answers, weight = torch.zeros(len(batch), count), torch.zeros(len(batch), count)
    for row, item in enumerate(batch):
        ids[row, : len(item.ids)], mask[row, : len(item.ids)] = torch.tensor(item.ids), 1
        if item.verdict is not None:
            continue
        for place, number in enumerate(item.sentence):
            if number >= 0:
                member[row, number, place] = True
        answers[row, : len(item.answers)] = torch.tensor(item.answers, dtype=torch.float)
        weight[row, : len(item.answers)] = float(item.by_sentence)
    weight *= member.any(2)
    verdict = torch.tensor([-1 if item.verdict is None else item.verdict for item in batch])
    answered = torch.tensor([float(any(item.answers)) for item in batch])
    return {"ids": ids, "mask": mask, "member": member, "answers": answers, "weight": weight, "verdict": verdict,
            "answered": answered}  # fmt: skip


def sentence_scores(tokens: torch.Tensor, member: torch.Tensor) -> torch.Tensor:
    """Each sentence's logit, shape (batch, sentences): log-sum-exp of its tokens, less half the log of their number."""
    inside = tokens.unsqueeze(1).masked_fill(~member, _NOWHERE)
    return inside.logsumexp(2) - 0.5 * member.sum(2).clamp(min=1).log()


def losses(network: Network, batch: dict[str, torch.Tensor]) -> torch.Tensor:
    """The batch's loss: sentences and passages of questions, verdicts of claims.

    Sentences have two: binary cross-entropy of each, and the likelihood that one of those that answer is the best of
    the passage (Clark and Gardner, 2018), beside "none" at a logit of zero.
    """
    tokens, passage, support = network(batch["ids"], batch["mask"])
    is_question = batch["verdict"] < 0
    total = tokens.new_zeros(())
    if (~is_question).any():
        total = total + nn.functional.cross_entropy(
            support[~is_question], batch["verdict"][~is_question], reduction="sum"
        )
    if is_question.any():
        scores, answers = sentence_scores(tokens, batch["member"])[is_question], batch["answers"][is_question]
        weight, answered = batch["weight"][is_question], batch["answered"][is_question]
        each = nn.functional.binary_cross_entropy_with_logits(scores.clamp(-15, 15), answers, reduction="none")
        count = weight.sum(1).clamp(min=1)
        total = total + 2 * ((each * weight).sum(1) / count).sum()
        total = total + nn.functional.binary_cross_entropy_with_logits(passage[is_question], answered, reduction="sum")
        told = (answers * weight).sum(1) > 0
        if told.any():
            there = scores[told].masked_fill(weight[told] == 0, _NOWHERE)
            right = there.masked_fill(answers[told] == 0, _NOWHERE).logsumexp(1)
            none = there.new_zeros(len(there), 1)
            total = total - 0.5 * (right - torch.cat([there, none], 1).logsumexp(1)).clamp(min=-15).sum()
    return total / len(is_question)
