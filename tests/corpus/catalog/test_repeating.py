"""What is done again and again goes on after any failure, says what failed, and ends when it is told to."""

import logging
import threading
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy.exc import OperationalError

from corpus.catalog.repeating import LONGEST_WAIT_SECONDS, Repeating, wait_after
from corpus.errors import StoreUnreachable

FAULTS = (OperationalError("SELECT 1", {}, Exception("gone")), OSError("no such device"), KeyError("followed"))


class Steps:
    """Fails as often as it has faults left, and notes every step."""

    def __init__(self, *faults: Exception) -> None:
        self.faults = list(faults)
        self.made = 0

    def __call__(self) -> None:
        self.made += 1
        if self.faults:
            raise self.faults.pop(0)


def repeating(step: Callable[[], None], seconds: float = 0.001) -> Repeating:
    return Repeating(step, name="tested", seconds=seconds, failing="Nothing is tested")


def until(true: Callable[[], bool]) -> None:
    patience = time.monotonic() + 10
    while not true():
        assert time.monotonic() < patience
        time.sleep(0.005)


@pytest.mark.parametrize(
    "fault", [*FAULTS, StoreUnreachable("The database is away.")], ids=lambda fault: type(fault).__name__
)
def test_after_any_failure_the_next_step_is_made(fault: Exception) -> None:
    steps = Steps(fault)
    with repeating(steps) as beside:
        until(lambda: steps.made >= 3)
        assert beside.failure is None, "what is mended is no failure any more"


def test_while_a_step_fails_it_is_known_what_with() -> None:
    faults = [OSError(f"number {number}") for number in range(1_000)]
    with repeating(Steps(*faults)) as beside:
        until(lambda: beside.failure is not None)
        assert beside.failure in faults


def test_what_nobody_expected_is_told_once_and_in_full(caplog: pytest.LogCaptureFixture) -> None:
    steps = Steps(*(KeyError(f"number {number}") for number in range(4)))
    with repeating(steps):
        until(lambda: steps.made >= 5)
    (told,) = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert told.getMessage() == "Nothing is tested: 'number 0'"
    assert told.exc_info is not None
    assert "raise self.faults.pop(0)" in caplog.text, "the traceback leads to what is at fault"


def test_what_is_expected_is_told_once_and_in_its_sentence_until_it_is_over(caplog: pytest.LogCaptureFixture) -> None:
    away = StoreUnreachable("The database is away.")
    steps = Steps(away, away, StoreUnreachable("The database refuses."), away)
    with repeating(steps):
        until(lambda: steps.made >= 5)
        steps.faults.append(away)
        until(lambda: not steps.faults)
    told = [(record.getMessage(), record.exc_info) for record in caplog.records if record.levelno >= logging.WARNING]
    sentences = ["The database is away.", "The database refuses.", "The database is away."]
    assert told == [(f"Nothing is tested: {sentence}", None) for sentence in sentences]


@given(some.integers(0, 10_000), some.floats(0.001, 100))
def test_the_wait_grows_with_failures_and_never_beyond_its_limit(failures: int, seconds: float) -> None:
    wait, longer = wait_after(failures, seconds), wait_after(failures + 1, seconds)
    assert seconds <= wait <= longer <= max(seconds, LONGEST_WAIT_SECONDS)
    assert wait_after(0, seconds) == seconds
    assert longer > wait or wait >= min(LONGEST_WAIT_SECONDS, seconds * 2**10)


@pytest.mark.parametrize("faults", [0, 1_000], ids=["between two steps", "while it is left in peace"])
def test_it_ends_promptly(faults: int) -> None:
    steps = Steps(*[OSError("no such device")] * faults)
    with repeating(steps, 60 if not faults else 0.1) as beside:
        until(lambda: not faults or steps.made >= 3)  # the next one is 0.8 s away
        ends = time.monotonic()
    assert time.monotonic() - ends < 0.4
    assert beside._thread not in threading.enumerate()
    made = steps.made
    time.sleep(0.05)
    assert steps.made == made


def test_a_step_under_way_is_awaited_so_that_nothing_is_closed_beneath_it() -> None:
    begun, may_end, ended = threading.Event(), threading.Event(), threading.Event()

    def step() -> None:
        begun.set()
        assert may_end.wait(10)
        time.sleep(0.1)
        ended.set()

    with repeating(step):
        assert begun.wait(10)
        may_end.set()
    assert ended.is_set()
