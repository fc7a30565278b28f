"""What reading costs: the evidence reader with its trained network and without it, side by side, per question.

    python benchmarks/reader.py [--questions 40]

Every question of a sample of the shipped ones is retrieved once; its sentences are then read both ways, in turn, so
that a busy machine slows both. Sentences that were read before are cached by the reader for late interaction only, so
each way starts with a fresh reader. Prints medians, the ratio, the size of the weights and the memory they take.
"""

import argparse
import random
import resource
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from assistant.assembly import open_assistant
from assistant.cross_encoder import UNREAD, WEIGHTS, CrossEncoder
from assistant.evaluation.cases import read_cases, shipped_questions
from assistant.question import understand
from assistant.reading import SENTENCES_READ, EvidenceReader, sentence_candidates
from assistant.vocabulary import Vocabulary
from benchmarks.table import percentile, print_table

SEED = 20261122


class NoNetwork:
    """In place of the network: every sentence scores as unread."""

    def scores(self, question, titles, texts, sentences):
        """Nothing is read."""
        return [[UNREAD for _ in spans] for spans in sentences]


def main() -> None:
    """Measure and print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=40)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        assistant = open_assistant(folder)
        assistant.add_briefs()
        before = _peak_megabytes()
        network = CrossEncoder()
        cases = [case for case in read_cases(shipped_questions()) if case.lang == "en"]
        asked = [case.question for case in random.Random(SEED).sample(cases, arguments.questions)]
        encoder, keywords = assistant.store.encoder, assistant.store.index.keywords
        vocabulary = Vocabulary(keywords.analyze, keywords.document_frequency, keywords.count())
        ways = {"with the network": network, "without": NoNetwork()}
        times: dict[str, list[float]] = {way: [] for way in ways}
        counts = []
        for text in asked:
            hits, question = assistant.retriever.search(text), understand(text, text, vocabulary)
            counts.append(min(len(sentence_candidates(hits)), SENTENCES_READ))
            for way, used in ways.items():
                started = time.perf_counter()
                EvidenceReader(encoder, used).read(question, hits, vocabulary)  # type: ignore[arg-type]
                times[way].append((time.perf_counter() - started) * 1000)
        after = _peak_megabytes()
        assistant.close()
    medians = {way: percentile(sorted(found), 0.5) for way, found in times.items()}
    rows = [
        (way, value, percentile(sorted(times[way]), 0.95), value / medians["without"]) for way, value in medians.items()
    ]
    print_table(
        f"{len(asked)} questions, {percentile(sorted(counts), 0.5):.0f} sentences each; weights "
        f"{WEIGHTS.stat().st_size / 1e6:.1f} MB; peak memory {before:.0f} MB before and {after:.0f} MB after",
        ("way", "p50 ms", "p95 ms", "ratio"),
        rows,
    )


def _peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
