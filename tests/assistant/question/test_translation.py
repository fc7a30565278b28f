"""Questions in other languages become English key words."""

import csv
from importlib import resources

import pytest
from each import each
from hypothesis import given, settings
from texts import hostile

from assistant.language.dates import months
from assistant.language.parties import countries
from assistant.language.vocabulary import Vocabulary
from assistant.question.kinds import Kind, asked_kinds
from assistant.question.question import understand
from assistant.question.translation import key_words, notice
from corpus.index.keywords import analyze

LANGUAGES = ("lv", "ru", "az", "tr", "de")
GLOSSARY = list(
    csv.DictReader(resources.files("corpus").joinpath("glossary.csv").read_text(encoding="utf-8").splitlines())
)

QUESTIONS = {
    "lv": [
        ("Kad tika parakstīts Latvijas un Azerbaidžānas līgums?", "when signed Latvia Azerbaijan agreement"),
        (
            "Kad stājās spēkā Latvijas un Lietuvas nolīgums par neatliekamo medicīnisko palīdzību pierobežā?",
            "when in force Latvia Lithuania agreement ambulance cross-border",
        ),
        (
            "Cik Ukrainas karavīru līdz 2024. gada augustam rehabilitēti Latvijā?",
            "how many Ukraine soldier until August 2024 rehabilitation Latvia",
        ),
        (
            "Kuras valstis 2025. gada 9. decembrī parakstīja nodomu deklarāciju par zāļu kopīgu iepirkumu?",
            "which countries 9 December 2025 signed intent declaration medicines joint procurement",
        ),
        (
            "Vai ir apstiprināts līgums, kas tika parakstīts 2025. gada decembrī?",
            "approved agreement signed December 2025",
        ),
        ("Cik ilgi darbosies PVO un Latvijas sadarbības stratēģija?", "how long WHO Latvia cooperation strategy"),
        (
            "Kādas jomas aptver Baltijas valstu saprašanās memorands par krīzēm?",
            "which areas covers Baltic countries memorandum crisis",
        ),
        (
            "Cik maksā Japānas dāvinātā iekārta un kurai slimnīcai tā nodota?",
            "how much cost Japan donated equipment which hospital",
        ),
        (
            "Kas vadīja Latvijas delegāciju Pasaules Veselības asamblejā Ženēvā?",
            "who headed Latvia delegation World Health Assembly Geneva",
        ),
        ("Kad tiks atvērta TIKA uzbūvētā laboratorija Baku?", "when opened TIKA construction laboratory Baku"),
    ],
    "ru": [
        (
            "Что подписали министерства здравоохранения Азербайджана и Беларуси?",
            "what signed health ministry Azerbaijan Belarus",
        ),
        (
            "Кто и когда подписал соглашение о сотрудничестве в области здравоохранения?",
            "who when signed agreement cooperation areas health",
        ),
        (
            "Сколько украинских военнослужащих прошли реабилитацию в Латвии с августа 2024 года?",
            "how many Ukraine soldier rehabilitation Latvia August 2024",
        ),
        (
            "Вступило ли в силу соглашение между Латвией и Литвой о скорой помощи в приграничных районах?",
            "in force agreement Latvia Lithuania ambulance cross-border district",
        ),
        (
            "Какие страны договорились совместно закупать лекарства у датской компании?",
            "which countries agreed joint purchased medicines Denmark companies",
        ),
        (
            "На какую сумму Япония предоставила Азербайджану медицинское оборудование?",
            "how much money Japan donated Azerbaijan medical equipment",
        ),
        (
            "Какие медицинские учреждения посетила миссия ВОЗ в Шемахинском районе и сколько масок передала?",
            "which medical institutions visited mission WHO Shamakhi district how many masks donated",
        ),
        (
            "Утвердил ли президент Ильхам Алиев указом азербайджано-латвийское соглашение?",
            "approved president Ilkham Aliyev decree Azerbaijan Latvia agreement",
        ),
        ("С кем встречался посол Венгрии 17.01.2025?", "who met ambassador Hungary 17 January 2025"),
        (
            "Ратифицировано ли соглашение СНГ о чрезвычайных ситуациях в здравоохранении?",
            "ratified agreement CIS emergency health",
        ),
        ("Кто участвовал в Бакинской коалиции на КС-29?", "who took part Baku coalition COP29"),
        ("Как изменился объём помощи для того, чтобы закрыть дефицит?", "how changed help"),
    ],
    "az": [
        ("Azərbaycan və Latviya arasında saziş qüvvədədir?", "Azerbaijan Latvia agreement in force"),
        (
            "Azərbaycan və Latviya səhiyyə nazirlikləri arasında saziş nə vaxt imzalanıb?",
            "Azerbaijan Latvia health ministry agreement when signed",
        ),
        (
            "ÜST-nin Şamaxı rayonuna missiyası neçə tibbi maska verib?",
            "WHO Shamakhi district mission how many medical masks",
        ),
        (
            "Türk Dövlətləri Təşkilatının səhiyyə nazirləri Astanada nəyi müzakirə ediblər?",
            "OTS health minister Astana what discussed",
        ),
        (
            "Azərbaycan ÜST-yə COVID-19 ilə mübarizə üçün nə qədər ianə edib?",
            "Azerbaijan WHO COVID-19 how much donated",
        ),
        (
            "Pakistanla birgə işçi qrupu yaradılması barədə qərar 2025-ci ilin aprelində qəbul olunub?",
            "Pakistan joint working group set up decided April 2025 adopted",
        ),
        ("Hans Kluge Bakıda kimlərlə görüşüb?", "Hans Kluge Baku who met"),
        (
            "Prezident İlham Əliyev sazişi hansı fərmanla təsdiq edib?",
            "president Ilham Aliyev agreement which decree approved",
        ),
        ("Latviya COP11-də niyə iştirak etmədi?", "Latvia COP11 why took part"),
    ],
    "tr": [
        ("Azerbaycan ve Türkiye yol haritasını nerede imzaladı?", "Azerbaijan Türkiye road map where signed"),
        (
            "Musayev'in Bakü'de Macaristan büyükelçisiyle görüşmesinde hangi konular ele alındı?",
            "Musayev Baku Hungary ambassador talks which topics discussed",
        ),
        ("DSÖ Azerbaycan'a kaç maske bağışladı?", "WHO Azerbaijan how many masks donated"),
        ("TİKA'nın Bakü'de açtığı laboratuvarın maliyeti ne kadar?", "TIKA Baku opened laboratory how much cost"),
        ("Letonya'da kaç Ukraynalı asker rehabilite edildi?", "Latvia how many Ukraine soldier rehabilitation"),
        ("Baltık ülkeleri aşıları birlikte mi satın alıyor?", "Baltic countries vaccine joint purchased"),
        (
            "Türk Devletleri Teşkilatı sağlık bakanları Şuşa'da hangi bildirgeyi kabul etti?",
            "OTS health minister Shusha which declaration adopted",
        ),
        (
            "İtalya ile Azerbaycan arasında kanser tedavisi alanında bir anlaşma imzalandı mı?",
            "Italy Azerbaijan cancer treatment areas agreement signed",
        ),
        ("İmzalanan anlaşma yürürlüğe girdi mi?", "signed agreement in force"),
        ("Hastaneye verilen cihazların maliyeti ve bütçesi nedir?", "hospital equipment cost budget what"),
    ],
    "de": [
        (
            "Wie viele Soldaten wurden im August 2024 rehabilitiert?",
            "how many soldier August 2024 rehabilitation",
        ),
        (
            "Wann trat das Abkommen zwischen Lettland und Litauen über den Rettungsdienst in Kraft?",
            "when agreement Latvia Lithuania ambulance in force",
        ),
        (
            "Welche Länder haben am 9. Dezember 2025 die Absichtserklärung zur Beschaffung von Arznei unterzeichnet?",
            "which countries 9 December 2025 intent declaration procurement medicines signed",
        ),
        (
            "Was besprach Gesundheitsminister Hosams Abu Meri mit Teymur Musayev in Baku?",
            "what discussed health minister Hosams Abu Meri Teymur Musayev Baku",
        ),
        (
            "Hat das aserbaidschanische Parlament das Gesundheitsabkommen mit Lettland ratifiziert?",
            "Azerbaijan parliament health agreement Latvia ratified",
        ),
        (
            "Wer leitete die lettische Delegation bei der Weltgesundheitsversammlung in Genf?",
            "who headed Latvia delegation World Health Assembly Geneva",
        ),
        ("Wie hoch war der Wert der japanischen Spende an das Krankenhaus?", "how much amount Japan donated hospital"),
        (
            "Welche Gesundheitsdaten will die Europäische Kommission mit 12 Millionen Euro fördern?",
            "which health data European Commission 12 million EUR",
        ),
        ("Wurde die Frist für den PABS-Anhang verlängert?", "PABS annex extended"),
        ("Um welches Medikament verhandelten die Beneluxa-Staaten?", "which medicines talks BeNeLuxA countries"),
    ],
}


