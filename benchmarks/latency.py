"""How long a question takes: on a running server, and as a cold `assistant ask`.

    python benchmarks/latency.py [--rounds 3] [--cold 3]

Starts a server on a free loopback port over the shipped briefs, asks the questions of `QUESTIONS` over HTTP one after
another, and prints the first round (nothing cached) beside the later ones. Then it times whole `assistant ask`
processes, beside a bare `import torch` as the yardstick of the machine.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.table import percentile, print_table

ASSISTANT = str(Path(sys.executable).with_name("assistant"))
QUESTIONS = (
    "What did Latvia and Azerbaijan agree on?",
    "When and where was the health agreement between Azerbaijan and Latvia signed?",
    "Who is Latvia's health minister?",
    "How many international experts were in the WHO mission to Azerbaijan in September 2022?",
    "On what date did the Latvia–Lithuania ambulance agreement enter into force?",
    "Which countries belong to BeNeLuxA?",
    "Is the WHO Pandemic Agreement open for signature?",
    "How much did Azerbaijan give WHO for COVID-19 in 2020?",
    "Which countries form the Baku coalition for climate and health?",
    "How do Azerbaijan's 2025 agreements with Ukraine and Latvia differ?",
    "What is the capital of France?",
    "How many beds does Riga East University Hospital have?",
)


def main() -> None:
    """Measure and print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="rounds over the questions on the server")
    parser.add_argument("--cold", type=int, default=3, help="cold processes of each kind")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        _run([ASSISTANT, "ingest", "--data-dir", folder])
        rounds = _served(folder, arguments.rounds)
        print_table(
            f"POST /api/v1/ask, {len(QUESTIONS)} questions over the shipped briefs, one at a time",
            ("round", "p50 ms", "p95 ms", "slowest ms"),
            [
                (name, percentile(times, 0.5), percentile(times, 0.95), max(times))
                for name, times in (("first", rounds[0]), ("later", [t for times in rounds[1:] for t in times]))
            ],
        )
        cold = [_run([ASSISTANT, "ask", QUESTIONS[0], "--data-dir", folder]) for _ in range(arguments.cold)]
        bare = [_run([sys.executable, "-c", "import torch"]) for _ in range(arguments.cold)]
        help_text = [_run([ASSISTANT, "--help"]) for _ in range(arguments.cold)]
    yardstick = percentile(bare, 0.5)
    print_table(
        "Whole processes, seconds",
        ("command", "median s", "× import torch"),
        [
            (name, percentile(times, 0.5), percentile(times, 0.5) / yardstick)
            for name, times in (
                ("assistant ask", cold),
                ("python -c 'import torch'", bare),
                ("assistant --help", help_text),
            )
        ],
    )


def _served(folder: str, rounds: int) -> list[list[float]]:
    server = subprocess.Popen(
        [ASSISTANT, "serve", "--port", "0", "--data-dir", folder],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )
    try:
        assert server.stdout is not None
        address = next(
            match.group() for line in server.stdout if (match := re.search(r"http://127\.0\.0\.1:\d+", line))
        )
        _ask(address, "warm-up: what did Estonia sign?")
        return [[_ask(address, question) for question in QUESTIONS] for _ in range(max(rounds, 2))]
    finally:
        server.terminate()
        server.wait(timeout=30)


def _ask(address: str, question: str) -> float:
    """Milliseconds until the whole answer is there."""
    request = urllib.request.Request(
        f"{address}/api/v1/ask", json.dumps({"question": question}).encode(), {"Content-Type": "application/json"}
    )
    started = time.perf_counter()
    with urllib.request.urlopen(request, timeout=60) as response:
        json.load(response)
    return (time.perf_counter() - started) * 1000


def _run(command: list[str]) -> float:
    """Seconds that a whole process takes."""
    started = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
