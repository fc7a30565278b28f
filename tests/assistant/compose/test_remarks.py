"""The assistant's own sentences: the same in every language."""

import tomllib
from importlib import resources
from string import Formatter

from each import each

from assistant.compose import remarks
from assistant.language.commitments import Status
from assistant.language.parties import party_of

SENTENCES = tomllib.loads(resources.files("assistant.compose").joinpath("remarks.toml").read_text(encoding="utf-8"))


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, *_ in Formatter().parse(sentence) if name}


@each("language", list(SENTENCES))
def test_a_language_has_every_sentence_with_every_placeholder(language: str) -> None:
    assert SENTENCES[language].keys() == SENTENCES["en"].keys()
    for code, sentence in SENTENCES[language].items():
        assert placeholders(sentence) == placeholders(SENTENCES["en"][code]), code


@each("language", list(SENTENCES))
def test_the_language_of_a_remark_is_known(language: str) -> None:
    said = [
        remarks.talk(language),
        remarks.nothing(language),
        remarks.absent([party_of("LV")], "1999", language),
        remarks.less(Status.IN_FORCE, Status.SIGNED, language),
        remarks.listed(Status.SIGNED, 3, 3, language),
    ]
    assert [remarks.language_of(remark) for remark in said] == [language] * len(said)


def test_a_list_is_counted_before_it_is_cut() -> None:
    assert "15" in remarks.listed(Status.SIGNED, 15, 12, "en")
    assert "12" in remarks.listed(Status.SIGNED, 15, 12, "en")
    assert not remarks.listed(Status.SIGNED, 1, 1, "en")


def test_another_language_is_answered_in_english() -> None:
    assert remarks.nothing("ja") == remarks.nothing("en")
    assert remarks.language_of("Some other text.") is None
