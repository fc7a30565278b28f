"""Many people at once against a running server: what fails, how long answers take against idle, what memory it takes.

    python benchmarks/load.py [--people 64] [--minutes 5] [--at-once 512]

Starts a server over the shipped briefs in a folder of its own. Idle: one person, without thinking between. Load: people
who each think 5 to 15 seconds between two requests, in a mix of questions as JSON and as server-sent events, lists,
timelines and the page; hardly a question is written like another. Then so many questions at the same moment: what each
gets and after how long, with the health of the process asked all the while.
"""

import argparse
import asyncio
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import httpx

from benchmarks.table import percentile, print_table

TIMEOUT = 60.0
THINKING = (5.0, 15.0)  # seconds
# What a person does next, by how often of a hundred times.
MIX = {"ask": 45, "ask, as events": 25, "documents": 10, "timeline": 8, "document's page": 7, "page": 5}
QUESTIONS = tuple(
    json.loads(line)["question"] for line in (ROOT / "corpus" / "questions.jsonl").read_text("utf-8").splitlines()
)
COMMAND = "import sys; from ui.cli import main; sys.argv[1:] = {!r}; main()"


def new_question(chance: random.Random) -> str:
    """One of the shipped questions, written as it was hardly asked before, so that few answers come from memory."""
    return f"{chance.choice(QUESTIONS).rstrip('?')}?{' ?' * chance.randrange(40)}"


@dataclass
class Seen:
    """What requests came to, by kind."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    told: Counter[tuple[str, str]] = field(default_factory=Counter)

    def note(self, kind: str, outcome: str, seconds: float) -> None:
        """One request."""
        self.told[(kind, outcome)] += 1
        if outcome == "200":
            self.seconds.setdefault(kind, []).append(seconds)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=64)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--at-once", type=int, default=512)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as (url, process):
        asyncio.run(measured(url, process.pid, arguments))


async def measured(url: str, pid: int, arguments: argparse.Namespace) -> None:
    """All three parts, on one server."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=arguments.people)
    async with httpx.AsyncClient(base_url=url, timeout=TIMEOUT, limits=limits) as client:
        acts = await acts_on(client)
        await person(acts, Seen(), random.Random(0), until=time.monotonic() + 5, thinking=(0, 0))
        before = memory(pid)
        idle, load = Seen(), Seen()
        await each_once(acts, idle)
        until = time.monotonic() + arguments.minutes * 60
        people = (person(acts, load, random.Random(number), until=until) for number in range(arguments.people))
        await asyncio.gather(*people)
        after = memory(pid)
        print_load(arguments, idle, load)
        print_table("Memory of the server, MB", ("when", "MB"), [("before", before), ("after", after)])
        await burst(client, arguments.at_once)
        await burst_of_events(client, arguments.at_once)
        print_table("Memory of the server, MB", ("when", "MB"), [("after all", memory(pid))])


def print_load(arguments: argparse.Namespace, idle: Seen, load: Seen) -> None:
    """The table of times, and what was not answered."""
    rows = []
    for kind in MIX:
        alone, busy = idle.seconds.get(kind, [0.0]), load.seconds.get(kind, [0.0])
        p95 = [percentile(times, 0.95) for times in (alone, busy)]
        ratio = p95[1] / p95[0] if p95[0] else 0.0
        rows.append(
            (
                kind,
                len(busy),
                *(percentile(times, 0.5) * 1000 for times in (alone, busy)),
                *(1000 * x for x in p95),
                ratio,
            )
        )
    title = f"{arguments.people} people for {arguments.minutes:g} minutes, milliseconds"
    print_table(title, ("request", "N", "p50 idle", "p50", "p95 idle", "p95", "× idle"), rows)
    wrong = [(kind, outcome, count) for (kind, outcome), count in sorted(load.told.items()) if outcome != "200"]
    print_table("Not answered", ("request", "what came", "times"), wrong or [("-", "nothing", 0)])


async def acts_on(client: httpx.AsyncClient) -> dict[str, Callable[[random.Random], Awaitable[str]]]:
    """What a person can do."""
    listed = (await client.get("/api/v1/documents")).json()["documents"]
    ids = [document["id"] for document in listed]

    async def ask(chance: random.Random) -> str:
        answer = await client.post("/api/v1/ask", json={"question": new_question(chance)})
        return str(answer.status_code)

    async def ask_as_events(chance: random.Random) -> str:
        return await streamed(client, new_question(chance))

    def get(path: Callable[[random.Random], str]) -> Callable[[random.Random], Awaitable[str]]:
        async def got(chance: random.Random) -> str:
            return str((await client.get(path(chance))).status_code)

        return got

    return {
        "ask": ask,
        "ask, as events": ask_as_events,
        "documents": get(lambda chance: f"/api/v1/documents?q={chance.choice(('latvia', 'who', 'baku', ''))}"),
        "timeline": get(lambda _: "/api/v1/timeline?parties=Latvia&parties=Azerbaijan"),
        "document's page": get(lambda chance: f"/documents/{chance.choice(ids)}"),
        "page": get(lambda _: "/"),
    }