def assert_about(words: str | None, expected: str) -> None:
    """The key words are of the same countries, months and kind of answer, and hold each subject; not in which order."""
    assert words is not None
    assert {party.code for party in countries(words)} == {party.code for party in countries(expected)}, words
    assert months(words) == months(expected), words
    assert set(asked_kinds(words)) == set(asked_kinds(expected)), words
    missing = set(analyze(expected)) - set(analyze(words))
    assert not missing, f"{missing} are missing in: {words}"


def test_the_control_another_party_month_or_subject_is_noticed() -> None:
    words = "when signed Latvia Georgia agreement December 2025"
    assert_about(words, "Georgia Latvia agreement when signed December 2025")
    for other in ("when signed Latvia Estonia agreement December 2025", "when signed Latvia Georgia agreement 2025"):
        with pytest.raises(AssertionError):
            assert_about(words, other)
    with pytest.raises(AssertionError):
        assert_about(words, f"{words} ambulance")
    with pytest.raises(AssertionError):
        assert_about(words, f"where {words}")


@each(
    ("language", "question", "expected"),
    [(language, *question) for language, questions in QUESTIONS.items() for question in questions],
)
def test_words_of_the_field_names_and_numbers_are_kept(language: str, question: str, expected: str) -> None:
    assert_about(key_words(question, language), expected)


