"""Two real servers on one catalog: what one is given the other answers, and one killed loses no question."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from replicas import Asked, Replica, ask_either

from assistant.assembly import open_assistant
from assistant.settings import Settings
from corpus.encoder.protocol import Encoder
from corpus.index.servers import Servers

pytestmark = [pytest.mark.servers, pytest.mark.processes]

SIGNED = "{} and {} signed a health cooperation agreement on 3 May 2024. It covers ambulances."


@pytest.fixture
def replicas(schema: str, chroma_server: str, encoder: Encoder, tmp_path: Path) -> Iterator[list[Replica]]:
    """Two servers with data folders of their own, ready."""
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "first.txt").write_text(SIGNED.format("Peru", "Fiji"), encoding="utf-8")
    settings = Settings(catalog_url=schema, chroma_url=chroma_server)  # type: ignore[arg-type]
    open_assistant(tmp_path / "data", folder=notes, encoder=encoder, settings=settings).close()
    replicas = [Replica(tmp_path / name, Servers(schema, chroma_server)).start() for name in ("a", "b")]
    try:
        for replica in replicas:
            replica.wait_until_ready()
        yield replicas
    finally:
        for replica in replicas:
            replica.stop()


def test_replicas_follow_each_other_and_one_killed_loses_no_question(replicas: list[Replica]) -> None:
    added, asked = replicas
    assert "Peru" in asked.ask("What did Peru and Fiji sign?")["answer"]
    added.add("second.txt", SIGNED.format("Malta", "Ghana"))
    started = time.monotonic()
    while not asked.cites("What did Malta and Ghana sign?", "second.txt"):
        assert time.monotonic() - started < 5
    assert lost_while_one_is_killed(replicas) == 0
    asked.add("third.txt", SIGNED.format("Nepal", "Samoa"))
    added.start().wait_until_ready()
    assert added.cites("What did Nepal and Samoa sign?", "third.txt")


def lost_while_one_is_killed(replicas: list[Replica]) -> int:
    """How many questions of clients who may ask either are not answered, though some were under way at the kill."""
    asked: list[Asked] = []
    over = threading.Event()

    def ask(client: int) -> None:
        number = client
        while not over.is_set():
            asked.append(ask_either(replicas, number, f"What did Peru and Fiji sign{' ?' * number}"))
            number += 1

    threads = [threading.Thread(target=ask, args=(client,)) for client in range(3)]
    for thread in threads:
        thread.start()
    time.sleep(2)
    replicas[0].kill()
    time.sleep(3)
    over.set()
    for thread in threads:
        thread.join()
    assert sum(item.tries > 1 for item in asked), "no question met the kill"
    return sum(not item.is_answered for item in asked)
