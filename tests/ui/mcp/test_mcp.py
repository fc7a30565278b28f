"""The tools, used by the SDK's own client: over stdio with a real child process, over HTTP, and by hostile names."""

import asyncio
import json
import subprocess
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
from each import each
from fakes import FakeEncoder, app_over, child_command, child_environment
from fastapi.testclient import TestClient
from mcp import Client, StdioServerParameters
from serving import served

from assistant.assembly import Assistant, open_assistant
from corpus.encoder.protocol import Encoder
from corpus.errors import AssistantError
from ui.mcp import mounting
from ui.mcp.server import PATH
from ui.mcp.tools import MOST_TEXT

TEXT = "Iceland and Malta signed a health agreement in Valletta on 3 May 2024. It covers ambulances. 👩‍⚕️ end"
QUESTION = "What did Iceland and Malta agree on?"
COMMAND = "import sys; from ui.cli import main; sys.argv[1:] = {arguments!r}; main()"
Told = TypeVar("Told")


def corpus_in(folder: Path) -> Path:
    (folder / "agreement.txt").write_text(TEXT, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    folder = corpus_in(tmp_path_factory.mktemp("corpus"))
    assistant = open_assistant(tmp_path_factory.mktemp("data"), folder=folder, encoder=FakeEncoder())
    yield assistant
    assistant.close()


@pytest.fixture(scope="module")
def url(assistant: Assistant) -> Iterator[str]:
    with served(assistant) as url:
        yield url


def with_client(server: Any, use: Callable[[Client], Awaitable[Told]], mode: str = "auto") -> Told:
    async def used() -> Told:
        async with Client(server, mode=mode, read_timeout_seconds=60) as client:
            return await use(client)

    return asyncio.run(used())


def called(url: str, tool: str, **arguments: Any) -> Any:
    return with_client(f"{url}{PATH}", lambda client: client.call_tool(tool, arguments))


# What the tools do


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_the_tools_say_what_they_take_what_they_return_and_that_they_change_nothing(url: str, mode: str) -> None:
    listed = with_client(f"{url}{PATH}", lambda client: client.list_tools(), mode).tools
    assert [tool.name for tool in listed] == ["ask", "search", "read_document", "timeline"]
    for tool in listed:
        assert tool.description
        assert tool.output_schema
        assert tool.annotations is not None
        assert tool.annotations.read_only_hint
        assert all("description" in json.dumps(taken) for taken in tool.input_schema["properties"].values())


def test_an_answer_comes_with_its_citations_for_programs_and_as_text(url: str, assistant: Assistant) -> None:
    result = called(url, "ask", question=QUESTION)
    assert not result.is_error
    told = result.structured_content
    assert told | {"timings_ms": {}} == assistant.ask(QUESTION).to_dict() | {"timings_ms": {}}
    assert "[1]" in result.content[0].text
    assert "agreement.txt" in result.content[0].text


def test_history_makes_a_follow_up_stand_alone(url: str) -> None:
    result = called(url, "ask", question="when was it signed?", history=[QUESTION])
    assert "Iceland" in result.structured_content["standalone_question"]


def test_passages_are_found_with_their_exact_places(url: str, assistant: Assistant) -> None:
    result = called(url, "search", query="ambulances", count=3)
    (passage,) = result.structured_content["passages"]
    document = assistant.store.document(passage["document"]["id"])
    assert document is not None
    assert document.text[passage["start"] : passage["end"]] == passage["text"]
    assert passage["document"]["id"] in result.content[0].text


def test_a_document_is_read_in_parts_that_add_up(url: str, assistant: Assistant) -> None:
    (document,) = assistant.store.catalog.documents()
    text, start = "", 0
    while start is not None:
        part = called(url, "read_document", document_id=document.id, start=start, length=30).structured_content
        assert (part["start"], part["end"]) == (start, start + len(part["text"]))
        assert part["length"] == len(TEXT)
        assert part["is_current"]
        text, start = text + part["text"], part["next_start"]
    assert text == TEXT


def test_a_timeline_is_told_with_its_quotes(url: str) -> None:
    result = called(url, "timeline", parties=["Iceland", "Malta"], since=2024)
    (commitment,) = result.structured_content["commitments"]
    assert (commitment["date"], commitment["status"]) == ("2024-05-03", "signed")
    assert "3 May 2024 (signed): Iceland and Malta signed" in result.content[0].text
    assert called(url, "timeline", parties=["Iceland"], until=2020).structured_content["commitments"] == []


@each(
    ("tool", "arguments", "sentence"),
    [
        ("timeline", {"parties": ["Icelnad"]}, "the nearest name is Iceland"),
        ("timeline", {"parties": ["Iceland"], "since": 2024, "until": 2020}, "exchange the two years"),
        ("timeline", {"parties": []}, "parties"),
        ("ask", {"question": " "}, "question"),
        ("ask", {"question": "x" * 2_001}, "question"),
        ("ask", {"question": "What?", "history": ["x"] * 21}, "history"),
        ("search", {"query": "x", "count": 51}, "count"),
        ("read_document", {"document_id": "none"}, "no document of this id"),
        ("read_document", {"document_id": "x", "start": -1}, "start"),
        ("read_document", {"document_id": "x", "length": MOST_TEXT + 1}, "length"),
        ("forget", {}, "forget"),
    ],
)
def test_what_cannot_be_done_is_an_error_with_its_sentence(
    url: str, tool: str, arguments: dict[str, Any], sentence: str
) -> None:
    result = called(url, tool, **arguments)
    assert result.is_error
    assert sentence in result.content[0].text


def test_reading_past_the_end_says_where_the_end_is(url: str, assistant: Assistant) -> None:
    (document,) = assistant.store.catalog.documents()
    beyond = called(url, "read_document", document_id=document.id, start=10_000)
    assert beyond.is_error
    assert f"has {len(TEXT)} characters" in beyond.content[0].text


# Over HTTP


def post(url: str, **headers: str) -> httpx.Response:
    request = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    return httpx.post(f"{url}{PATH}", json=request, headers={"Accept": "application/json", **headers})


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "localhost.evil.example:7860"]
)
def test_a_page_under_another_name_does_not_reach_the_tools(url: str, host: str) -> None:
    refused = post(url, Host=host)
    assert refused.status_code == 421
    assert refused.headers["x-content-type-options"] == "nosniff"
    assert post(url, Origin=f"http://{host}").status_code == 403


