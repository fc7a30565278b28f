"""What the documentation names is there: files by their paths, tests by their names, pages and headings by links."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
# It names modules from `tests/` on, those of before too; `tests/suite/test_marks.py` holds it to what is there.
OF_TESTS = ROOT / "docs" / "testing.md"
FOLDERS = ("corpus", "assistant", "ui", "tests", "benchmarks", "training", "docs")
# Paths that a page tells of without meaning a file of the repository.
NO_FILES = {"ui/languages/*.po"}

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


@every_page
def test_every_file_that_a_page_names_is_there(page: Path) -> None:
    if page == OF_TESTS:
        return
    assert missing_files(page.read_text(encoding="utf-8")) == []


@every_page
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    assert broken_links(page.read_text(encoding="utf-8"), page.parent) == []


def test_a_file_that_is_not_there_is_noticed() -> None:
    assert missing_files("`corpus/document.py`, `corpus/nothing.py` and `tests/test_nothing.py`: all") == [
        "corpus/nothing.py",
        "tests/test_nothing.py",
    ]


def test_a_link_that_leads_nowhere_is_noticed() -> None:
    text = (
        "# Here\n[a](README.md#two-commands) [b](README.md#three) [c](nothing.md) [d](https://example.org) [e](#here)"
    )
    assert broken_links(f"{text} [f](#there)", ROOT) == ["README.md#three", "nothing.md", "#there"]


def missing_files(text: str) -> list[str]:
    return [name for name in named_files(text) if not (ROOT / name).exists()]


def named_files(text: str) -> Iterator[str]:
    """Paths between backticks, by themselves or as a word of a command."""
    for quoted in outside_blocks(text).split("`")[1::2]:
        for word in quoted.split():
            if word.partition("/")[0] in FOLDERS and "/" in word and word not in NO_FILES and not word.endswith("/"):
                yield word


def broken_links(text: str, folder: Path) -> list[str]:
    found = []
    for target in re.findall(r"\]\(([^()\s]{1,200})\)", outside_blocks(text)):
        name, _, anchor = target.partition("#")
        if ":" in target:
            continue
        if (name and not (folder / name).exists()) or (
            anchor and anchor not in anchors((folder / name).read_text(encoding="utf-8") if name else text)
        ):
            found.append(target)
    return found


def anchors(text: str) -> set[str]:
    headings = [line for line in text.splitlines() if line.startswith("#")]
    return {re.sub(r"[^\w -]", "", line.lstrip("#").strip().lower()).replace(" ", "-") for line in headings}


def outside_blocks(text: str) -> str:
    """The text without its fenced blocks, whose backticks and brackets mean something else."""
    return "".join(text.split("\n```")[::2])
