import pytest
from hypothesis import given, settings
from texts import hostile

from corpus.text.language import LANGUAGES, detect_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The ministers of health of the two countries met to discuss cooperation in medical education.", "en"),
        ("Veselības ministri tikās, lai pārrunātu sadarbību medicīnas izglītības jomā un digitālo veselību.", "lv"),
        ("Səhiyyə nazirləri tibbi təhsil sahəsində əməkdaşlığı müzakirə etmək üçün görüşdülər.", "az"),
        ("Министры здравоохранения двух стран встретились, чтобы обсудить сотрудничество в медицине.", "ru"),
        ("Die Gesundheitsminister der beiden Länder trafen sich, um die Zusammenarbeit zu besprechen.", "de"),
        ("Sağlık bakanları tıp eğitimi alanında iş birliğini görüşmek üzere bir araya geldiler.", "tr"),
    ],
)
def test_the_languages_of_the_region_are_told_apart(text, language):
    assert detect_language(text) == language


@pytest.mark.parametrize("text", ["", "   \n", "Hello there", "12 34 56 78 90", "!? ... --- ***"])
def test_a_text_too_short_to_tell_has_no_language(text):
    assert detect_language(text) is None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Кто такой Клюге?", "ru"),
        ("Saziş nə vaxt imzalanıb?", "az"),
        ("Bakanlığı kim?", "tr"),
        ("Kas ir Kļava?", "lv"),
        ("Хто такий Клюге і де?", "uk"),
    ],
)
def test_letters_tell_the_language_of_a_short_question(text, language):
    assert detect_language(text) == language


@pytest.mark.parametrize(
    "text",
    [
        "Did Teymur Musayev visit Riga?",
        "When did Musayev meet Hosams Abu Meri?",
        "status of Latvia Azerbaijan agreement",
        "Teymur Musayev Hans Kluge meeting Baku April 2022",
    ],
)
def test_an_english_question_full_of_foreign_names_is_english(text):
    assert detect_language(text) == "en"


@pytest.mark.parametrize("text", ["Was ist die Organization of Turkic States?", "Was sagte die WHO in Baku?"])
def test_english_names_do_not_make_a_question_english(text):
    assert detect_language(text) == "de"


@settings(max_examples=50)
@given(hostile)
def test_any_text_has_a_known_language_or_none(text):
    assert detect_language(text) in (None, *LANGUAGES)
