"""Every Member State of WHO, by its names, as people and documents write them."""

import unicodedata

from babel import Locale
from each import each

from assistant.language.parties import countries, every_country, party_of

# Territories that CLDR names and that are no Member State.
NO_MEMBERS = frozenset(
    "AC AI AQ AS AW AX BL BM BQ BV CC CP CQ CW CX DG EA EH FK FO GF GG GI GL GP GS GU HK HM IC IM IO JE KY LI MF MO MP"
    " MQ MS NC NF PF PM PN PR PS RE SH SJ SX TA TC TF TK TW UM VA VG VI WF XK YT".split()
)
MEMBERS = [party.code for party in every_country() if party.code not in NO_MEMBERS]
LANGUAGES = ("en", "lv", "ru", "az", "tr", "de", "fr", "uk", "lt", "et", "es")


def codes(text: str, language: str = "en") -> list[str]:
    return [party.code for party in countries(text, language)]


def test_there_are_as_many_members_as_who_has() -> None:
    assert len(MEMBERS) == 194


@each("language", LANGUAGES)
def test_every_member_is_found_by_the_name_that_the_language_has_for_it(language: str) -> None:
    names = Locale.parse(language).territories
    missed = [names[code] for code in MEMBERS if code not in codes(f"{names[code]}.", language)]
    assert missed == []


@each(
    "written",
    [str.upper, lambda name: unicodedata.normalize("NFD", name), lambda name: name[:2] + "\u00ad" + name[2:]],
)
def test_every_member_is_found_in_capitals_with_loose_accents_and_with_soft_hyphens(written) -> None:
    missed = [code for code in MEMBERS if codes(f"Norway and {written(party_of(code).name)} met.")[-1] != code]
    assert [code for code in missed if code != "NO"] == []


@each(
    ("name", "code"),
    [
        ("the Lao People's Democratic Republic", "LA"),
        ("the Lao People’s Democratic Republic", "LA"),
        ("the Democratic People's Republic of Korea", "KP"),
        ("the Republic of Korea", "KR"),
        ("the Democratic Republic of the Congo", "CD"),
        ("the Republic of the Congo", "CG"),
        ("the United Republic of Tanzania", "TZ"),
        ("the Bolivarian Republic of Venezuela", "VE"),
        ("the Syrian Arab Republic", "SY"),
        ("the Russian Federation", "RU"),
        ("the Republic of Moldova", "MD"),
        ("the former Yugoslav Republic of Macedonia", "MK"),
        ("Swaziland", "SZ"),
        ("Burma", "MM"),
        ("Cabo Verde", "CV"),
        ("Viet Nam", "VN"),
        ("Brunei Darussalam", "BN"),
        ("Timor-Leste", "TL"),
        ("East Timor", "TL"),
        ("Ivory Coast", "CI"),
        ("Côte d'Ivoire", "CI"),
        ("Turkey", "TR"),
        ("TÜRKMENISTAN", "TM"),
        ("Cote d’Ivoire", "CI"),
        ("the Czech\nRepublic", "CZ"),
        ("the United\u00a0States", "US"),
        ("the Nepalese side", "NP"),
        ("Peruvian doctors", "PE"),
        ("Kazakhstan’s government", "KZ"),
    ],
)
def test_members_are_found_by_old_long_and_usual_names_over_any_white_space(name: str, code: str) -> None:
    assert codes(f"A treaty with {name} was signed.") == [code]


@each(
    ("text", "language", "expected"),
    [
        ("Ko parakstīja latviešu un gruzīnu ministri?", "lv", ["LV", "GE"]),
        ("Latvių ir estų susitarimas", "lt", ["LV", "EE"]),
        ("Läti ja Leedu leping", "et", ["LV", "LT"]),
        ("raha selle eest", "et", []),
        ("латвийский и грузинского министров", "ru", ["LV", "GE"]),
        ("з азербайджанським і латвійським міністрами", "uk", ["AZ", "LV"]),
        ("das türkisch-aserbaidschanische Abkommen", "de", ["TR", "AZ"]),
        ("le parlement moldave et le ministère azerbaïdjanais", "fr", ["MD", "AZ"]),
        ("gürcü nazirlə görüş", "az", ["GE"]),
        ("Gürcü ve Alman bakanlar", "tr", ["GE", "DE"]),
        ("el ministro letón y el azerbaiyano", "es", ["LV", "AZ"]),
    ],
)
def test_adjectives_name_a_country_in_other_languages_too(text: str, language: str, expected: list[str]) -> None:
    assert codes(text, language) == expected
