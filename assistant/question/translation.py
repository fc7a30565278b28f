"""A question in another language becomes English key words, in its own order: enough to search and to read by.

Not a translation: words of the field come from `corpus/glossary.csv`, names of countries also from Unicode CLDR,
numbers and proper names are kept (names in Latin letters, less their case endings), everything else is dropped. Sources
are still quoted in their own language, and the answer says that the question was read this way (`notice`).

In the glossary a hyphen after a word stands for any ending ("подпис-", "veselīb- ministrij-"), capitals match only
capitals ("ES" is the European Union, "es" is I), and a row without an English word lists words to be dropped. A
question typed without any accents matches as if the glossary had none.
"""

import calendar
import csv
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import islice, product

from assistant.language.parties import mentions, party_of
from corpus.text.language import detect_language

# Endings are added one to another in Turkic languages ("bakanlıklarındakiler"); a longer rest is another word, and in
# German mostly the second half of a compound.
_ENDINGS = {"az": r"\w{0,12}", "tr": r"\w{0,12}", "de": r"(?:(?:an)?isch\w{0,2}|lich\w{0,2}|\w{0,5})"}
_USUAL_ENDINGS = r"\w{0,8}"
_SHORTEST_PART = 4
_LONGEST_COMPOUND = 40
_SHORTEST_NAME = 2
_MOST_SPELLINGS = 300

_TOKEN = re.compile(r",|\d+(?:[.,–-]\d+)*|\w+(?:-\w+)*")
_ENDING_AFTER_MARK = re.compile(r"([^\W_]{2,})(['’ʼ-])([^\W\d_]+)")
# The first letter is a Turkish capital that English and its index do not know; the others are one in Russian spelling.
_SAME_LETTERS = str.maketrans("İёЁ", "IеЕ")
_END_OF_SENTENCE = re.compile(r"(?:^|[.?!…:]\s*)[«\"“„(]*$")
_DAY_MONTH_YEAR = re.compile(r"([0-3]?\d)\.([01]?\d)\.((?:19|20)\d\d)")
_MONTHS = "|".join(calendar.month_name[1:])
_YEAR_BEFORE_MONTH = re.compile(rf"\b((?:19|20)\d\d)(?: year)? ((?:\d\d? )?(?:{_MONTHS}))\b(?! (?:19|20)\d\d)")
_YEAR_AS_WORD = re.compile(r"\b((?:19|20)\d\d) year\b")
# Letters that have no accent to drop, but that questions are often typed without.
_PLAIN_LETTERS = {"ı": "i", "ə": "e", "Ə": "E", "ø": "o", "ł": "l"}

# How a name's letters may be spelled in an English text, the most usual spelling first: for Cyrillic that of BGN/PCGN.
_LETTERS = {
    "ru": "ае=aye,ae ее=eye,ee ие=iye,ie ое=oye,oe уе=uye,ue ье=ye,ie дж=j,c,dzh кс=ks,x ий=iy,y,i "
    "а=a б=b в=v,w г=g,h,gh д=d е=e,ye ж=zh,j з=z и=i,y й=y,i,j к=k,c л=l м=m н=n о=o п=p р=r с=s т=t у=u "
    "ф=f,ph х=kh,h ц=ts,c ч=ch,c ш=sh,s щ=shch ъ= ы=y,i ь= э=e ю=yu,u,iu я=ya,ia,ja,a",
    "lv": "dž=dž,j,dzh ei=ei,ey ks=ks,x j=j,y š=š,sh č=č,ch ž=ž,zh c=c,ts h=h,kh v=v,w",
    "az": "x=x,kh q=q,g,k ş=ş,sh ç=ç,ch c=c,j ğ=ğ,gh ə=a",
    "tr": "ş=ş,sh ç=ç,ch c=c,j ğ=ğ,gh h=h,kh v=v,w",
    "de": "tsch=tsch,ch sch=sch,sh dsch=dsch,j ch=ch,kh ss=ss,s j=j,y w=w,v",
}
_CASE_ENDINGS = {
    "ru": "ого ому ами ых ым ом ем ой ей ах а у е ы и ю я",
    "lv": "iem am ai as ei es im is os us um s š a ā e ē i ī u ū",
    "az": "nin nın nun nün dan dən dakı dəki da də la lə ni nı nu nü ya yə in ın un ün a ə i ı u ü",
    "tr": "nin nın nun nün dan den tan ten daki deki da de ta te la le ni nı nu nü ya ye in ın un ün a e i ı u ü",
    "de": "s",
}
# "Мусаева", "Алиевым", "Пиневича": a surname in -ов, -ев or -ин is one in any case.
_RUSSIAN_SURNAME_ENDING = re.compile(r"(?<=[ое]в|ин)(?:а|у|ым|е|ой|ы)$")

