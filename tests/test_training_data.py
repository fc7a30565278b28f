"""The texts written for training: well formed, enough of them, split by cluster, and nothing that is measured on."""

import random
from collections import Counter
from pathlib import Path

import pytest

from corpus.document import Span
from training.clusters import Malformed, read_cluster, read_clusters
from training.leakage import measured_texts, shared_runs
from training.reader.examples import cluster_is_held_back, domain

CLUSTER = """# 001 invented
== a | news | en | 2023-05-14 | - | A title
1 | signed | They signed.

2 | planned plan | A course will begin.
== questions
a1 | status | bare | en | what was signed
- | place | near:fact | en | where
== claims
+ | a1 | - | en | Something was signed.
- | a2 | plan-as-done | en | The course has begun.
"""


def cluster(tmp_path: Path, text: str = CLUSTER):
    path = tmp_path / "001_a-b.txt"
    path.write_text(text, encoding="utf-8")
    return read_cluster(path)


def test_there_is_as_much_as_the_data_card_says() -> None:
    clusters = read_clusters()
    card = (Path(__file__).parents[1] / "training" / "domain" / "README.md").read_text(encoding="utf-8")
    counted = {
        "clusters": len(clusters),
        "documents": sum(len(cluster.documents) for cluster in clusters),
        "sentences": sum(len(document.sentences) for c in clusters for document in c.documents.values()),
        "questions": sum(len(cluster.questions) for cluster in clusters),
        "claims": sum(len(cluster.claims) for cluster in clusters),
    }
    assert [name for name, count in counted.items() if f"| {name} | {count:,} |" not in card] == []
    assert (counted["documents"], counted["questions"], counted["claims"]) >= (400, 5000, 6000)


def test_all_eleven_languages_ask_and_answer() -> None:
    clusters = read_clusters()
    told = Counter(document.language for cluster in clusters for document in cluster.documents.values())
    asked = Counter(question.language for cluster in clusters for question in cluster.questions)
    assert told.keys() == asked.keys()
    assert len(told) == 11
    assert min(told.values()) >= 15
    assert min(asked.values()) >= 200


def test_a_fifth_is_held_back_whole() -> None:
    held_back = [cluster for cluster in read_clusters() if cluster_is_held_back(cluster)]
    assert len(held_back) == 16


def test_nothing_that_is_measured_on_is_trained_on() -> None:
    found = shared_runs(read_clusters(), measured_texts(real=Path("nowhere")), 9)
    assert found == {}


def test_a_shared_run_would_be_found(tmp_path: Path) -> None:
    made = cluster(tmp_path, CLUSTER.replace("what was signed", "When did they sign the agreement on tuberculosis?"))
    measured = iter([("Q1", "Tell me: when did they sign the agreement on tuberculosis")])
    assert list(shared_runs([made], measured, 7)) == ["001_a-b question"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a1 | status", "a3 | status"),
        ("planned plan", "planned dream"),
        ("2 | planned", "3 | planned"),
        ("near:fact", "full >> bare"),
        ("- | place | near:fact", "a1 | place | near:fact"),
        ("plan-as-done", "sum-of-all"),
        ("| news |", "| novel |"),
        ("what was signed", ""),
    ],
)
def test_a_line_that_breaks_the_format_is_named(tmp_path: Path, old: str, new: str) -> None:
    with pytest.raises(Malformed, match=r"001_a-b.txt:\d+: "):
        cluster(tmp_path, CLUSTER.replace(old, new, 1))


def test_pairs_point_at_the_sentences_that_answer(tmp_path: Path) -> None:
    pairs = domain([cluster(tmp_path)], random.Random(1))
    asked = [pair for pair in pairs if pair.asked == "what was signed"]
    assert [pair.verdict for pair in asked] == [None]
    (pair,) = asked
    assert pair.lead == "A title · 2023-05-14"
    assert [span.of(pair.text) for span, answers in zip(pair.sentences, pair.answers, strict=True) if answers] == [
        "They signed."
    ]
    assert pair.text == "They signed.\n\nA course will begin."
    assert pair.sentences[0] == Span(0, 12)
