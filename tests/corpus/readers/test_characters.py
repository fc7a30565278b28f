"""A text file's bytes become the right characters, or a refusal with the reason; never mojibake in silence."""

from pathlib import Path

import pytest

from corpus.errors import UnreadableFile
from corpus.readers.characters import decoded
from corpus.readers.formats import read

CASES = Path(__file__).parents[2] / "cases" / "txt"
LATVIAN = "Latvijas Veselības ministrija un Igaunijas Sociālo lietu ministrija parakstīja vienošanos. Ģimenes ārsti."
RUSSIAN = "Министерство здравоохранения Латвии подписало соглашение с Азербайджаном. Объём – большой."
TURKISH = "Türkiye Sağlık Bakanlığı, İstanbul’da şehir hastaneleri için mutabakat imzaladı."
LITHUANIAN = "Lietuvos sveikatos apsaugos ministerija pasirašė susitarimą dėl greitosios pagalbos. Žmonėms tai svarbu."
ENGLISH = "Latvia’s ministry – and Türkiye’s – signed the memorandum in “Ankara” for €2 million."
GERMAN = "Die Gesundheitsminister Österreichs und Lettlands haben über Ärzte, Schüler und Straßen gesprochen."


@pytest.mark.parametrize(
    ("text", "encodings"),
    [
        (LATVIAN, "utf-8 utf-8-sig utf-16 utf-16-le utf-16-be utf-32 utf-32-le cp1257 iso8859_13 iso8859_4"),
        (RUSSIAN, "utf-8 utf-16 utf-16-le utf-16-be cp1251"),
        (RUSSIAN.replace("–", "-"), "koi8_r cp866 iso8859_5 mac_cyrillic"),
        (TURKISH, "utf-8 cp1254"),
        (LITHUANIAN, "utf-8 cp1257 iso8859_4"),
        (ENGLISH, "utf-8 utf-16-le cp1252 mac_roman"),
        (GERMAN, "utf-8 cp1252 iso8859_15 mac_roman"),
        ("拉脱维亚卫生部与中国国家卫生健康委员会签署了谅解备忘录。", "utf-8 gb18030"),
    ],
)
def test_a_text_is_read_in_every_encoding_that_has_its_letters(text: str, encodings: str) -> None:
    read_as = {name: decoded(text.encode(name)) for name in encodings.split()}
    assert read_as == dict.fromkeys(read_as, (text, ()))


@pytest.mark.parametrize("path", sorted(CASES.glob("*.txt")), ids=lambda path: path.stem)
def test_no_file_of_the_cases_is_read_as_mojibake(path: Path) -> None:
    text = read(path).text
    known = ("Latvia", "Latvija", "Latviya", "Латви", "拉脱维亚")
    assert any(name in text for name in known)
    assert not set(text) & set("¹ґД«ЕЎąÕŸÒїј")


@pytest.mark.parametrize(
    ("content", "bad"), [(LATVIAN.encode() + b"\xb9", 1), (RUSSIAN.encode()[:-60] + b"\xff\xfe!", 3)]
)
def test_a_few_bad_bytes_are_marked_and_told(content: bytes, bad: int) -> None:
    text, remarks = decoded(content)
    assert text.count("\ufffd") == bad
    assert len(remarks) == 1
    assert "no character is made of" in remarks[0]


def test_a_character_cut_off_at_the_end_is_told() -> None:
    text, remarks = decoded("Signed in Rīg".encode() + "ā".encode()[:1])
    assert (text, len(remarks)) == ("Signed in Rīg\ufffd", 1)


def test_a_stray_byte_of_nothing_is_a_space_and_told() -> None:
    text, remarks = decoded(ENGLISH.encode() * 10 + b"\x00")
    assert text.endswith(" ")
    assert remarks == ("There is one byte of nothing in it, read as a space.",)


@pytest.mark.parametrize("content", [bytes(range(128, 256)) * 20, b"\x7fELF" + bytes(400), bytes(range(1, 256)) * 9])
def test_what_is_no_text_is_refused_with_a_reason(content: bytes) -> None:
    with pytest.raises(UnreadableFile, match=r"binary file|cannot be recognised"):
        decoded(content)