@pytest.mark.parametrize("host", ["localhost", "localhost:9", "127.0.0.1:7860", "[::1]:7860"])
def test_this_machines_own_names_do(url: str, host: str) -> None:
    assert post(url, Host=host).status_code not in (403, 421)
    assert post(url, Host=host, Origin=f"http://{host}").status_code not in (403, 421)


def test_a_name_that_the_settings_give_does_too(assistant: Assistant) -> None:
    from ui.access.layer import Access
    from ui.application import create_app

    async def made() -> Any:
        return create_app(assistant, access=Access(hosts=("assistant.example.org",)))

    body = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    with TestClient(asyncio.run(made()), base_url="https://assistant.example.org") as client:
        assert client.post(PATH, json=body, headers={"Accept": "application/json"}).status_code not in (403, 421)
        assert client.post(PATH, json=body, headers={"Host": "other.example.org"}).status_code == 421


def test_a_call_that_is_too_large_is_refused(url: str) -> None:
    assert httpx.post(f"{url}{PATH}", content=b"[" + b" " * 600_000 + b"]").status_code == 413


def test_an_application_can_be_started_again(assistant: Assistant) -> None:
    app = app_over(assistant)
    for _ in range(2):
        with TestClient(app, base_url="http://localhost") as client:
            assert client.post(PATH, json={}).status_code == 400
        assert client.post(PATH, json={}).status_code == 503


