"""Cases looped in one test are all run, and those that fail are all named."""

import pytest
from each import each


def test_every_case_is_run_and_every_failure_is_named() -> None:
    seen: list[int] = []

    @each("number", [1, 2, 3, 4])
    def odd(number: int) -> None:
        seen.append(number)
        assert number % 2

    with pytest.raises(AssertionError, match="2 of 4 cases") as told:
        odd()
    assert seen == [1, 2, 3, 4]
    assert all(name in str(told.value) for name in ("number='2'", "number='4'"))
    assert "number='1'" not in str(told.value)


def test_a_case_that_should_raise_and_does_not_is_a_failure_too() -> None:
    @each(("text", "base"), [("7", 10), ("x", 10)])
    def refused(text: str, base: int) -> None:
        with pytest.raises(ValueError, match="invalid"):
            int(text, base)

    with pytest.raises(AssertionError, match="1 of 2 cases"):
        refused()


def test_a_bug_ends_the_loop_and_tells_its_case() -> None:
    @each("number", [1, 0])
    def divided(number: int) -> None:
        assert 1 / number

    with pytest.raises(ZeroDivisionError) as told:
        divided()
    assert told.value.__notes__ == ["in case 1: number='0'"]


def test_no_cases_are_no_success() -> None:
    @each("number", [])
    def nothing(number: int) -> None:
        pass

    with pytest.raises(AssertionError, match="no cases"):
        nothing()


@each("number", [1, 2])
@each("other", [3, 4])
def test_loops_within_loops_and_fixtures_beside_them(number: int, other: int, pytestconfig: pytest.Config) -> None:
    assert pytestconfig.rootpath
    assert number < other
