import hashlib
import json
import stat
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ui.cli import app
from ui.identity.keys import KeyRing, KeysError, described
from ui.storage.shared import KeysUnknown, Rows, SharedKeys, shared_secret


def test_a_key_is_found_and_only_its_hash_is_kept(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path)
    text = ring.create("portal", "ask")
    found = ring.find(text)
    assert found is not None
    assert (found.name, found.scope, found.sha256) == ("portal", "ask", hashlib.sha256(text.encode()).hexdigest())
    kept = (tmp_path / "keys.json").read_text(encoding="utf-8")
    assert text.rpartition("_")[2] not in kept
    assert stat.S_IMODE((tmp_path / "keys.json").stat().st_mode) == 0o600
    assert "sha256" not in described(ring.all())[0]


def test_no_two_keys_are_alike_and_each_has_256_bits(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path)
    texts = {ring.create(f"key {number}", "ask") for number in range(20)}
    assert len(texts) == 20
    assert {len(text.split("_", 2)[2]) for text in texts} == {43}, "32 bytes as base64 without padding"


def test_what_is_nearly_a_key_opens_nothing(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path)
    text = ring.create("portal", "ask")
    other = ring.create("other", "admin")
    mixed = text[:16] + other[16:]
    for near in (
        text[:-1],
        f"{text}x",
        text.upper(),
        f" {text}",
        mixed,
        "",
        "hca_",
        "hca_0_",
        text.replace("hca", "hcb"),
    ):
        assert ring.find(near) is None


def test_a_key_ends_with_its_day(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path)
    text = ring.create("portal", "ask", days=30)
    key = ring.find(text)
    assert key is not None
    now = datetime.now(UTC)
    assert key.is_valid(now + timedelta(days=29, hours=23))
    assert not key.is_valid(now + timedelta(days=30, seconds=1))
    records = json.loads((tmp_path / "keys.json").read_text())
    records[0]["expires"] = (now - timedelta(seconds=1)).isoformat()
    (tmp_path / "keys.json").write_text(json.dumps(records))
    assert ring.find(text) is None


def test_another_process_sees_what_was_made_and_revoked(tmp_path: Path) -> None:
    ring, other = KeyRing(tmp_path), KeyRing(tmp_path)
    assert other.all() == ()
    text = ring.create("portal", "ask")
    assert other.find(text) is not None
    ring.revoke("portal")
    assert other.find(text) is None
    assert len(other.all()) == 1


@pytest.mark.parametrize("name", ["", " ", "a\nb", "x" * 81, "<b>", "a ", "semi;colon"])
def test_a_name_that_would_look_like_something_else_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(KeysError, match="choose another name"):
        KeyRing(tmp_path).create(name, "ask")


def test_a_name_is_used_once_at_a_time(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path)
    ring.create("portal", "ask")
    with pytest.raises(KeysError, match="already"):
        ring.create("portal", "admin")
    ring.revoke("portal")
    ring.create("portal", "admin")
    with pytest.raises(KeysError, match="no key 'nobody'"):
        ring.revoke("nobody")


@pytest.mark.parametrize("content", ["{", '[{"id": 1}]', "[1]", "\x00", '[{"name": "x"}]'])
def test_a_damaged_file_is_said_so_and_opens_nothing(content: str, tmp_path: Path) -> None:
    (tmp_path / "keys.json").write_text(content)
    with pytest.raises(KeysError, match="restore it from a backup"):
        KeyRing(tmp_path).find("hca_x")


def test_the_command_line_makes_lists_and_revokes(tmp_path: Path) -> None:
    run = CliRunner()
    folder = ["--data-dir", str(tmp_path)]
    made = run.invoke(app, ["keys", "create", "portal", "--scope", "write", "--expires", "7", *folder])
    assert made.exit_code == 0
    text = made.stdout.strip()
    assert KeyRing(tmp_path).find(text) is not None
    listed = run.invoke(app, ["keys", "list", *folder]).stdout
    assert "write" in listed
    assert "portal" in listed
    assert text not in listed
    assert json.loads(run.invoke(app, ["keys", "list", "--json", *folder]).stdout)[0]["name"] == "portal"
    assert run.invoke(app, ["keys", "revoke", "portal", *folder]).exit_code == 0
    assert KeyRing(tmp_path).find(text) is None
    assert isinstance(run.invoke(app, ["keys", "create", "x", "--scope", "all", *folder]).exception, KeysError)


# Where several machines share a catalog


@pytest.mark.servers
def test_shared_keys_are_made_found_and_revoked_by_whoever_shares_them(schema: str, tmp_path: Path) -> None:
    ring, other = KeyRing(tmp_path / "a", schema), KeyRing(tmp_path / "b", schema)
    assert other.all() == ()
    text = ring.create("portal", "write", days=7)
    found = other.find(text)
    assert found is not None
    assert (found.name, found.scope, found.sha256) == ("portal", "write", hashlib.sha256(text.encode()).hexdigest())
    with pytest.raises(KeysError, match="already"):
        other.create("portal", "ask")
    other.revoke("portal")
    assert ring.find(text) is None
    assert len(ring.all()) == 1
    assert not list(tmp_path.rglob("keys.json"))


@pytest.mark.servers
def test_a_watched_ring_sees_changes_within_two_seconds_and_asks_no_database_meanwhile(
    schema: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring, other = KeyRing(tmp_path / "a", schema), KeyRing(tmp_path / "b", schema)
    with other.watched():
        text = ring.create("portal", "ask")
        patience = time.monotonic() + 2
        while other.find(text) is None:
            assert time.monotonic() < patience
            time.sleep(0.05)
        ring.revoke("portal")
        patience = time.monotonic() + 2
        while other.find(text) is not None:
            assert time.monotonic() < patience
            time.sleep(0.05)
        monkeypatch.setattr("ui.storage.shared._TOO_OLD_SECONDS", -1)
        with pytest.raises(KeysUnknown, match="start it, or wait"):
            other.find(text)
        assert other.has_any, "that somebody must sign in is not forgotten"


@pytest.mark.servers
def test_keys_are_read_again_after_a_failure_that_nobody_expected(
    schema: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring, other = KeyRing(tmp_path / "a", schema), KeyRing(tmp_path / "b", schema)
    faults, read = [TimeoutError("no connection is free")], SharedKeys._read

    def read_or_not(self: SharedKeys) -> Rows:
        if faults and threading.current_thread().name == "keys":
            raise faults.pop()
        return read(self)

    monkeypatch.setattr(SharedKeys, "_read", read_or_not)
    with other.watched():
        patience = time.monotonic() + 10
        while faults:
            assert time.monotonic() < patience
            time.sleep(0.05)
        text = ring.create("portal", "ask")
        while other.find(text) is None:
            assert time.monotonic() < patience
            time.sleep(0.05)
        ends = time.monotonic()
    assert time.monotonic() - ends < 0.5
    assert "keys" not in {thread.name for thread in threading.enumerate()}


@pytest.mark.servers
def test_all_who_share_a_database_sign_with_one_secret(schema: str, tmp_path: Path) -> None:
    secret = shared_secret(tmp_path / "a", schema)
    assert len(secret) == 64
    assert shared_secret(tmp_path / "b", schema) == secret
    assert not list(tmp_path.rglob("secret"))
