"""Run one test for many cases: all of them, and every one that fails is reported by its name.

A payload, a brief, a setting is no test of its own: thousands of small ones cost more to set up and to report than to
run. What a case needs anew (a folder, a patched variable) is given by `pytest.mark.parametrize` instead.
"""

import functools
import inspect
import traceback
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pytest

_SHOWN = 3_000


def each(names: str | Sequence[str], cases: Iterable[Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a test every case in turn, as `pytest.mark.parametrize` gives one each."""
    named = [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)
    given = list(cases)

    def decorated(test: Callable[..., None]) -> Callable[..., None]:
        signature = inspect.signature(test)
        assert set(named) <= set(signature.parameters), f"{test.__name__} takes no {named}"

        @functools.wraps(test)
        def over_all(**fixtures: Any) -> None:
            assert given, "there are no cases"
            failed: dict[str, str] = {}
            for number, case in enumerate(given):
                values = dict(zip(named, case if len(named) > 1 else (case,), strict=True))
                try:
                    test(**fixtures, **values)
                except (AssertionError, pytest.fail.Exception):
                    failed[f"{number}: {_named(values)}"] = traceback.format_exc(limit=-2)
                except Exception as error:
                    error.add_note(f"in case {number}: {_named(values)}")
                    raise
            assert not failed, f"{len(failed)} of {len(given)} cases:\n" + "\n".join(
                f"{name}\n{why[-_SHOWN:]}" for name, why in failed.items()
            )

        kept = [parameter for name, parameter in signature.parameters.items() if name not in named]
        over_all.__signature__ = signature.replace(parameters=kept)  # type: ignore[attr-defined]
        del over_all.__wrapped__  # type: ignore[attr-defined]  # pytest would look through it
        return over_all

    return decorated


def _named(values: dict[str, Any]) -> str:
    return ", ".join(f"{name}={str(getattr(value, 'stem', value))[:120]!r}" for name, value in values.items())
