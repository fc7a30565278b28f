"""Whether a text states a fact: names, numbers and dates, however they are written.

Text and fact are both brought into one form (`normalised`) and the fact is looked up as whole words. No understanding:
a fact is what its author listed as alternatives. `derived_facts` guesses them from an expected answer where nobody did.
"""

import re
import unicodedata

_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_MONTH = "|".join(_MONTHS)
_SHORT_MONTH = r"jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec"
_SMALL_NUMBERS = "two three four five six seven eight nine ten eleven twelve".split()
_NUMBERS = {
    **{word: str(value) for value, word in enumerate(_SMALL_NUMBERS, start=2)},
    **{"fifteen": "15", "twenty": "20", "thirty": "30", "forty": "40", "fifty": "50", "hundred": "100"},
}
_SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9}
_SIGNS = {"€": " eur ", "us$": " usd ", "$": " usd ", "‘": "'", "’": "'", "“": '"', "”": '"', "ı": "i"}
_SPELT_SHORT = re.compile(rf"(?<=\d )(?:{_SHORT_MONTH})\b\.?|\b(?:{_SHORT_MONTH})\b\.?(?= \d)")
# In this order: first every date as "4 december 2025", then numbers.
_REWRITINGS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?(?: of)? ({_MONTH})\b,?"), r"\1 \2"),
    (re.compile(rf"\b({_MONTH}) (\d{{1,2}})(?:st|nd|rd|th)?(?![\d.:])\b(?:,(?= \d{{4}}))?"), r"\2 \1"),
    (re.compile(rf"\b({_MONTH}), (?=\d{{4}}\b)"), r"\1 "),
    (re.compile(rf"\b(\d{{1,2}}) ?(?:-|to|and|until) ?(\d{{1,2}}) ({_MONTH})\b"), r"\1 \3 - \2 \3"),
    (re.compile(r"\b(?:a|one) (?=hundred|thousand|million|billion)"), "1 "),
    (re.compile(r"\b1 hundred\b"), "100"),
    (re.compile(r" ?(?:%|\bper ?cent\b)"), "%"),
)
_NUMERIC_DATE = re.compile(r"\b(?:(\d{4})-(\d{2})-(\d{2})|(\d{1,2})\.(\d{1,2})\.(\d{4}))\b")
_GROUPED = re.compile(r"(?<![\d.,])\d{1,3}(?:([ ,'])\d{3})(?:\1\d{3})*(?![\d])")
_SCALED = re.compile(r"\b(\d+(?:\.\d+)?)[ -]?(thousand|million|billion)\b")

_DATE = re.compile(rf"\b(?:\d{{1,2}} )?(?:{_MONTH})(?: \d{{4}})?\b")
_NUMBER = re.compile(r"(?<!\w)\d+(?:\.\d+)?%?")
_CAPITALISED = r"[A-ZÀ-Þ][\w'’-]*"
_NAME = re.compile(rf"{_CAPITALISED}(?:\s+(?:(?:of|for|of the|and the|de|al|bin)\s+)?{_CAPITALISED})*")
# Words that are capitalised because they open a sentence, or that are no part of a name.
_NO_NAMES = frozenset(
    f"""
    a an the it they he she no not none nothing yes only up about more over with without in on at from signed adopted
    approved eur usd president minister ambassador {" ".join(_MONTHS)}
    jan feb mar apr jun jul aug sep sept oct nov dec
    """.split()
)


def normalised(text: str) -> str:
    """`text` in lower case without accents, dates as "4 december 2025", numbers as digits ("12 million" → 12000000)."""
    text = text.casefold()
    for sign, plain in _SIGNS.items():
        text = text.replace(sign, plain)
    text = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    text = re.sub(r"\s+", " ", re.sub(r"[‐‑‒–—−]", "-", text))
    text = _SPELT_SHORT.sub(lambda match: _full_month(match.group()), _NUMERIC_DATE.sub(_spell_date, text))
    for pattern, replacement in _REWRITINGS:
        text = pattern.sub(replacement, text)
    text = re.sub(r"\b[a-z]+\b", lambda match: _NUMBERS.get(match.group(), match.group()), text)
    text = _GROUPED.sub(lambda match: re.sub(r"\D", "", match.group()), text)
    return _SCALED.sub(lambda match: f"{float(match.group(1)) * _SCALES[match.group(2)]:.0f}", text).strip()


def states(text: str, wording: str) -> bool:
    """Whether `text` holds `wording` as whole words, in whatever form its dates and numbers are written."""
    return find(normalised(text), wording) is not None


def find(normalised_text: str, wording: str) -> re.Match[str] | None:
    """Where `wording` stands in a text that is already normalised; a number is never found inside a longer one."""
    pattern = rf"(?<!\w)(?<!\d[.,]){re.escape(normalised(wording))}(?!\w)(?![.,]\d)"
    return re.search(pattern, normalised_text)


def derived_facts(expected: str, question: str, language: str = "en") -> tuple[tuple[str, ...], ...]:
    """Facts that an expected answer seems to require: its dates, numbers and names that the question does not say.

    `question` is the question with the earlier ones of its conversation. Parentheses are taken as additions. In other
    languages than English only numbers are taken: names are inflected there, and the documents are in English.
    """
    text = re.sub(r"\([^)]*\)", " ", expected)
    plain = normalised(text)
    dates = _DATE.findall(plain) if language == "en" else []
    numbers = _NUMBER.findall(_DATE.sub(" ", plain) if language == "en" else plain)
    names = _names(text) if language == "en" else []
    facts = [fact for fact in dict.fromkeys((*dates, *numbers, *names)) if not states(question, fact)]
    return tuple((fact,) for fact in facts)


def _names(text: str) -> list[str]:
    found = []
    for match in _NAME.finditer(text):
        words = match.group().split()
        while words and words[0].lower() in _NO_NAMES:
            words = words[1:]
        name = " ".join(words).removesuffix("'s").removesuffix("’s")
        if name and name.lower() not in _NO_NAMES and not _only_opens(text, match):
            found.append(name)
    return found


def _only_opens(text: str, match: re.Match[str]) -> bool:
    """Whether a single capitalised word is one because it opens a sentence: another word but "and" follows it."""
    opens = not text[: match.start()].strip() or text[: match.start()].rstrip()[-1] in ".;:!?"
    return opens and " " not in match.group() and bool(re.match(r"\s+(?!and\b|or\b)[a-zß-ÿ]", text[match.end() :]))


def _spell_date(match: re.Match[str]) -> str:
    year, month, day, other_day, other_month, other_year = match.groups()
    number = int(month or other_month)
    if not 1 <= number <= len(_MONTHS):
        return match.group()
    return f"{int(day or other_day)} {_MONTHS[number - 1]} {year or other_year}"


def _full_month(short: str) -> str:
    return next(month for month in _MONTHS if month[:3] == short[:3])
