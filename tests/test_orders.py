"""What speaks to a machine is no evidence; what only speaks of orders, machines or assistants is."""

from pathlib import Path

import pytest
from injections import ORDERS, PAYLOADS

from assistant.orders import gives_orders
from corpus.sentences import blocks, sentences

BRIEFS = Path(__file__).parents[1] / "corpus" / "documents"


@pytest.mark.parametrize("order", ORDERS)
def test_an_order_is_seen_whatever_it_asks_for(order: str) -> None:
    for payload, _ in PAYLOADS:
        assert gives_orders(order.format(payload))
        assert gives_orders(f"The ministers met in Riga, and then: {order.format(payload)}")


@pytest.mark.parametrize(
    "sentence",
    [
        "The ministers issued instructions to hospitals on previous cases.",
        "The two sides agreed to share rules for digital assistants in nursing homes.",
        "Latvia said that it would ratify the agreement.",
        "The report states that 240 beds were opened.",
        "The system of primary care was reviewed.",
        "WHO will support a national language programme.",
        "Answering a question, the minister repeated that talks go on.",
    ],
)
def test_a_sentence_that_tells_something_is_none(sentence: str) -> None:
    assert not gives_orders(sentence)


def test_no_sentence_of_the_briefs_is_taken_for_an_order() -> None:
    taken, read = [], 0
    for path in sorted(BRIEFS.rglob("*.md")):
        text = path.read_text(encoding="utf-8").split("---", 2)[-1]
        for block in blocks(text):
            told = [span.of(text) for span in sentences(text, block)]
            read += len(told)
            taken += [sentence for sentence in told if gives_orders(sentence)]
    assert read > 500
    assert taken == []
