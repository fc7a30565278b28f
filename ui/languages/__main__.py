"""Brings the catalogues up to date with the texts of the interface: `python -m ui.languages`.

New texts come in without a translation, texts that no longer exist go, translations stay. Prints what is missing.
"""

from ui.languages.catalogues import ENGLISH, LANGUAGES
from ui.languages.updating import missing, update

for language in LANGUAGES:
    if language != ENGLISH:
        update(language)
        absent = missing(language)
        print(f"{language}: {len(absent)} texts without a translation", *absent, sep="\n  ")
