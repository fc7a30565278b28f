"""Keeps the catalogues in step with the texts of the interface, and says what is wrong with one.

Where a text stands in the code is noted by module, so that a translator finds the page that shows it.
"""

import importlib
import io
import pkgutil
import re
from collections.abc import Iterator
from typing import Any

from ui.languages.catalogues import file_of, read_catalogue
from ui.languages.words import TEXTS, PluralText

_PLACE = re.compile(r"\{(\w+)\}")
_WIDTH = 120


def load_all_texts() -> None:
    """Import every module of the interface, so that all its texts are there."""
    import ui

    for module in pkgutil.walk_packages(ui.__path__, "ui."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)


def update(language: str) -> None:
    """Write the file of a language anew: each text of the interface once, in their order, with its translation."""
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import write_po

    load_all_texts()
    before, after = read_catalogue(language), Catalog(locale=language)
    after._num_plurals = before.num_plurals  # the file's own rule: Babel has one form for Turkish, which uses two
    for (english, context), text in sorted(TEXTS.items(), key=lambda item: (item[1].place, item[0])):
        identity = (english, text.many) if isinstance(text, PluralText) else english
        known = before.get(identity, context or None)
        after.add(identity, known.string if known else None, context=context or None, locations=[(text.place[0], None)])
    written = io.BytesIO()
    write_po(written, after, width=_WIDTH, omit_header=True, include_lineno=False)
    file = file_of(language)
    # What stands above the first text, the rule for plural forms among it, is the translator's.
    head = file.read_text(encoding="utf-8").partition("\n\n")[0]
    file.write_text(f"{head}\n\n{written.getvalue().decode().lstrip()}", encoding="utf-8")


def missing(language: str) -> list[str]:
    """The texts that a catalogue has no translation of, or for one of whose numbers it has none."""
    load_all_texts()
    found = read_catalogue(language)
    return [english for english, context in TEXTS if not all(_forms(found.get(english, context or None)))]


def superfluous(language: str) -> list[str]:
    """The texts of a catalogue that the interface has no more."""
    load_all_texts()
    return [message.id for message in _messages(language) if (_first(message.id), message.context or "") not in TEXTS]


def at_odds(language: str) -> list[str]:
    """Translations whose places for values, or signs that mean something in HTML, are not those of the English."""
    return [
        told for message in _messages(language) for told in _forms(message) if not _agrees(_first(message.id), told)
    ]


def _agrees(english: str, told: str) -> bool:
    signs = [sign for sign in '<>&"*_`' if sign in told and sign not in english]
    return not signs and set(_PLACE.findall(told)) == set(_PLACE.findall(english))


def _messages(language: str) -> Iterator[Any]:
    return (message for message in read_catalogue(language) if message.id)


def _forms(message: Any) -> tuple[str, ...]:
    if message is None:
        return ("",)
    return message.string if isinstance(message.string, tuple) else (message.string,)


def _first(identity: Any) -> str:
    return str(identity[0] if isinstance(identity, tuple) else identity)
