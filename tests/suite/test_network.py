"""The guard that keeps the suite off the network must itself be seen to fire."""

import socket
import subprocess

import pytest
from fakes import TESTS, child_command, child_environment
from offline import network_guard

# An address reserved for documentation: nothing answers there.
ELSEWHERE = ("192.0.2.1", 80)


@pytest.fixture
def fired():
    yield network_guard.attempts
    network_guard.attempts.clear()


def test_a_connection_to_another_machine_is_refused_and_remembered(fired):
    with socket.socket() as connection, pytest.raises(network_guard.NetworkAttempt):
        connection.connect(ELSEWHERE)
    assert len(fired) == 1


def test_a_datagram_to_another_machine_is_refused(fired):
    with socket.socket(type=socket.SOCK_DGRAM) as datagrams, pytest.raises(network_guard.NetworkAttempt):
        datagrams.sendto(b"hello", ELSEWHERE)


def test_a_name_lookup_is_refused(fired):
    with pytest.raises(network_guard.NetworkAttempt):
        socket.getaddrinfo("example.invalid", 443)
    with pytest.raises(network_guard.NetworkAttempt):
        socket.gethostbyname("example.invalid")


def test_a_test_that_swallows_the_refusal_still_fails(tmp_path):
    (tmp_path / "test_swallowing.py").write_text(
        "import contextlib, socket\n"
        "def test_swallowing():\n"
        "    with contextlib.suppress(BaseException), socket.socket() as connection:\n"
        f"        connection.connect({ELSEWHERE!r})\n"
    )
    (tmp_path / "conftest.py").write_text((TESTS / "conftest.py").read_text(encoding="utf-8"))
    result = subprocess.run(
        child_command("-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), str(tmp_path)),
        env=child_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert "1 passed, 1 error" in result.stdout, "the test itself passes, the guard makes it an error"
    assert "the test tried to reach another machine" in result.stdout


def test_this_machine_may_be_spoken_to():
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        assert client.getpeername() == server.getsockname()
    assert socket.getaddrinfo("localhost", 80)
    one, other = socket.socketpair()
    one.close()
    other.close()


def test_a_child_process_is_kept_off_the_network_too():
    code = f"import socket; socket.socket().connect({ELSEWHERE!r})"
    result = subprocess.run(
        child_command("-c", code), env=child_environment(), capture_output=True, text=True, check=False
    )
    assert result.returncode == 1
    assert "NetworkAttempt" in result.stderr
