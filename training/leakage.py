"""Looks for texts of `training/domain/` that share runs of words with what is measured on.

    python -m training.leakage [--run 7]

Measured on are the shipped questions, those kept back in `benchmarks/`, the briefs, and the real documents beside the
checkout where they are there. A run of so many words in common is printed; names and dates are words like others. The
exit code is 1 where there is any.
"""

import argparse
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from training.clusters import Cluster, read_clusters

ROOT = Path(__file__).resolve().parents[1]
REAL = ROOT.parent / "shared" / "data" / "realdocs"
_WORD = re.compile(r"\w+")


def measured_texts(root: Path = ROOT, real: Path = REAL) -> Iterator[tuple[str, str]]:
    """Name and text of everything that is measured on."""
    questions = [root / "corpus" / "questions.jsonl", *sorted((root / "benchmarks").glob("held_back*.jsonl"))]
    for path in [*questions, real / "questions.jsonl"]:
        if path.is_file():
            for line in path.read_text("utf-8").splitlines():
                row = json.loads(line)
                yield f"{path.name} {row['id']}", row["question"]
    for path in sorted((root / "corpus" / "documents").glob("*.md")):
        yield path.name, path.read_text("utf-8")
    for path in sorted(real.rglob("*")) if real.is_dir() else ():
        if path.suffix in (".md", ".txt"):
            yield path.name, path.read_text("utf-8", errors="replace")


def runs(text: str, length: int) -> Iterator[tuple[str, ...]]:
    """Every run of so many words, in small letters."""
    words = [word.lower() for word in _WORD.findall(text)]
    return zip(*(words[start:] for start in range(length)), strict=False)


def shared_runs(clusters: list[Cluster], measured: Iterator[tuple[str, str]], length: int) -> dict[str, set[str]]:
    """The runs in common, by where in the clusters they stand; each with the name of what is measured on."""
    known: dict[tuple[str, ...], str] = {run: name for name, text in measured for run in runs(text, length)}
    found: dict[str, set[str]] = defaultdict(set)
    for place, text in _texts(clusters):
        for run in runs(text, length):
            if run in known:
                found[place].add(f"“{' '.join(run)}” ({known[run]})")
    return dict(found)


def _texts(clusters: list[Cluster]) -> Iterator[tuple[str, str]]:
    for cluster in clusters:
        for document in cluster.documents.values():
            for number, sentence in document.sentences.items():
                yield f"{cluster.name} {document.letter}{number}", sentence.text
        for question in cluster.questions:
            yield f"{cluster.name} question", question.text
        for claim in cluster.claims:
            yield f"{cluster.name} claim", claim.text


def main() -> int:
    """Print what is shared."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", type=int, default=7, help="words that make a run")
    found = shared_runs(read_clusters(), measured_texts(), parser.parse_args().run)
    for place, told in sorted(found.items()):
        print(f"{place}: {'; '.join(sorted(told))}")
    print(f"{len(found)} texts share a run")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
