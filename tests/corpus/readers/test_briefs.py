"""The shipped briefs: each says whom it is about and where it comes from, and none copies the seed articles."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from each import each

from assistant.assembly import briefs_folder
from corpus.readers.formats import read
from corpus.readers.front_matter import NotForIndexing

SEEDS = Path(__file__).parents[4] / "shared" / "seeds"
BRIEFS = sorted(path for path in briefs_folder().glob("*.md") if path.name != "README.md")
STATUSES = {"discussed", "agreed", "signed", "approved", "in-force", "implemented", "other"}
RUN_LENGTH = 8
# A run of words counts as copied only where so many of them are no names: titles of persons and offices are facts.
FEWEST_WORDS_THAT_ARE_NO_NAMES = 4

every_brief = each("brief", BRIEFS)


def front_matter_and_body(text: str) -> tuple[dict[str, Any], str]:
    _, front_matter, body = re.split(r"^---\n", text, maxsplit=2, flags=re.MULTILINE)
    return yaml.safe_load(front_matter), body


def parts(brief: Path) -> tuple[dict[str, Any], str]:
    return front_matter_and_body(brief.read_text(encoding="utf-8"))


def test_there_are_98_briefs() -> None:
    assert len(BRIEFS) == 99


@every_brief
def test_a_brief_names_its_source(brief: Path) -> None:
    said, _ = parts(brief)
    assert said["title"].strip()
    assert said["publisher"].strip()
    assert re.match(r"https?://[^\s/]+\.[^\s/]+", said["url"])
    assert said["language"] == "en"


@every_brief
def test_a_brief_says_whom_and_what_it_is_about(brief: Path) -> None:
    said, _ = parts(brief)
    for name in ("parties", "topics"):
        assert isinstance(said[name], list)
        assert said[name]
        assert all(isinstance(item, str) and item.strip() for item in said[name])
    assert said["status"] in STATUSES


@every_brief
def test_a_publication_date_is_an_iso_date_or_its_beginning(brief: Path) -> None:
    published = str(parts(brief)[0].get("published", "2000"))
    assert re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", published)
    assert date.fromisoformat((published + "-01-01")[:10]) < date(2027, 1, 1)


@every_brief
def test_related_briefs_exist(brief: Path) -> None:
    related = parts(brief)[0].get("related", [])
    assert brief.name not in related
    assert [name for name in related if not (brief.parent / name).is_file()] == []


@every_brief
def test_a_brief_has_two_to_six_paragraphs(brief: Path) -> None:
    paragraphs = [paragraph for paragraph in re.split(r"\n\s*\n", parts(brief)[1]) if paragraph.strip()]
    assert 2 <= len(paragraphs) <= 6


@every_brief
def test_a_brief_is_read_as_its_front_matter_says(brief: Path) -> None:
    said, body = parts(brief)
    extraction = read(brief)
    assert extraction.title == said["title"]
    assert extraction.publisher == said["publisher"]
    assert extraction.published == (str(said["published"]) if "published" in said else None)
    assert list(extraction.parties) == said["parties"]
    assert extraction.furniture[0].of(extraction.text) + body == extraction.text


def test_the_readme_among_the_briefs_is_not_indexed() -> None:
    with pytest.raises(NotForIndexing):
        read(briefs_folder() / "README.md")


def runs(text: str) -> Iterator[tuple[str, ...]]:
    words = re.findall(r"[^\W_]+(?:['’-][^\W_]+)*", text)
    return (tuple(words[start : start + RUN_LENGTH]) for start in range(len(words) - RUN_LENGTH + 1))


def copied_runs(text: str, original: str) -> list[str]:
    """Runs of eight words that stand in both texts, names aside."""
    known: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for run in runs(original):
        known.setdefault(tuple(word.lower() for word in run), []).append(run)
    return [
        " ".join(run)
        for run in runs(text)
        for same in known.get(tuple(word.lower() for word in run), ())
        if sum(not (word[0].isupper() or other[0].isupper()) for word, other in zip(run, same, strict=True))
        >= FEWEST_WORDS_THAT_ARE_NO_NAMES
    ]


def test_a_copied_run_of_words_is_noticed() -> None:
    original = "The mission will end with a workshop with national counterparts in Baku."
    assert copied_runs("It said: the mission will end with a workshop with nobody.", original)
    assert not copied_runs("The mission ended in Baku with a workshop of national counterparts.", original)
    names = "Teymur Musayev, Minister of Health, and Vugar Gurbanov, Executive Director"
    assert not copied_runs(names, f"They met {names}, in Baku.")


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the seed articles (../shared/seeds) are not on this machine")
@every_brief
def test_a_brief_copies_no_run_of_words_from_the_seed_articles(brief: Path) -> None:
    said, body = parts(brief)
    for seed in SEEDS.glob("*.txt"):
        assert copied_runs(f"{said['title']}\n{body}", seed.read_text(encoding="utf-8")) == []
