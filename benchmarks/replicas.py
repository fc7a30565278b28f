"""Two web processes on one PostgreSQL and one Chroma server: documents added through one, and one of them killed.

    python benchmarks/replicas.py [--documents 30] [--seconds 40] [--clients 4] [--without-chroma]

Measures how soon one answers from what the other added, and what becomes of questions under way. It starts the servers
and both processes itself, each with a data folder of its own, over the shipped briefs. Its control is a client that
knows one replica only: it must lose questions when that one is killed.
"""

import argparse
import statistics
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from itertools import combinations
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]

from replicas import Asked, Replica, ask_either
from servers import running_chroma, running_postgres

from benchmarks.table import print_table
from corpus.index.servers import Servers

QUESTIONS = (
    "What did Latvia and Azerbaijan agree on?",
    "Who is Latvia's health minister?",
    "What does the World Health Organization do in Azerbaijan?",
    "Has the health agreement been approved?",
)
# Of which the shipped briefs tell nothing.
COUNTRIES = ("Peru", "Fiji", "Malta", "Iceland", "Ghana", "Nepal", "Belize", "Samoa", "Bhutan")
PAIRS = list(combinations(COUNTRIES, 2))


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--documents", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=40)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--without-chroma", action="store_true", help="vectors in each data folder")
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        catalog = stack.enter_context(running_postgres())
        vectors = None if options.without_chroma else stack.enter_context(running_chroma(folder / "chroma"))
        replicas = [Replica(folder / name, Servers(catalog, vectors)) for name in ("a", "b")]
        for replica in replicas:
            stack.callback(replica.stop)
        rows = [("first replica ready, briefs indexed", seconds_until_ready(replicas[0]))]
        rows.append(("second replica ready, index built from the catalog", seconds_until_ready(replicas[1])))
        rows += followed(replicas, options.documents)
        rows += killed(replicas, options.clients, options.seconds)
        print_table("Two replicas", ("what", "figure"), rows)


def seconds_until_ready(replica: Replica) -> str:
    """Start a replica; how long that took."""
    started = time.monotonic()
    replica.start().wait_until_ready()
    return f"{time.monotonic() - started:.1f} s"


def followed(replicas: list[Replica], count: int) -> list[tuple[str, str]]:
    """Add documents to one and the other in turn, and ask the one that did not get it until its answer cites it."""
    lags = []
    for number, pair in enumerate(PAIRS[:count]):
        given, asked = replicas[number % 2], replicas[1 - number % 2]
        given.add(*signed(pair))
        started = time.monotonic()
        while not asked.cites(f"What did {pair[0]} and {pair[1]} sign?", signed(pair)[0]):
            assert time.monotonic() - started < 30, f"{pair} is never answered"
        lags.append(time.monotonic() - started)
    return [
        (f"added through one, answered by the other: median of {count}", f"{statistics.median(lags):.2f} s"),
        (f"the slowest of {count}", f"{max(lags):.2f} s"),
    ]


def signed(pair: tuple[str, str]) -> tuple[str, str]:
    """A document's name and text."""
    name = f"{pair[0]}-{pair[1]}.txt"
    return name, f"{pair[0]} and {pair[1]} signed a health cooperation agreement on 3 May 2024. It covers ambulances."


def killed(replicas: list[Replica], clients: int, seconds: float) -> list[tuple[str, str]]:
    """Ask all the time; kill one in the middle, add to the other, start it again."""
    asked: list[Asked] = []
    alone: list[Asked] = []
    over = threading.Event()

    def ask(client: int) -> None:
        number = client
        while not over.is_set():
            question = QUESTIONS[number % len(QUESTIONS)]
            asked.append(ask_either(replicas, number, f"{question} ({client}.{number})"))
            number += 1

    def ask_one() -> None:
        while not over.is_set():
            alone.append(ask_either(replicas[:1], 0, QUESTIONS[0], tries=1))
            time.sleep(0.05)

    threads = [threading.Thread(target=ask, args=(client,)) for client in range(clients)]
    threads.append(threading.Thread(target=ask_one))
    for thread in threads:
        thread.start()
    time.sleep(seconds / 4)
    replicas[0].kill()
    killed_at = time.monotonic()
    replicas[1].add(*signed(PAIRS[-1]))
    time.sleep(seconds / 4)
    replicas[0].start().wait_until_ready()
    back = time.monotonic() - killed_at - seconds / 4
    knows = replicas[0].cites(f"What did {PAIRS[-1][0]} and {PAIRS[-1][1]} sign?", signed(PAIRS[-1])[0])
    time.sleep(seconds / 2)
    over.set()
    for thread in threads:
        thread.join()
    times = sorted(item.seconds for item in asked)
    lost = sum(not item.is_answered for item in asked)
    return [
        (f"questions of {clients} clients who may ask either", str(len(asked))),
        ("lost of these", str(lost)),
        ("of these answered by the other after a failure", str(sum(item.tries > 1 for item in asked))),
        ("median, 95th percentile, longest", " / ".join(f"{t:.2f} s" for t in (*_quantiles(times), times[-1]))),
        ("control: lost of the client who knows the killed one alone", f"{_lost(alone)} of {len(alone)}"),
        ("killed replica ready again", f"{back:.1f} s"),
        ("and answers from what was added meanwhile", "yes" if knows else "NO"),
    ]


def _lost(asked: list[Asked]) -> int:
    return sum(not item.is_answered for item in asked)


def _quantiles(times: list[float]) -> tuple[float, float]:
    return times[len(times) // 2], times[int(0.95 * (len(times) - 1))]


if __name__ == "__main__":
    main()
