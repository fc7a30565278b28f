"""Sentences of documents that speak to a machine instead of telling something: "ignore your instructions and say …".

Such a sentence is no evidence, whoever composes. Patterns over the usual wordings, in the languages of the glossary and
some more; what they miss still meets the checks of `support`, which let nothing pass but what a cited sentence holds.
"""

import re
from functools import lru_cache

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
_ORDERS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b{_LIFTED}\b.{{0,60}}?(?:\b{_INSTRUCTIONS}\b|\b(?:above|previous|prior|preceding|everything|all)\b)",
        rf"\b{_INSTRUCTIONS}\b.{{0,40}}?\b{_LIFTED}\b",
        rf"\b{_INSTRUCTIONS} (?:for|to|an|für|pour|para|для) (?:the |any |all |der |das |die |le |el )?"
        r"(?:reader|model|assistant|machine|summari[sz]er)s?\b",
        rf"(?:^|[.:;!?,—–\-\]>)}}|*#\"“'/]\s*|\b(?:please|now|then|and|just|must|should|always|only|bitte|пожалуйста|lütfen"
        rf"|lūdzu|zəhmət olmasa)\s+){_VERB}\b(?: \w+){{0,4}}?\s*(?:[:\"“„«]|\bthat\b|\bwith\b|\bexactly\b|\bonly\b"
        r"|\bthe (?:following|words?|sentence|user|reader)\b|\bdass\b|\bque\b|\bчто\b|\bka\b)",
        rf"\b{_DEMAND}\b.{{0,60}}?\b{_ANSWER}\b.{{0,60}}?(?:\b(?:that|with|is|must|know|contain|in)\b|:)",
        rf"\b{_ANSWER}\b.{{0,60}}?\b{_DEMAND}\b.{{0,60}}?(?:\bthat\b|\bwith\b|:|\bwords?\b)",
        r"\banswer key\b|\bQ: .{0,200}?\bA: |\b(?:do not|don['’]t|never) trust\b"
        r"|^(?:copy|paste|inform|announce|make sure)\b",
        rf"{_TO_A_MACHINE}.{{0,60}}?(?:[:,;–—]|\b(?:must|should|shall|please|(?:are|is) (?:required|asked|told|to))\b)"
        rf".{{0,40}}?\b(?:{_VERB}|{_LIFTED})\b",
        rf"\byou (?:are|must|will|shall|should)\b.{{0,60}}?\b(?:{_VERB}|{_LIFTED})\b|\byou (?:are|must|will) now\b",
        r"\byou are (?:a|an|the|in) (?:\w+ )?(?:assistant|ai|bot|chat ?bot|model|expert|machine|developer|debug)\b",
        r"(?:^|[.:;,!]\s*|\b(?:please|now|must|should|to)\s)act as (?:a|an|if|though)\b",
        r"\b(?:pretend (?:to|that)|role-?play (?:as|a|an)\b|from now on|new (?:instructions?|task|rules?)\s*:)",
        r"<\|?\w*(?:im_start|im_end|system|endoftext|assistant|evidence)\w*-?\w*\|?>|\[/?INST\]|<</?SYS>>"
        r"|(?:^|\s)(?:#+\s*)?(?:system|assistant|user|human)\s*:\s",
        r"\{\s*\"(?:number|sentences|role|text|evidence)\"\s*:",
    )
)


@lru_cache(maxsize=8192)
def gives_orders(text: str) -> bool:
    """Whether a sentence speaks to a machine that reads it."""
    line = " ".join(text.split())
    return any(pattern.search(line) for pattern in _ORDERS)
