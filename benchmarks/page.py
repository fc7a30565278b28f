"""How soon the page is there and answers: first paint, first step shown, first and last word of an answer.

Serves the shipped briefs on a free port and asks in chromium, each question in a new window:
`python benchmarks/page.py`.
"""

import argparse
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from assistant import open_assistant
from benchmarks.table import percentile, print_table
from ui.application import create_app
from ui.server import address, bind

QUESTIONS = (
    "What did Latvia and Azerbaijan agree on?",
    "When did the Latvia–Lithuania ambulance agreement enter into force?",
    "With which countries did Azerbaijan sign health agreements in 2025?",
    "What is the capital of France?",
)
ANSWERING = {
    "first step": "#chat .making, #chat .answer",
    "first word": "#chat .answer:not(.making)",
    "complete": "#chat .answer:not(.making)",
}
MEASURED = ("first paint", "field ready", *ANSWERING)
# Notes when each thing is first there; an answer is complete once the field can send again. From outside the page, what
# is there for a moment only would be missed.
_WATCH = """what => {
    window.seen = {};
    let began;
    document.addEventListener('keydown', () => began ??= performance.now(), true);
    new MutationObserver(() => {
        for (const [name, selector] of Object.entries(what)) {
            const there = document.querySelector(selector)
                && (name !== 'complete' || document.querySelector('#question .submit-button'));
            if (there && !(name in window.seen)) window.seen[name] = performance.now() - began;
        }
    }).observe(document.body, {subtree: true, childList: true, attributes: true});
}"""
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")


@contextmanager
def served(data: Path) -> Iterator[str]:
    """The address of a server over the shipped briefs."""
    import uvicorn

    assistant = open_assistant(data)
    assistant.add_briefs()
    assistant.ask(QUESTIONS[0])  # the first question of a process loads what the others use
    with bind("127.0.0.1", 0) as listening:
        app = create_app(assistant, examples=QUESTIONS)
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield address(listening, "127.0.0.1")
        finally:
            server.should_exit = True
            thread.join(timeout=20)
            assistant.close()


def measure(browser: Any, url: str, question: str) -> dict[str, float]:
    """Seconds from opening the page, and from sending the question."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    opened = time.perf_counter()
    page.goto(url)
    page.wait_for_selector("#question textarea")
    ready = time.perf_counter() - opened
    paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0") / 1000
    page.wait_for_selector("#holdings strong")
    page.fill("#question textarea", question)
    page.evaluate(_WATCH, ANSWERING)
    page.press("#question textarea", "Enter")
    page.wait_for_function("() => 'complete' in window.seen")
    seen = page.evaluate("window.seen")
    context.close()
    times = (seen[name] / 1000 for name in ANSWERING)
    return dict(zip(MEASURED, (paint, ready, *times), strict=True))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as data, served(Path(data)) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(ARGUMENTS))
        # Written differently each time, or all but the first would be answered from memory.
        asked = [f"{question}{' ?' * number}" for number in range(rounds) for question in QUESTIONS]
        found = [measure(browser, url, question) for question in asked]
        browser.close()
    rows = [
        [name, statistics.median(values), percentile(values, 0.95)]
        for name, values in ((name, [each[name] for each in found]) for name in MEASURED)
    ]
    print_table(f"The page, N = {len(found)}", ["seconds until", "median", "p95"], rows)


if __name__ == "__main__":
    main()
