import signal
import socket
import subprocess
import urllib.request
from pathlib import Path

import pytest
from fakes import child_command, child_environment

from assistant.settings import Settings
from corpus.errors import AssistantError
from ui.access.layer import names_of
from ui.identity.keys import KeyRing
from ui.server import EVERYBODY, NOBODY_SIGNS_IN, AddressInUse, address, bind

pytestmark = pytest.mark.processes

BEYOND = """
import sys
from fakes import FakeEncoder
from assistant.assembly import open_assistant
from assistant.settings import Settings
from corpus.errors import AssistantError
from ui.server import serve
try:
    serve(open_assistant(sys.argv[1], encoder=FakeEncoder()), "0.0.0.0", 0, Settings(open=sys.argv[2] == "open"))
except AssistantError as error:
    print(error)
"""
SERVE = """
import sys
from fakes import FakeEncoder
from assistant.assembly import open_assistant
from ui.server import serve
serve(open_assistant(sys.argv[1], encoder=FakeEncoder()), "127.0.0.1", 0)
print("ended")
"""


def test_port_zero_takes_a_free_port() -> None:
    with bind("127.0.0.1", 0) as listening:
        assert address(listening, "127.0.0.1") == f"http://127.0.0.1:{listening.getsockname()[1]}"


def test_a_taken_port_is_refused_with_a_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(AddressInUse, match=f"Port {port} is already in use; .*--port"):
            bind("127.0.0.1", port)


def test_an_address_of_another_machine_is_refused_with_a_sentence() -> None:
    with pytest.raises(AssistantError, match=r"192\.0\.2\.1:0 cannot be listened on"):
        _bind_elsewhere()


def _bind_elsewhere() -> None:
    # An address for documentation, which no machine has; the guard against network use allows only our own.
    with pytest.MonkeyPatch.context() as patch:
        place = (socket.AF_INET, socket.SOCK_STREAM, 0, "", ("192.0.2.1", 0))
        patch.setattr(socket, "getaddrinfo", lambda *_, **__: [place])
        bind("192.0.2.1", 0)


def test_a_server_that_others_reach_does_not_start_without_a_sign_in(tmp_path: Path) -> None:
    command = child_command("-c", BEYOND, str(tmp_path / "data"), "closed")
    ended = subprocess.run(command, env=child_environment(), text=True, capture_output=True, timeout=120, check=True)
    assert "Other machines can reach this address" in ended.stdout
    assert "assistant keys create NAME" in ended.stdout


@pytest.mark.parametrize("way_in", ["open", "a key"])
def test_a_server_that_others_reach_starts_when_told_so_or_with_a_key(way_in: str, tmp_path: Path) -> None:
    if way_in == "a key":
        KeyRing(tmp_path / "data").create("portal", "ask")
    command = child_command("-c", BEYOND, str(tmp_path / "data"), way_in)
    with subprocess.Popen(
        command, env=child_environment(), text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as server:
        assert server.stdout is not None
        assert "http://" in server.stdout.readline()
        server.send_signal(signal.SIGTERM)
        _, complaints = server.communicate(timeout=60)
    assert (EVERYBODY in complaints) == (way_in == "open")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_server_cleanly(number: signal.Signals, tmp_path: Path) -> None:
    command = child_command("-c", SERVE, str(tmp_path / "data"))
    with subprocess.Popen(
        command, env=child_environment(), text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as server:
        assert server.stdout is not None
        url = server.stdout.readline().strip().rpartition(" ")[2]
        with urllib.request.urlopen(f"{url}/health/live", timeout=30) as response:
            assert response.status == 200
        server.send_signal(number)
        told, complaints = server.communicate(timeout=30)
    assert server.returncode == 0
    assert told.strip() == "ended"
    assert complaints.strip() == NOBODY_SIGNS_IN


def test_the_server_knows_the_names_that_people_use() -> None:
    settings = Settings(public_url="https://assistant.example:8443", hosts="a.example, b.example,")
    assert names_of(settings) == ("assistant.example", "a.example", "b.example")
    assert names_of(Settings(public_url="", hosts="")) == ()