@pytest.mark.parametrize(
    ("language", "question", "expected"),
    [
        (
            "tr",
            "Azerbaycan Saglik Bakanligi yol haritasini ne zaman imzaladi?",
            "Azerbaijan health ministry road map when signed",
        ),
        ("lv", "kad latvijas un azerbaidzanas ligums stajas speka", "when Latvia Azerbaijan agreement in force"),
        ("az", "azerbaycan ve latviya sehiyye nazirleri ne vaxt gorusub", "Azerbaijan Latvia health minister when met"),
    ],
)
def test_a_question_typed_without_accents_is_understood(language: str, question: str, expected: str) -> None:
    assert_about(key_words(question, language), expected)


def test_accents_that_were_typed_count() -> None:
    assert (
        key_words("Sağlık sistemi necə dəyişib?", "az")
        == key_words("sistem necə dəyişib?", "az")
        == "system how changed"
    )
    assert key_words("Neçə həkim təlim keçib?", "az") == "how many doctor training"


def test_capitals_tell_an_acronym_from_a_word() -> None:
    assert key_words("Vai es ziedoju ES?", "lv") == "donated European Union"


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("ru", "Это сделано для того, чтобы перевезти груз"),
        ("tr", "Toplam maliyet ve mali tablo"),
    ],
)
def test_a_common_word_is_not_taken_for_a_country(language: str, question: str) -> None:
    words = key_words(question, language) or ""
    assert not any(country in words for country in ("Togo", "Georgia", "Mali"))


def test_every_glossary_row_has_a_cell_in_each_language() -> None:
    for row in GLOSSARY:
        assert all(row[language].strip() for language in LANGUAGES), row
        assert all(stem.strip() == stem != "" for language in LANGUAGES for stem in row[language].split("|")), row


def test_the_glossary_lists_each_english_word_once() -> None:
    english = [row["english"] for row in GLOSSARY]
    assert len(english) == len(set(english)) > 500


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_term_stands_for_two_english_words(language: str) -> None:
    meanings: dict[str, str] = {}
    for row in GLOSSARY:
        for stem in row[language].split("|"):
            assert meanings.setdefault(stem, row["english"]) == row["english"], stem


