"""What reading costs: with the models run for every sentence, for the most promising alone, and for none.

    python benchmarks/reader.py [--questions 40]

Every question of a sample of the shipped ones is retrieved once; its sentences are then read in each way, in turn, so
that a busy machine slows all. Each way starts with a fresh reader, which remembers no sentence. Prints medians, the
ratio to the way in use, the size of the weights and the memory they take.
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
from assistant.evaluation.cases import read_cases, shipped_questions
from assistant.language.vocabulary import Vocabulary
from assistant.question.question import understand
from assistant.reader.cross_encoder import WEIGHTS, CrossEncoder
from assistant.reader.reading import (
    CHARACTERS_READ,
    SENTENCES_COMPARED,
    SENTENCES_READ,
    EvidenceReader,
    sentence_candidates,
)
from benchmarks.table import percentile, print_table

SEED = 20261122


# (characters that the network reads, sentences that are compared token by token)
WAYS = {
    "every sentence": (sys.maxsize, sys.maxsize),
    "the most promising (in use)": (CHARACTERS_READ, SENTENCES_COMPARED),
    "one passage, one sentence": (1, 1),
}


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
        encoder.token_vectors(asked[:1])  # opens what compares sentences
        times: dict[str, list[float]] = {way: [] for way in WAYS}
        counts = []
        for text in asked:
            hits, question = assistant.retriever.search(text), understand(text, text, vocabulary)
            counts.append(min(len(sentence_candidates(hits)), SENTENCES_READ))
            for way, (characters, sentences) in WAYS.items():
                reader = EvidenceReader(encoder, network, characters_read=characters, sentences_compared=sentences)
                started = time.perf_counter()
                reader.read(question, hits, vocabulary)
                times[way].append((time.perf_counter() - started) * 1000)
        after = _peak_megabytes()
        assistant.close()
    medians = {way: percentile(sorted(found), 0.5) for way, found in times.items()}
    rows = [
        (way, value, percentile(sorted(times[way]), 0.95), value / medians["the most promising (in use)"])
        for way, value in medians.items()
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
