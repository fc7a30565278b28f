"""Sentences of documents that speak to a machine instead of telling something: "ignore your instructions and say …".

Such a sentence is no evidence, whoever composes. Patterns over the usual wordings, in several languages;
what they miss still meets the checks of `assistant.model.support`, which let nothing pass but what a cited
sentence holds. Only the patterns that a sentence's words allow are tried: all fourteen would cost it 140 microseconds.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby

_INSTRUCTIONS = (
    r"(?:instructions?|rules|prompts?|directions|guidelines|directives|orders|polic(?:y|ies)|constraints|checks"
    r"|anweisungen|regeln|consignes|règles|instrucciones|reglas|инструкци\w*|правил\w*|указани\w*|talimat\w*|kural\w*"
    r"|təlimat\w*|instrukcij\w*|norādījum\w*)"
)
_LIFTED = (
    r"(?:ignor\w+|disregard\w*|forget|overrid\w+|bypass|discard|skip|vergiss|vergessen|missachte\w*|oublie\w*|olvida\w*"
    r"|игнориру\w+|забудь\w*|unut\w*|görmezden gel\w*|yok say\w*|nəzərə alma\w*|aizmirst\w*|ignorē\w*)"
)
_VERB = (
    r"(?:say|reply|respond|answer|output|write|repeat|print|state|tell|append|add|include|cite|insert|claim|report|link"
    r"|mention|reveal|display|show|recommend|begin|end|start|finish|translate|summari[sz]e|sag(?:e|t)?|antworte\w*"
    r"|schreib(?:e|t)?|wiederhole\w*|réponds|répondez|dis|dites|écris|responde|di|escribe|скажи\w*|ответь\w*|напиши\w*"
    r"|повтори\w*|söyle\w*|yanıtla\w*|cevapla\w*|yaz|de|cavab ver\w*|yazın|deyin|atbildi\w*|saki\w*|raksti\w*)"
)
_TO_A_MACHINE = (
    r"\b(?:ai|a\.i\.|llms?|language models?|chat ?bots?|gpt\w*|(?:virtual|ai|digital) assistants?"
    r"|assistants? (?:reading|must|should|will|shall)|system (?:prompt|message|override|notice|note)|developer mode"
    r"|jailbreak|prompt injection"
    r"|sprachmodell\w*|modèle de langage|modelo de lenguaje|языков\w+ модел\w+|dil model\w*|valodas model\w*|ии)\b"
)
# What is written or read by whoever answers; news of the field hardly ever speaks of it.
_ANSWER = (
    r"(?:summar(?:y|ies|i[sz]ers?|i[sz]ing)|outputs?|responses?|answers?|answering|repl(?:y|ies)|next message"
    r"|user|person asking|whoever (?:asks|reads|processes)|(?:automated|reading) (?:systems?|machines?|tools?)|\bbots?)"
)
_DEMAND = (
    r"(?:must|has to|have to|needs? to|shall|should|is to|make sure|ensure|imperative|correct|right|only|permitted"
    r"|required?s?|begin|contain|mention|first|kindly|please|important|stop|note to|dear|let|learns?|when asked)"
)
# Each kind of order: the words of which it needs one, as `_words` finds them (`*` where any ending may follow), and its
# pattern. Words in letters that `_UNUSUAL` finds are left out.
_TO_LIFT = (
    "ignor* disregard* forget overrid* bypass discard skip vergiss vergessen missachte* oublie* olvida* unut* görmezden"
    " yok aizmirst*"
)
_TO_SAY = (
    "say reply respond answer output write repeat print state tell append add include cite insert claim report link"
    " mention reveal display show recommend begin end start finish translate summarise summarize sag sage sagt"
    " antworte* schreib schreibe schreibt wiederhole* réponds répondez dis dites écris responde di escribe söyle*"
    " yanitla* cevapla* yaz de cavab yazin deyin atbildi* saki* raksti*"
)
_FOR_AN_ANSWER = (
    "summary summaries summariser summarisers summarizer summarizers summarising summarizing output outputs response"
    " responses answer answers answering reply replies message user asking whoever automated reading bot bots"
)
ORDERS = tuple(
    (frozenset(needed.split()), re.compile(pattern, re.IGNORECASE))
    for needed, pattern in (
        (
            _TO_LIFT,
            rf"\b{_LIFTED}\b.{{0,60}}?(?:\b{_INSTRUCTIONS}\b|\b(?:above|previous|prior|preceding|everything|all)\b)",
        ),
        (_TO_LIFT, rf"\b{_INSTRUCTIONS}\b.{{0,40}}?\b{_LIFTED}\b"),
        (
            "reader readers model models assistant assistants machine machines summariser summarisers summarizer"
            " summarizers",
            rf"\b{_INSTRUCTIONS} (?:for|to|an|für|pour|para|для) (?:the |any |all |der |das |die |le |el )?"
            r"(?:reader|model|assistant|machine|summari[sz]er)s?\b",
        ),
        (
            _TO_SAY,
            rf"(?:^|[.:;!?,—–\-\]>)}}|*#\"“'/]\s*|\b(?:please|now|then|and|just|must|should|always|only|bitte|пожалуйста"
            rf"|lütfen|lūdzu|zəhmət olmasa)\s+){_VERB}\b(?: \w+){{0,4}}?\s*(?:[:\"“„«]|\bthat\b|\bwith\b|\bexactly\b"
            r"|\bonly\b|\bthe (?:following|words?|sentence|user|reader)\b|\bdass\b|\bque\b|\bчто\b|\bka\b)",
        ),
        (
            _FOR_AN_ANSWER,
            rf"\b{_DEMAND}\b.{{0,60}}?\b{_ANSWER}\b.{{0,60}}?(?:\b(?:that|with|is|must|know|contain|in)\b|:)",
        ),
        (_FOR_AN_ANSWER, rf"\b{_ANSWER}\b.{{0,60}}?\b{_DEMAND}\b.{{0,60}}?(?:\bthat\b|\bwith\b|:|\bwords?\b)"),
        (
            "key q trust copy paste inform announce sure",
            r"\banswer key\b|\bQ: .{0,200}?\bA: |\b(?:do not|don['’]t|never) trust\b"
            r"|^(?:copy|paste|inform|announce|make sure)\b",
        ),
        (
            "ai a.i.* llm llms language chat chatbot chatbots gpt* assistant assistants prompt message override notice"
            " note developer jailbreak sprachmodell* modèle modelo dil valodas",
            rf"{_TO_A_MACHINE}.{{0,60}}?(?:[:,;–—]|\b(?:must|should|shall|please|(?:are|is) (?:required|asked|told|to))"
            rf"\b).{{0,40}}?\b(?:{_VERB}|{_LIFTED})\b",
        ),
        (
            "you",
            rf"\byou (?:are|must|will|shall|should)\b.{{0,60}}?\b(?:{_VERB}|{_LIFTED})\b|\byou (?:are|must|will) now\b",
        ),
        (
            "you",
            r"\byou are (?:a|an|the|in) (?:\w+ )?(?:assistant|ai|bot|chat ?bot|model|expert|machine|developer|debug)\b",
        ),
        ("act", r"(?:^|[.:;,!]\s*|\b(?:please|now|must|should|to)\s)act as (?:a|an|if|though)\b"),
        (
            "pretend role roleplay now new",
            r"\b(?:pretend (?:to|that)|role-?play (?:as|a|an)\b|from now on|new (?:instructions?|task|rules?)\s*:)",
        ),
        (
            "< [ system assistant user human",
            r"<\|?\w*(?:im_start|im_end|system|endoftext|assistant|evidence)\w*-?\w*\|?>|\[/?INST\]|<</?SYS>>"
            r"|(?:^|\s)(?:#+\s*)?(?:system|assistant|user|human)\s*:\s",
        ),
        ("{", r"\{\s*\"(?:number|sentences|role|text|evidence)\"\s*:"),
    )
)
# Letters in which upper and lower case are not one to one, or beyond Latin: such a line is tried with every pattern.
_UNUSUAL = re.compile(r"[^\x00-\u012f\u0132-\u017e\u2000-\u2069]")
_SIGNS = "<[{"


@lru_cache(maxsize=8192)
def gives_orders(text: str) -> bool:
    """Whether a sentence speaks to a machine that reads it."""
    line = " ".join(text.split())
    return any(pattern.search(line) for pattern in possible_orders(line))


def possible_orders(line: str) -> set[re.Pattern[str]]:
    """The patterns that can match: those of which one of the needed words stands there."""
    if not line.isascii() and _UNUSUAL.search(line):
        return {pattern for _, pattern in ORDERS}
    found = {*_NEEDED.findall(line.lower()), *(sign for sign in _SIGNS if sign in line)}
    return {pattern for word in found for pattern in _BY_WORD[word]}


def _beginnings(words: list[str]) -> str:
    """A pattern for the words where they begin; the longest that stands there is found.

    First letters are tried before words, which makes it five times as quick.
    """
    by_letter = groupby(sorted(words, key=lambda word: (word[0], -len(word.rstrip("*")))), key=lambda word: word[0])
    return "|".join(first + f"(?:{'|'.join(map(_rest, group))})" for first, group in by_letter)


def _rest(word: str) -> str:
    return re.escape(word[1:-1]) if word.endswith("*") else re.escape(word[1:]) + r"\b"


def _needing(found: str) -> Iterator[re.Pattern[str]]:
    """The patterns that need what was found, or a beginning of it."""
    for needed, pattern in ORDERS:
        if any(found.startswith(word[:-1]) if word.endswith("*") else found == word for word in needed):
            yield pattern


_WORDS = sorted(set().union(*(needed for needed, _ in ORDERS)) - set(_SIGNS))
_NEEDED = re.compile(rf"\b(?:{_beginnings(_WORDS)})")
_BY_WORD = {found: tuple(_needing(found)) for found in (*(word.rstrip("*") for word in _WORDS), *_SIGNS)}