# "kur" (where) and "kur-" (which), "министерств" (ministries) and "министерств-" (ministry): the whole word is meant.
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_term_hides_another_one(language: str) -> None:
    whole_words = {stem for row in GLOSSARY for stem in row[language].split("|")}
    for row in GLOSSARY:
        for stem in row[language].split("|"):
            word = stem.replace("- ", " ").removesuffix("-")
            if (stem == word or word not in whole_words) and not stem.startswith(","):
                assert key_words(f"x {word}", language) == row["english"], stem


def documents_know(*words: str):
    return {term for word in words for term in analyze(word)}.issuperset


CORPUS_NAMES = (
    "Teymur Musayev Heydar Aliyev Hosams Abu Meri Hans Kluge Viktor Liashko Fahrettin Koca Tamas Torma".split()
)


@pytest.mark.parametrize(
    ("language", "question", "expected"),
    [
        ("ru", "Кто говорил с Хосамсом Абу Мери и Хансом Клюге?", "who said Hosams Abu Meri Hans Kluge"),
        ("ru", "Мусаев посетил Фонд Гейдара Алиева?", "Musayev visited foundation Heydar Aliyev"),
        ("ru", "Коджа, Виктор Ляшко и Тамаш Торма встретились?", "Koca Viktor Liashko Tamas Torma met"),
        ("lv", "Ko teica Hanss Klūge?", "what said Hans Klūge"),
        ("az", "Musayevin Viktor Lyaşkonun təklifinə cavabı", "Musayev Viktor Lyaşkonun proposed"),
        ("tr", "Kluge Musayev'e ne söyledi?", "Kluge Musayev what said"),
        ("de", "Wann sprach Teymur Mussajew mit Lauterbach?", "when discussed Teymur Musayev Lauterbach"),
    ],
)
def test_names_are_spelled_as_the_documents_spell_them(language: str, question: str, expected: str) -> None:
    known_terms = documents_know(*CORPUS_NAMES)
    assert_about(key_words(question, language, lambda word: known_terms(analyze(word))), expected)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Мусаев", "Musayev"),
        ("Мусаева", "Musayev"),
        ("Алиевым", "Aliyev"),
        ("Лаутербах", "Lauterbakh"),
        ("Щедрин-Юрьев", "Shchedrin-Yuryev"),
        ("ТАБИБ", "TABIB"),
    ],
)
def test_cyrillic_names_are_spelled_out_where_the_documents_are_not_known(name: str, expected: str) -> None:
    assert key_words(f"Кто такой {name}?", "ru") == f"who {expected}"


def test_proper_names_are_kept() -> None:
    assert key_words("Ko teica Hosams Abu Meri?", "lv") == "what said Hosams Abu Meri"
    assert key_words("Hosams Abu Meri bija Rīgā", "lv") == "Hosams Abu Meri Riga"


def test_a_language_without_a_column_has_no_key_words() -> None:
    assert key_words("Mitä Latvia ja Azerbaidžan sopivat?", "fi") is None
    assert key_words("What was signed?", "english") is None


@settings(max_examples=50)
@given(hostile)
def test_any_text_has_key_words_in_every_language(text: str) -> None:
    for language in LANGUAGES:
        assert isinstance(key_words(text, language, str.isalpha), str)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_notice_quotes_the_key_words(language: str) -> None:
    words = notice(language, "when signed Latvia agreement")
    assert words is not None
    assert "when signed Latvia agreement" in words


def test_english_needs_no_notice() -> None:
    assert notice("en", "when was it signed") is None
    assert notice("fi", "when signed") is None
    assert notice("lv", "") is None


def test_a_translated_question_is_understood_like_an_english_one() -> None:
    text = "Kad un kur tika parakstīts Latvijas un Azerbaidžānas veselības ministriju sadarbības līgums?"
    question = understand(text, text, Vocabulary(analyze, lambda _: 1, 10))
    assert question.standalone == text
    assert set(question.kinds) == {Kind.DATE, Kind.PLACE}
    assert [party.code for party in question.countries] == ["LV", "AZ"]
