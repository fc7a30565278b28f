"""How well the rules make follow-ups stand alone, against people's rewrites of the same follow-ups.

    python benchmarks/follow_ups.py [--half fitted|held-back] [--follow-ups 400]

CANARD (Elgohary et al., 2019) and CAsT 2019–2022 (TREC) give a conversation, a follow-up and a person's rewrite of it.
Only the earlier questions are given to the rules, as in the page; much of what people put in comes from the answers or
from a title, so "at best" shows what the earlier questions hold of it. The rules were fitted on one half of the
conversations; the other half is reported unless told otherwise.
"""

import argparse
import hashlib
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from assistant.answer import Turn
from assistant.question.conversation import standalone
from benchmarks.table import print_table

REWRITES = Path(__file__).resolve().parents[2] / "shared" / "data" / "rewriting" / "rewrites.jsonl"
SEED = 20261122
# These list the earlier questions alone; the others, each with its answer.
_WITHOUT_ANSWERS = frozenset(("cast-2019", "cast-2020"))
_EMPTY_WORDS = frozenset(
    """
    a about an and are as at be been but by can could did do does for from had has have he her hers him his how i in is
    it its me more my no not of on or other she so some tell than that the their them then there these they this those
    to was we were what when where which who whom whose why will with would you your s
    """.split()
)


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A follow-up, the questions before it, and a person's rewrite of it."""

    source: str
    dialog: str
    earlier: tuple[str, ...]
    question: str
    rewrite: str

    @property
    def held_back(self) -> bool:
        """Whether the conversation is of the half that nothing is fitted on."""
        return hashlib.sha256(self.dialog.encode()).digest()[0] % 2 == 1


Way = Callable[[FollowUp], str]


def as_it_stands(follow_up: FollowUp) -> str:
    """The follow-up alone."""
    return follow_up.question


def by_the_rules(follow_up: FollowUp) -> str:
    """What the assistant makes of it."""
    return standalone(follow_up.question, [Turn(question) for question in follow_up.earlier])


def with_the_last_question(follow_up: FollowUp) -> str:
    """The follow-up and all of the question before it."""
    return f"{follow_up.question} {follow_up.earlier[-1]}"


def at_best(follow_up: FollowUp) -> str:
    """The follow-up and the words of earlier questions that people put in: what the questions alone can give."""
    wanted = content_words(follow_up.rewrite) - content_words(follow_up.question)
    earlier = {word for question in follow_up.earlier for word in content_words(question)}
    return " ".join((follow_up.question, *sorted(wanted & earlier)))


WAYS: dict[str, Way] = {
    "as it stands": as_it_stands,
    "rules": by_the_rules,
    "with the last question": with_the_last_question,
    "at best": at_best,
}


def main() -> None:
    """Measure every way on every source and print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--half", choices=("fitted", "held-back"), default="held-back", help="of the conversations")
    parser.add_argument("--follow-ups", type=int, default=400, help="at most so many per source")
    arguments = parser.parse_args()
    found = [each for each in load_follow_ups() if each.held_back == (arguments.half == "held-back")]
    rows = []
    for source in sorted({follow_up.source for follow_up in found}):
        of_source = [follow_up for follow_up in found if follow_up.source == source]
        random.Random(SEED).shuffle(of_source)
        sample = of_source[: arguments.follow_ups]
        rows += [(source, len(sample), name, *measured(sample, way)) for name, way in WAYS.items()]
    header = ("source", "follow-ups", "way", "recall", "precision", "F1", "left alone", "left alone wrongly", "settled")
    print_table(f"Follow-ups against people's rewrites, {arguments.half} half", header, rows)


def load_follow_ups() -> Iterator[FollowUp]:
    """Every question of the file that has a history, in its order."""
    with REWRITES.open(encoding="utf-8") as file:
        for row in map(json.loads, file):
            history = row["history"] if row["source"] in _WITHOUT_ANSWERS else row["history"][::2]
            if history:
                dialog = row["meta"].get("dialog") or row["id"].partition("_")[0]
                yield FollowUp(row["source"], dialog, tuple(history), row["question"], row["rewrite"])


def measured(follow_ups: Sequence[FollowUp], way: Way) -> tuple[str, ...]:
    """Recall and precision of the content words that people put in, word F1, and what happened to whole questions.

    Of the questions that people left alone, the share left alone; of those they rewrote, the share left alone; and the
    share of questions that come out the same when they are asked again.
    """
    wanted = given = right = 0
    overlaps, kept, missed, settled = [], [], [], []
    for follow_up in follow_ups:
        result = way(follow_up)
        before = content_words(follow_up.question)
        missing, added = content_words(follow_up.rewrite) - before, content_words(result) - before
        wanted, given, right = wanted + len(missing), given + len(added), right + len(missing & added)
        overlaps.append(word_f1(result, follow_up.rewrite))
        (kept if words(follow_up.rewrite) == words(follow_up.question) else missed).append(
            words(result) == words(follow_up.question)
        )
        again = FollowUp("", "", (*follow_up.earlier, follow_up.question), result, "")
        settled.append(way(again) == result)
    return tuple(
        f"{part / whole:.3f}" if whole else "-"
        for part, whole in (
            (right, wanted),
            (right, given),
            (sum(overlaps), len(overlaps)),
            (sum(kept), len(kept)),
            (sum(missed), len(missed)),
            (sum(settled), len(settled)),
        )
    )


def word_f1(text: str, reference: str) -> float:
    """F1 of the words of two texts, each counted as often as it stands (ROUGE-1)."""
    ours, theirs = Counter(words(text)), Counter(words(reference))
    common = (ours & theirs).total()
    return 2 * common / (ours.total() + theirs.total()) if common else 0.0


def content_words(text: str) -> set[str]:
    """The words of a text that carry its meaning."""
    return set(words(text)) - _EMPTY_WORDS


def words(text: str) -> list[str]:
    """The words of a text in lower case, possessives without their ending."""
    return re.findall(r"\w+", re.sub(r"['’]s\b", "", text.lower()))


if __name__ == "__main__":
    main()