async def streamed(client: httpx.AsyncClient, question: str) -> str:
    """The status, or what the last event was if it is not an answer."""
    body = {"question": question, "stream": True}
    async with client.stream("POST", "/api/v1/ask", json=body) as answer:
        last = ""
        async for line in answer.aiter_lines():
            last = line.removeprefix("event: ") if line.startswith("event: ") else last
        if answer.status_code != 200:
            return str(answer.status_code)
        return "200" if last == "answer" else f"ended with {last or 'nothing'}"


async def person(
    acts: dict[str, Callable[[random.Random], Awaitable[str]]],
    seen: Seen,
    chance: random.Random,
    *,
    until: float,
    thinking: tuple[float, float] = THINKING,
) -> None:
    """Do one thing after another; the first after a part of the time for thinking, so that not all begin at once."""
    await asyncio.sleep(chance.uniform(0, thinking[1]))
    while time.monotonic() < until:
        (kind,) = chance.choices(list(MIX), list(MIX.values()))
        await once(kind, acts, seen, chance)
        await asyncio.sleep(chance.uniform(*thinking))


async def each_once(acts: dict[str, Callable[[random.Random], Awaitable[str]]], seen: Seen) -> None:
    """Everything one after another, for the times of an idle server."""
    chance = random.Random(1)
    for kind, share in MIX.items():
        for _ in range(max(12, share)):
            await once(kind, acts, seen, chance)


async def once(kind: str, acts: dict[str, Any], seen: Seen, chance: random.Random) -> None:
    """One thing, noted."""
    started = time.perf_counter()
    try:
        outcome = await acts[kind](chance)
    except httpx.HTTPError as error:
        outcome = type(error).__name__
    seen.note(kind, outcome, time.perf_counter() - started)


async def burst(client: httpx.AsyncClient, count: int) -> None:
    """So many questions at the same moment."""
    chance = random.Random(2)

    async def one() -> tuple[str, bool]:
        answer = await client.post("/api/v1/ask", json={"question": new_question(chance)})
        return str(answer.status_code), "retry-after" in answer.headers

    await told_of_burst(client, f"{count} questions at once", [one() for _ in range(count)])


async def burst_of_events(client: httpx.AsyncClient, count: int) -> None:
    """The same, as server-sent events."""
    chance = random.Random(3)

    async def one() -> tuple[str, bool]:
        return await streamed(client, new_question(chance)), True

    await told_of_burst(client, f"{count} questions at once, as events", [one() for _ in range(count)])


async def told_of_burst(client: httpx.AsyncClient, title: str, asked: list[Awaitable[tuple[str, bool]]]) -> None:
    """Ask all of them and print what they got."""
    got: dict[str, list[float]] = {}
    later: Counter[str] = Counter()
    started = time.perf_counter()

    async def noted(one: Awaitable[tuple[str, bool]]) -> None:
        try:
            outcome, says_when = await one
        except httpx.HTTPError as error:
            outcome, says_when = type(error).__name__, False
        got.setdefault(outcome, []).append(time.perf_counter() - started)
        later[outcome] += says_when

    alive: list[float] = []
    done = asyncio.Event()

    async def look() -> None:
        async with httpx.AsyncClient(base_url=client.base_url, timeout=TIMEOUT) as other:
            while not done.is_set():
                asked_at = time.perf_counter()
                (await other.get("/health/live")).raise_for_status()
                alive.append(time.perf_counter() - asked_at)
                await asyncio.sleep(0.2)

    looking = asyncio.create_task(look())
    await asyncio.gather(*(noted(one) for one in asked))
    done.set()
    await looking
    rows = [
        (what, len(times), later[what], percentile(times, 0.5), percentile(times, 0.95), max(times))
        for what, times in sorted(got.items())
    ]
    print_table(f"{title}, seconds", ("what came", "N", "with Retry-After", "p50", "p95", "slowest"), rows)
    print(f"\nhealth meanwhile: {len(alive)} looks, slowest {max(alive) * 1000:.0f} ms")


def memory(pid: int) -> int:
    """Resident memory of the server and its children, in MB."""
    pages = 0
    for place in [Path(f"/proc/{pid}"), *_children(pid)]:
        pages += int((place / "statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 2**20


def _children(pid: int) -> list[Path]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [Path(f"/proc/{child}") for child in found]


@contextmanager
def serving(folder: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A server of the command line, as anyone starts it, over the briefs."""
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(ROOT)}
    arguments = ["--data-dir", str(folder)]
    python = [sys.executable, "-c"]
    subprocess.run([*python, COMMAND.format(["ingest", *arguments])], check=True, env=environment, capture_output=True)
    serve = [*python, COMMAND.format(["serve", "--port", "0", *arguments])]
    process = subprocess.Popen(serve, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment)
    try:
        assert process.stdout is not None
        yield (
            next(found[0] for line in process.stdout if (found := re.search(r"http://127\.0\.0\.1:\d+", line))),
            process,
        )
    finally:
        started = time.monotonic()
        process.terminate()
        status = process.wait(timeout=30)
        print(f"\nended with {status} {time.monotonic() - started:.1f} s after SIGTERM")


if __name__ == "__main__":
    main()
