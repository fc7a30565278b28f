"""The translations of the interface: one file of gettext's kind for each language, read when it is first spoken.

The files are those that translators edit; nothing is compiled, so that they work from a wheel and from a checkout.
English stands in the code itself and has no file.
"""

import io
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import Any

ENGLISH = "en"
# Each by its own name, in the order in which they are offered.
LANGUAGES = {
    ENGLISH: "English",
    "lv": "Latviešu",
    "lt": "Lietuvių",
    "et": "Eesti",
    "az": "Azərbaycanca",
    "ru": "Русский",
    "tr": "Türkçe",
    "de": "Deutsch",
}
FOLDER = Path(__file__).parent


def file_of(language: str) -> Path:
    """Where the translations into a language other than English lie."""
    return FOLDER / f"{language}.po"


def read_catalogue(language: str) -> Any:
    """The file of a language as Babel's catalogue of messages."""
    from babel.messages.pofile import read_po

    with file_of(language).open("rb") as file:
        return read_po(file, locale=language)


@cache
def translations(language: str) -> NullTranslations:
    """The translations into a language; what has none stays English."""
    if language == ENGLISH:
        return NullTranslations()
    from babel.messages.mofile import write_mo

    compiled = io.BytesIO()
    write_mo(compiled, read_catalogue(language))
    compiled.seek(0)
    return GNUTranslations(compiled)
