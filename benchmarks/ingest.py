"""How fast documents become searchable, and which step takes the time.

    python benchmarks/ingest.py [--documents 400]

Writes squad2's paragraphs (or, without `../shared`, the shipped briefs) to files and ingests the folder into an empty
data folder; then ingests it again unchanged. Prints passages per second and the share of each step.
"""

import argparse
import resource
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from assistant.assembly import Assistant, briefs_folder
from benchmarks.sets import DATA, load_documents
from benchmarks.table import print_table
from corpus.encoder.opening import open_encoder
from corpus.ingest import intake
from corpus.ingest.isolation import IsolatedReader
from corpus.store.store import Store


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=400, help="how many files")
    arguments = parser.parse_args()
    encoder = open_encoder()
    spent: dict[str, float] = defaultdict(float)
    with tempfile.TemporaryDirectory() as temporary:
        source = _folder_of_files(Path(temporary) / "files", arguments.documents)
        assistant = Assistant(Store(Path(temporary) / "data", encoder))
        _timed(spent, "reading", IsolatedReader, "read")
        _timed(spent, "chunking", intake, "passages")
        _timed(spent, "encoding", encoder, "encode_passages")
        _timed(spent, "writing", assistant.store.index, "add")
        _timed(spent, "committing", assistant.store.catalog, "apply")
        started = time.perf_counter()
        report = assistant.add(source)
        first = time.perf_counter() - started
        started = time.perf_counter()
        assistant.sync()
        second = time.perf_counter() - started
    print_table(
        f"Ingest of {len(report.new)} files, {report.passages} passages",
        ("what", "seconds", "passages/s"),
        [("first sync", first, report.passages / first), ("second sync, nothing changed", second, "-")],
    )
    print_table(
        "How long each step worked in the first sync; reading, encoding and writing overlap",
        ("step", "share of the time %"),
        [(step, 100 * seconds / first) for step, seconds in spent.items()],
    )
    print(f"\npeak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def _folder_of_files(folder: Path, count: int) -> Path:
    if not DATA.is_dir():
        return briefs_folder()
    folder.mkdir()
    for number, document in enumerate(load_documents("squad2")[:count]):
        (folder / f"{number:05d}.txt").write_text(document.text, encoding="utf-8")
    return folder


def _timed(spent: dict[str, float], name: str, owner: Any, attribute: str) -> None:
    """Wrap a function so that its time is added up under `name`."""
    inner: Callable[..., Any] = getattr(owner, attribute)

    def wrapper(*args: Any, **kwargs: Any) -> Any:
        started = time.perf_counter()
        try:
            return inner(*args, **kwargs)
        finally:
            spent[name] += time.perf_counter() - started

    setattr(owner, attribute, wrapper)


if __name__ == "__main__":
    main()
