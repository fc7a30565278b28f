"""What the assistant refuses on public sets: the whole chain, with its rules, over documents it was not made for.

    python benchmarks/refusals.py [--sets squad2 clapnq] [--questions 60] [--cache FOLDER]

Three kinds of question are asked of each set's documents: answerable ones, the set's own unanswerable ones (squad2's
were written to look answerable), and answerable ones of another set, which have nothing to do with these documents.
Prints how many of each are refused, and the precision and recall of refusing against each kind that should be.
"""

import argparse
import random
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from assistant.chain import AnswerChain
from assistant.evaluation.measuring import REFUSALS
from assistant.reader.cross_encoder import CrossEncoder
from assistant.reader.reading import EvidenceReader
from assistant.search.retrieval import HybridRetriever
from benchmarks.sets import SetQuestion, fold, load_documents, load_questions, open_set
from benchmarks.table import print_table
from corpus.encoder.opening import open_encoder

# Each set, and the one whose questions are asked of its documents in vain.
FOREIGN = {"squad2": "covid_qa", "clapnq": "covid_qa"}
SEED = 20261122


def main() -> None:
    """Measure every set and print a table each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", nargs="+", default=list(FOREIGN), choices=list(FOREIGN))
    parser.add_argument("--questions", type=int, default=60, help="questions of each kind")
    parser.add_argument("--cache", type=Path, default=None, help="folder that keeps the encoded sets")
    arguments = parser.parse_args()
    encoder = open_encoder()
    folder = arguments.cache or Path(tempfile.mkdtemp())
    for name in arguments.sets:
        store, questions = open_set(name, folder, encoder)
        chain = AnswerChain(store, HybridRetriever(store=store), EvidenceReader(encoder, CrossEncoder()))
        other = load_questions(FOREIGN[name], load_documents(FOREIGN[name]))
        kinds = {
            "answerable": [question for question in questions if question.answerable],
            "its own unanswerable": [question for question in questions if not question.answerable],
            f"of {FOREIGN[name]}": [question for question in other if question.answerable],
        }
        refused = {
            kind: [chain.invoke(question.text).outcome.value in REFUSALS for question in _sample(asked, arguments)]
            for kind, asked in kinds.items()
        }
        print_table(
            f"{name}: {len(refused['answerable'])} answerable questions on held-back documents",
            ("asked", "n", "refused", "precision", "recall"),
            [_row(kind, found, refused["answerable"]) for kind, found in refused.items()],
        )
        store.close()


def _sample(questions: list[SetQuestion], arguments: argparse.Namespace) -> list[SetQuestion]:
    held_back = [question for question in questions if fold(question.context) == "measured"]
    return random.Random(SEED).sample(held_back, min(arguments.questions, len(held_back)))


def _row(kind: str, refused: list[bool], wrongly: list[bool]) -> tuple[object, ...]:
    """Precision is weighed as if as many answerable questions were asked as unanswerable ones."""
    share = sum(refused) / len(refused)
    if refused is wrongly:
        return kind, len(refused), f"{share:.2f}", "-", "-"
    lost = sum(wrongly) / len(wrongly)
    return kind, len(refused), f"{share:.2f}", f"{share / (share + lost):.2f}" if share + lost else "-", f"{share:.2f}"


if __name__ == "__main__":
    main()
