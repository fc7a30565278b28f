"""What turns a sentence round although its words stand in the source, and what only tells it in other words."""

import pytest

from assistant.model.support import broken_rules

WILL_OPEN = "Japan will give Azerbaijan two ambulances in May 2024."
GAVE = "In 2024 Japan gave Azerbaijan two ambulances."
NONE_SIGNED = "No memorandum was signed by Azerbaijan and Pakistan."
COUNTED = "Japan gave 120 masks, Norway gave 45 masks and Estonia gave 200 masks."


@pytest.mark.parametrize(
    ("rule", "claim", "source"),
    [
        ("denial lost", "A memorandum was signed by Azerbaijan and Pakistan.", NONE_SIGNED),
        ("denial", "Japan gave Azerbaijan no ambulances.", GAVE),
        ("mood", "Japan give Azerbaijan two ambulances in May 2024.", WILL_OPEN),
        ("mood", "Japan will give Azerbaijan two ambulances.", GAVE),
        ("scope", "Japan gave all ambulances to Azerbaijan.", GAVE),
        ("exchanged", "In 2024 Azerbaijan gave Japan two ambulances.", GAVE),
        ("number", "The three gave 366 masks.", COUNTED),
    ],
)
def test_what_turns_a_sentence_round_is_seen(rule: str, claim: str, source: str) -> None:
    assert rule in list(broken_rules(claim, [source]))


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("No memorandum was signed by Pakistan and Azerbaijan.", NONE_SIGNED),
        ("Two ambulances will be given by Japan to Azerbaijan in May 2024.", WILL_OPEN),
        ("Yes, Japan gave Azerbaijan two ambulances.", GAVE),
        ("Japan, Norway and Estonia gave 365 masks.", COUNTED),
        ("Japan and two others, three countries in all, gave masks.", COUNTED + " They are all partners."),
        ("Estonia gave 200 masks.", COUNTED),
    ],
)
def test_the_same_in_other_words_turns_nothing(claim: str, source: str) -> None:
    assert list(broken_rules(claim, [source])) == []
