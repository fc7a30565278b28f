"""A table in plain text (CSV, TSV): each row a line of text, its cells under their heads.

The standard library reads the quotes; its sniffer guesses letters as separators, so the separator is the sign that
stands equally often in most lines.
"""

import csv
import io
from collections import Counter

from corpus.document import Extraction
from corpus.errors import UnreadableFile
from corpus.readers.characters import decoded
from corpus.readers.grids import blocks_of_grid, bounded
from corpus.readers.metadata import one_line

_SEPARATORS = ",;\t|"
_LINES_TO_JUDGE = 200


def read_separated(content: bytes) -> Extraction:
    """All rows; a row of more or fewer cells than the head keeps what it has."""
    text, remarks = decoded(content)
    first, _, rest = text.partition("\n")
    named = first.strip().lower()
    if named.startswith("sep=") and len(named) == 5:  # a line for Excel alone
        text, separator = rest, first.strip()[4]
    else:
        separator = _separator(text)
    csv.field_size_limit(10_000_000)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error as error:
        raise UnreadableFile(f"the table is damaged ({one_line(error)})") from error
    blocks, untold = bounded(blocks_of_grid(rows), "The table")
    return Extraction(text="\n\n".join(blocks), title="", remarks=(*remarks, *untold))


def _separator(text: str) -> str:
    lines = [line for line in text[:200_000].splitlines() if line.strip()][:_LINES_TO_JUDGE]
    return max(_SEPARATORS, key=lambda sign: _agreement(lines, sign))


def _agreement(lines: list[str], sign: str) -> tuple[int, int]:
    """In how many lines it stands as often as in most, and how often."""
    counts = Counter(line.count(sign) for line in lines)
    counts.pop(0, None)
    often, agreed = counts.most_common(1)[0] if counts else (0, 0)
    return agreed, often
