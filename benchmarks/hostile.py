"""Every hostile file, read in the child process with its limits: text, or a reason; never a crash or a hang.

    python benchmarks/hostile.py [FOLDER]

The files that `tests/support/hostile_files.py` makes, and those of a folder: by default the ones that other projects
collected because they broke a parser.
"""

import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]

from hostile_files import hostile_files

from benchmarks.table import print_table
from corpus.errors import UnreadableFile
from corpus.ingest.isolation import IsolatedReader
from corpus.readers.front_matter import NotForIndexing

FOLDER = ROOT.parent / "shared" / "data" / "documents" / "files"


def main() -> None:
    """Read all and print what became of them."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    collected = {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}
    rows = [measured("collected by others", collected), measured("made for this", hostile_files())]
    header = ("files", "N", "text", "a reason", "crashed, hung or without either", "slowest s")
    print_table("Hostile files", header, rows)
    sys.exit(bool(sum(int(str(row[4])) for row in rows)))


def measured(title: str, files: dict[str, bytes]) -> tuple[object, ...]:
    """One row of the table."""
    texts = reasons = bad = 0
    slowest = 0.0
    with IsolatedReader() as reader:
        for name, content in files.items():
            started = time.monotonic()
            try:
                texts += bool(reader.read(content, name).text)
            except (UnreadableFile, NotForIndexing) as error:
                wrong = not str(error).strip() or "crashed" in str(error) or "took more" in str(error)
                bad, reasons = bad + wrong, reasons + (not wrong)
            slowest = max(slowest, time.monotonic() - started)
    return title, len(files), texts, reasons, bad + len(files) - texts - reasons - bad, slowest


if __name__ == "__main__":
    main()
