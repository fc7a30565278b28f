"""Two sentences that give different figures or days for the same thing."""

import pytest

from assistant.assembly import Assistant
from assistant.compose.disagreement import differ
from assistant.compose.remarks import DIFFER


def _differ(one: str, other: str) -> bool:
    def terms(text: str) -> set[str]:
        return {word.strip(".,").lower() for word in text.split()}

    return differ(one, other, terms(one), terms(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The programme received EUR 300,000 from the government.", "The programme received €250,000 from government."),
        ("The programme cost USD 5 million in all.", "The programme cost 4.5 million dollars in all."),
        ("The workshop in Baku had 57 participants.", "More than 30 participants came to the workshop in Baku."),
        ("Vaccination in the district reached 80% of children.", "Vaccination in the district reached 75 per cent."),
        ("The ministers signed the agreement on 8 April 2025.", "The ministers signed the agreement on 9 April 2025."),
    ],
)
def test_other_figures_for_the_same_thing_are_seen(one: str, other: str) -> None:
    assert _differ(one, other)
    assert _differ(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The programme received EUR 300,000 in 2022.", "The programme received EUR 250,000 in 2024."),
        ("The programme cost USD 5 million in all.", "The programme cost 5,000,000 dollars in all."),
        ("The workshop in Baku had 57 participants.", "The hospital in Riga has 30 beds for participants of trials."),
        ("The ministers signed the agreement on 8 April 2025.", "The ministers met on 9 April 2025."),
        ("They signed it a few days before 10 December 2025.", "They signed it on 4 December 2025."),
        ("The workshop in Baku had 57 participants and 3 sessions.", "The workshop in Baku had 57 participants."),
    ],
)
def test_other_times_things_and_wordings_are_no_disagreement(one: str, other: str) -> None:
    assert not _differ(one, other)


def test_both_figures_are_shown_with_their_sources(briefs: Assistant) -> None:
    answer = briefs.ask(
        "How many health professionals attended the closing workshop of the WHO mission in September 2022?"
    )
    assert answer.statements[0].text == DIFFER
    assert any("57" in citation.quote for citation in answer.citations)
    assert any("more than 30" in citation.quote for citation in answer.citations)
