"""What the comparison with other systems makes of its measurements (`benchmarks/peer_figures.py`)."""

import math

import pytest

from benchmarks.peer_figures import AGAIN, PROJECT, Figures, figures, overall_rows, set_rows, spread_rows


def test_a_document_that_answers_counts_at_its_place():
    result = {
        "found": [["a", "b"], ["b", "c", "d", "e", "a"], ["b", "c", "d", "e", "f", "a"], []],
        "took": [1.0, 2.0, 3.0, 40.0],
        "ingest": 2.0,
        "memory": 300.0,
    }
    found = figures(result, [{"a"}] * 4, documents=10)
    assert found == Figures(hit_1=0.25, hit_5=0.5, rate=5.0, p50=2.0, p95=40.0, megabytes=300.0)


def test_a_question_without_its_result_is_an_error_and_not_left_out():
    with pytest.raises(ValueError, match="zip"):
        figures({"found": [["a"]], "took": [1.0], "ingest": 1.0, "memory": 1.0}, [{"a"}, {"b"}], documents=1)


def test_ratios_are_paired_within_a_set_and_their_median_is_told():
    measured = {name: {PROJECT: _of(rate, p50), "other": _of(rate / 2, 3 * p50)} for name, rate, p50 in SETS}
    ((_, *own), (name, *other)) = overall_rows(measured)
    assert own == pytest.approx([3, 0.5, 0.9, 1.0, 1.0, 100.0])
    assert (name, other) == ("other", pytest.approx([3, 0.5, 0.9, 0.5, 3.0, 100.0]))


def test_this_project_counts_by_both_of_its_measurements():
    measured = {"a set": {PROJECT: _of(10.0, 4.0), "other": _of(20.0, 4.0), AGAIN: _of(40.0, 1.0)}}
    rates = {name: (rate, p50) for name, _, _, _, rate, p50, _ in overall_rows(measured)}
    assert rates == {PROJECT: (0.5, 2.0), "other": (1.0, 2.0)}
    assert spread_rows(measured) == [("a set", 4.0, 0.25)]


def test_a_system_that_failed_on_a_set_is_told_to_have_run_on_fewer():
    measured = {"one": {PROJECT: _of(1.0, 1.0), "other": _of(1.0, 1.0)}, "two": {PROJECT: _of(1.0, 1.0)}}
    assert [(name, sets) for name, sets, *_ in overall_rows(measured)] == [(PROJECT, 2), ("other", 1)]


def test_without_this_project_there_is_nothing_to_compare_with():
    ((_, _, _, _, rate, p50, _),) = overall_rows({"a set": {"other": _of(1.0, 1.0)}})
    assert math.isnan(rate)
    assert math.isnan(p50)
    assert spread_rows({"a set": {"other": _of(1.0, 1.0)}}) == []


def test_the_second_measurement_stands_last_in_its_set():
    assert [row[0] for row in set_rows({AGAIN: _of(1.0, 1.0), PROJECT: _of(1.0, 1.0)})] == [PROJECT, AGAIN]


SETS = [("quick", 100.0, 1.0), ("middling", 10.0, 5.0), ("slow", 1.0, 50.0)]


def _of(rate: float, p50: float) -> Figures:
    return Figures(hit_1=0.5, hit_5=0.9, rate=rate, p50=p50, p95=p50, megabytes=100.0)