def test_without_the_sdk_there_is_nothing_at_the_path_and_the_command_says_what_to_install(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mounting, "is_installed", lambda: False)
    with TestClient(app_over(assistant)) as client:
        assert client.post(PATH, json={}).status_code in (404, 405)
    with pytest.raises(AssistantError, match=r"pip install 'health-cooperation-assistant\[mcp\]'"):
        mounting.require_installed()


# Over stdio


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Path:
    data = tmp_path_factory.mktemp("data")
    folder = corpus_in(tmp_path_factory.mktemp("corpus"))
    open_assistant(data, folder=folder, encoder=encoder).close()
    return data


def arguments(data: Path) -> list[str]:
    code = COMMAND.format(arguments=["mcp", "--data-dir", str(data)])
    return ["-c", code]


@pytest.mark.processes
def test_the_real_command_serves_the_sdks_client_over_stdio(data: Path) -> None:
    (command, *rest) = child_command(*arguments(data))
    server = StdioServerParameters(command=command, args=rest, env=child_environment(), cwd=data)

    async def use(client: Client) -> tuple[Any, Any]:
        await client.list_tools()
        return await client.call_tool("ask", {"question": QUESTION}), await client.call_tool(
            "timeline", {"parties": ["X"]}
        )

    answer, wrong = with_client(server, use)
    assert answer.structured_content["outcome"] == "answered"
    assert answer.structured_content["citations"][0]["quote"] in TEXT
    assert wrong.is_error


@pytest.mark.processes
def test_nothing_but_the_protocol_comes_on_standard_output(data: Path) -> None:
    """A child that prints whatever it loads: from Python and from below it, before and while it serves."""
    noisy = "import os; print('noise'); os.write(1, b'noise below\\n')\n"
    code = (
        "import builtins, sys\n"
        "import assistant.assembly as assembly\n"
        "opening, asking = assembly.open_assistant, assembly.Assistant.ask\n"
        f"def opened(*a, **k):\n    {noisy.strip().replace(chr(10), chr(10) + '    ')}\n    return opening(*a, **k)\n"
        f"def asked(*a, **k):\n    {noisy.strip().replace(chr(10), chr(10) + '    ')}\n    return asking(*a, **k)\n"
        "assembly.open_assistant, assembly.Assistant.ask = opened, asked\n" + arguments(data)[1]
    )
    requests = [
        {
            "jsonrpc": "2.0",
            "id": 1,
            "method": "initialize",
            "params": {
                "protocolVersion": "2025-06-18",
                "capabilities": {},
                "clientInfo": {"name": "test", "version": "1"},
            },
        },
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {
            "jsonrpc": "2.0",
            "id": 2,
            "method": "tools/call",
            "params": {"name": "ask", "arguments": {"question": QUESTION}},
        },
    ]
    with subprocess.Popen(
        child_command("-c", code),
        env=child_environment(),
        cwd=data,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        assert child.stderr is not None
        lines = []
        for request in requests:
            child.stdin.write(json.dumps(request) + "\n")
            child.stdin.flush()
            if "id" in request:
                lines.append(child.stdout.readline())
        rest, complaints = child.communicate(timeout=60)
    messages = [json.loads(line) for line in (*lines, *rest.splitlines())]
    assert [message["id"] for message in messages] == [1, 2]
    assert messages[1]["result"]["structuredContent"]["outcome"] == "answered"
    assert complaints.count("noise below") == 2, "what is printed goes to standard error"
    assert child.returncode == 0


@pytest.mark.processes
def test_a_data_folder_that_cannot_be_used_is_a_sentence_on_standard_error(tmp_path: Path) -> None:
    (tmp_path / "catalog.sqlite3").write_bytes(b"no database at all" * 100)
    ended = subprocess.run(
        child_command(*arguments(tmp_path)),
        env=child_environment(),
        cwd=tmp_path,
        text=True,
        capture_output=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert "cannot be opened" in ended.stderr