_NOTICES = {
    "lv": "Atbilde uz jūsu jautājumu meklēta pēc šiem atslēgvārdiem angļu valodā: “{}”. Avoti citēti oriģinālvalodā.",
    "ru": "Ответ на ваш вопрос искали по этим английским ключевым словам: «{}». "
    "Источники цитируются на языке оригинала.",
    "az": "Sualınıza cavab bu ingiliscə açar sözlərlə axtarılıb: “{}”. "
    "Mənbələrdən sitatlar orijinalın dilində verilir.",
    "tr": "Sorunuzun yanıtı şu İngilizce anahtar sözcüklerle arandı: “{}”. Kaynaklar kendi dillerinde alıntılanır.",
    "de": "Nach der Antwort auf Ihre Frage wurde mit diesen englischen Stichwörtern gesucht: „{}“. "
    "Quellen werden in ihrer eigenen Sprache zitiert.",
}


def key_words(text: str, language: str, known: Callable[[str], bool] | None = None) -> str | None:
    """The English key words of a question, or None for a language that the glossary does not have.

    `known` tells whether the documents have a word. With it, a proper name comes out in the spelling and without the
    case ending that the documents know ("Гейдара" → "Heydar"); a name that they do not know is spelled out plainly.
    """
    text = _ENDING_AFTER_MARK.sub(_without_ending, unicodedata.normalize("NFC", text)).translate(_SAME_LETTERS)
    glossary = _glossary(language, typed_without_accents=text == _without_accents(text))
    if glossary is None:
        return None
    countries = _countries(text, language)
    words, position = [], 0
    while token := _TOKEN.search(text, position):
        start, position = token.span()
        term_end, english = glossary.match(text, start)
        country_end, country = countries.get(start, (0, ""))
        if country_end > term_end:
            position, english = country_end, country
        elif term_end:
            position = term_end
        elif text[start].isdigit():
            english = _number(token.group())
        else:
            token = _first_part(token, glossary)
            position = token.end()
            english = glossary.match_compound(token.group()) if language == "de" else ""
            english = english or _name(token, language, known)
        words.append(english)
    return _with_english_dates(" ".join(filter(None, words)))


def in_key_words(text: str, usual: str, known: Callable[[str], bool] | None = None) -> str:
    """The key words of a text in whatever language it is, taken for the `usual` one where it is too short to tell.

    English stays as it is, and so does a language that the glossary does not have.
    """
    return key_words(text, detect_language(text) or usual, known) or text


def notice(language: str, key_words: str) -> str | None:
    """What to tell who asked in another language, in that language; None for English and languages not covered."""
    return _NOTICES[language].format(key_words) if language in _NOTICES and key_words else None


def language_of_notice(text: str) -> str | None:
    """The language of a `notice`; None for any other text."""
    begins = {language: told.partition("{}")[0] for language, told in _NOTICES.items()}
    return next((language for language, begin in begins.items() if text.startswith(begin)), None)


@dataclass(frozen=True, slots=True)
class _Glossary:
    """The English words of one language's terms, and the pattern that has one group for each of them."""

    pattern: re.Pattern[str]
    english: tuple[str, ...]

    def match(self, text: str, start: int = 0) -> tuple[int, str]:
        """Where the longest term that starts at `start` ends, and its English word; (0, "") where there is none."""
        match = self.pattern.match(text, start)
        return (match.end(), self.english[match.lastindex - 1]) if match and match.lastindex else (0, "")

    def match_compound(self, word: str) -> str:
        """The English words of the two terms that a word is made of ("Gesundheitsdaten"), or nothing."""
        longest_first = min(len(word), _LONGEST_COMPOUND) - _SHORTEST_PART
        for cut in range(longest_first, _SHORTEST_PART - 1, -1):
            (first_end, first), (second_end, second) = self.match(word[:cut]), self.match(word[cut:])
            if first and second and (first_end, second_end) == (cut, len(word) - cut):
                return f"{first} {second}"
        return ""


