"""Steps are encoded and written behind the one who gives them, in order, and their failures come to light."""

import threading

import pytest

from corpus.ingest.pipeline import Pipeline


class Failed(Exception):
    pass


def test_steps_are_written_in_the_order_given() -> None:
    written: list[tuple[int, str]] = []
    with Pipeline(str, lambda step, encoded: written.append((step, encoded))) as pipeline:
        for number in range(50):
            pipeline.put(number)
        pipeline.finish()
    assert written == [(number, str(number)) for number in range(50)]


def test_a_step_is_encoded_while_the_one_before_is_written() -> None:
    next_is_encoded = threading.Event()

    def encode(step: int) -> int:
        if step == 1:
            next_is_encoded.set()
        return step

    def write(_step: int, _encoded: int) -> None:
        assert next_is_encoded.wait(10)

    with Pipeline(encode, write) as pipeline:
        for number in range(2):
            pipeline.put(number)
        pipeline.finish()


@pytest.mark.parametrize("stage", ["encoding", "writing"])
def test_a_failure_is_raised_to_the_giver_and_later_steps_stand(stage: str) -> None:
    written: list[int] = []

    def work(name: str, step: int) -> int:
        if step == 1 and name == stage:
            raise Failed(name)
        return step

    def write(step: int, _encoded: int) -> None:
        written.append(work("writing", step))

    def give(pipeline: Pipeline[int, int]) -> None:
        for number in range(9):
            pipeline.put(number)
        pipeline.finish()

    with Pipeline(lambda step: work("encoding", step), write) as pipeline, pytest.raises(Failed, match=stage):
        give(pipeline)
    assert written[:1] == [0]
    assert 1 not in written


def test_leaving_it_ends_its_threads() -> None:
    before = threading.active_count()
    with Pipeline(str, lambda _step, _encoded: None) as pipeline:
        pipeline.put(1)
        assert threading.active_count() > before
    assert threading.active_count() == before
