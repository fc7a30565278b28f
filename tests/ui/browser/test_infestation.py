"""A sample of the generated markup in every place of every page, in a real browser: nothing of it runs, policy or not.

`benchmarks/markup.py` does the same with all of them.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from payloads import combinations

pytest.importorskip("playwright", reason="the browser tests need the Python package playwright")
from infestation import Watched, infested, let_loose, places, served
from test_browser import CHROMIUM, browser  # noqa: F401 (a fixture is used by its name)

from assistant.assembly import Assistant

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="the browser tests need chromium on the PATH"),
]
ATTACKS = combinations(0.03)
every_policy = pytest.mark.parametrize("policy", [True, False], ids=["policy on", "policy off"])


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    assistant = infested(tmp_path_factory.mktemp("infested"), ATTACKS)
    yield assistant
    assistant.close()


@pytest.fixture(scope="module")
def url(assistant: Assistant) -> Iterator[str]:
    with served(assistant, ATTACKS) as url:
        yield url


def test_there_are_more_than_a_thousand_and_no_two_are_alike() -> None:
    attacks = combinations()
    assert len({attack.text for attack in attacks}) > 1_000
    assert {attack.number for attack in attacks} == set(range(len(attacks)))
    assert combinations() == attacks, "the same ones every time"


@every_policy
def test_no_markup_runs_wherever_it_is_shown(browser: Any, assistant: Assistant, url: str, policy: bool) -> None:  # noqa: F811
    ran = {}
    for name, look in places(assistant, ATTACKS).items():
        watched = Watched(browser, url, policy=policy)
        ran[name] = look(watched)
        watched.close()
    assert ran == {name: [] for name in ran}


@every_policy
def test_the_control_past_all_escaping_most_of_it_runs_and_none_where_the_policy_is_on(
    browser: Any,  # noqa: F811
    url: str,
    policy: bool,
) -> None:
    watched = Watched(browser, url, policy=policy)
    ran = let_loose(watched, ATTACKS, "/documents")
    watched.close()
    assert len(ran) == 0 if policy else len(ran) > len(ATTACKS) // 2