@cache
def _glossary(language: str, *, typed_without_accents: bool) -> _Glossary | None:
    """The glossary of one language, less its accents for who types none, or None where it has no such column."""
    table = resources.files("corpus").joinpath("glossary.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(table.translate(_SAME_LETTERS).splitlines()))
    if language == "english" or language not in rows[0]:
        return None
    terms: dict[str, str] = {}
    for row in rows:
        for term in row[language].split("|"):
            terms.setdefault(_without_accents(term) if typed_without_accents else term, row["english"])
    ordered = sorted(terms, key=_precedence, reverse=True)
    patterns = [_term_pattern(term, _ENDINGS.get(language, _USUAL_ENDINGS)) for term in ordered]
    return _Glossary(re.compile("|".join(patterns)), tuple(terms[term] for term in ordered))


def _precedence(term: str) -> tuple[int, bool, bool]:
    """Longer terms come first, then those in capitals, then whole words."""
    return len(term.replace("-", "")), term.isupper(), not term.endswith("-")


def _term_pattern(term: str, ending: str) -> str:
    words = (re.escape(word.removesuffix("-")) + ending * word.endswith("-") for word in term.split())
    pattern = r"\s+".join(words)
    return rf"({pattern if term.isupper() else f'(?i:{pattern})'})(?!\w)"


def _without_ending(word: re.Match[str]) -> str:
    """A word less the ending after its mark ("Bakü'de", "COP29-da"); "COVID-19", "O'Neill", "e-veselība" stay."""
    name, mark, ending = word.groups()
    is_ending = ending.islower() and (mark != "-" or name.isupper() or name[-1].isdigit())
    return name if is_ending else word.group()


def _first_part(token: re.Match[str], glossary: _Glossary) -> re.Match[str]:
    """The token, or what stands before its last hyphen where a term stands after it ("PABS-Anhang")."""
    hyphen = token.string.rfind("-", *token.span())
    if hyphen < 0 or glossary.match(token.string, hyphen + 1)[0] != token.end():
        return token
    return _TOKEN.match(token.string, token.start(), hyphen) or token


def _countries(text: str, language: str) -> Mapping[int, tuple[int, str]]:
    """Where a country's name starts → where it ends, and its English name; in lower case only if all the text is."""
    return {
        start: (end, party_of(code).name)
        for start, end, code in mentions(text, language)
        if text[start].isupper() or text.islower()
    }


def _number(digits: str) -> str:
    date = _DAY_MONTH_YEAR.fullmatch(digits)
    if date is None or not 1 <= int(date[2]) <= len(calendar.month_name) - 1:
        return digits
    return f"{int(date[1])} {calendar.month_name[int(date[2])]} {date[3]}"


def _with_english_dates(words: str) -> str:
    """Latvian and Turkic dates begin with the year ("2025. gada 4. decembrī"), English ones end with it."""
    return _YEAR_AS_WORD.sub(r"\1", _YEAR_BEFORE_MONTH.sub(r"\2 \1", words))


def _name(token: re.Match[str], language: str, known: Callable[[str], bool] | None) -> str:
    """The word in Latin letters if it is a proper name, or nothing.

    The first word of a sentence counts as a name if the documents know it, or if the next word has a capital too.
    """
    word, text = token.group(), token.string
    if len(word) < _SHORTEST_NAME or not word[0].isupper():
        return ""
    found = next((name for name in _possible_names(word, language) if known(name)), "") if known else ""
    if found or not _END_OF_SENTENCE.search(text[: token.start()]) or text[token.end() :].lstrip()[:1].isupper():
        return found or _plain_name(word, language)
    return ""


def _plain_name(word: str, language: str) -> str:
    name = _RUSSIAN_SURNAME_ENDING.sub("", word) if language == "ru" else word
    return next(_spellings(name, language))


def _possible_names(word: str, language: str) -> Iterator[str]:
    """A name in each way that an English text may spell it, first as it stands and then less each case ending."""
    yield from _spellings(word, language)
    for ending in _CASE_ENDINGS[language].split():
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_PART:
            yield from _spellings(word.removesuffix(ending), language)


def _spellings(name: str, language: str) -> Iterator[str]:
    """The ways to write a name in Latin letters, the most usual one first."""
    letters = _letters(language)
    pieces = re.findall("|".join([*sorted(letters, key=len, reverse=True), r"[\s\S]"]), name.lower())
    for spelled in islice(product(*(letters.get(piece, (piece,)) for piece in pieces)), _MOST_SPELLINGS):
        joined = "".join(spelled)
        if joined == name.lower():
            yield name
        else:
            yield joined.upper() if name.isupper() else joined.title()


@cache
def _letters(language: str) -> Mapping[str, tuple[str, ...]]:
    pairs = (pair.partition("=") for pair in _LETTERS[language].split())
    return {letter: tuple(spelled.split(",")) for letter, _, spelled in pairs}


def _without_accents(text: str) -> str:
    """The text with each accented Latin letter replaced by the plain one; as long as before."""
    return "".join(_PLAIN_LETTERS.get(letter) or _base(letter) for letter in text)


def _base(letter: str) -> str:
    base = unicodedata.normalize("NFD", letter)[0]
    return base if base.isascii() else letter
