"""What a sentence says became of a commitment: discussed, proposed, agreed, signed, approved, in force, implemented.

Rules over English wording. A status counts only where the sentence reports it as a fact: "once it enters into force",
"was to be signed" or "does not say that it is in force" report no such thing. A sentence that denies a status
("no document is reported as signed") is evidence too, of the opposite; see `StatusReport.denied`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache


class Status(IntEnum):
    """How far a commitment has come; a higher one implies that the lower ones happened.

    `WITHDRAWN`, the lowest, takes back whatever had been reached.
    """

    WITHDRAWN = 0
    DISCUSSED = 1
    PROPOSED = 2
    AGREED = 3
    SIGNED = 4
    APPROVED = 5
    IN_FORCE = 6
    IMPLEMENTED = 7

    @property
    def words(self) -> str:
        """The status as a reader says it."""
        return self.name.lower().replace("_", " ")


@dataclass(frozen=True, slots=True)
class StatusReport:
    """The strongest status a sentence reports as a fact, and the weakest one it denies.

    `pending` is the weakest status that it tells of as still to come ("once it is signed", "opens for signature only
    after"). `in_passing` where it only names a status ("the agreement signed in Riga covers ...", "reported the
    signing"), `ended` where it tells that a commitment was withdrawn, terminated or ran out: whatever it had reached,
    it is not in force.
    """

    reported: Status | None = None
    denied: Status | None = None
    in_passing: bool = False
    ended: bool = False
    pending: Status | None = None

    @property
    def status(self) -> Status | None:
        """The status a commitment has after what the sentence tells."""
        return Status.WITHDRAWN if self.ended else self.reported

    def confirms(self, asked: Status) -> bool:
        """Whether what is reported is at least what was asked; carrying a plan out does not put it in force."""
        if self.reported is None or self.reported < asked:
            return False
        return asked is not Status.IN_FORCE or self.reported is Status.IN_FORCE


_WORDS: dict[Status, str] = {
    Status.IN_FORCE: r"in force|enter(?:ed|s|ing)? into force|came into (?:force|effect)|entry into force"
    r"|took effect|taken effect|in effect",
    Status.APPROVED: r"approv(?:ed|es|ing|al)|ratif(?:ied|ies|ying|ication)|endors(?:ed|es|ing)",
    Status.SIGNED: r"(?<!\ba )sign(?:ed|s|ing|ature|atory|atories)?|inked"
    r"|concluded (?:an?|the|its) (?:[\w/–-]+ ){0,3}(?:agreement|memorandum|contract|strategy|treaty|programme)",
    Status.AGREED: r"agreed|agrees|reached an? (?:agreement|deal|understanding)|pledged|committed (?:itself|to)"
    r"|adopted|adopts|decided",
    Status.PROPOSED: r"propos(?:ed|es|al|ing)|offer(?:ed|s)|draft(?:ed)?|planned|plans|intends?|expected|invited"
    r"|foreseen|envisaged",
    Status.DISCUSSED: r"discuss(?:ed|es|ing|ions?)|talks|talked|met|meeting|exchang(?:ed|ing) views|review(?:ed|ing)"
    r"|raised|emphasi[sz]ed|underscored|highlighted|noted|stressed|hoped|expressed|touched (?:up)?on"
    r"|considered|spoke",
}
_INSTRUMENT = (
    r"\b(?:agreement|memorandum|memoranda|treaty|protocol|convention|declaration|pact|contract|road ?map|plan)s?\b"
)
# Only of an instrument, not of a project or a person: "the memorandum was fully implemented", "left the agreement".
_CARRIED_OUT = re.compile(
    rf"{_INSTRUMENT}[^.;]{{0,60}}?\b(?:was|were|has been|have been)(?: \w+)?"
    r" (?:implemented|carried out|put into practice|fulfilled)\b",
    re.IGNORECASE,
)
_UNDONE = r"withdrawn|terminated|denounced|revoked|repealed|annulled|cancelled|suspended"
_ENDED = re.compile(
    rf"{_INSTRUMENT}[^.;]{{0,60}}?\b(?:(?:was|were|has been|have been) (?:{_UNDONE})|expired"
    r"|ceased to (?:apply|be in force)|lost (?:its )?force|no longer applies)\b"
    rf"|\b(?:withdrew from|{_UNDONE})\b[^.;]{{0,60}}?{_INSTRUMENT}",
    re.IGNORECASE,
)
# The date by which an instrument is called ("the agreement of 4 December 2025") is that of its signature.
_DATED_INSTRUMENT = re.compile(
    rf"(?:{_INSTRUMENT} (?:of|dated)|\b[Ss]ign(?:ed|ing|ature)(?: \w+){{0,5}} (?:of|on|in)) "
    r"(?:\d{1,2} [A-Z][a-z]+|[A-Z][a-z]+ \d{1,2},?|[A-Z][a-z]+)? ?(?:19|20)\d\d"
)
_PATTERNS = {status: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for status, words in _WORDS.items()}
_PATTERNS[Status.IMPLEMENTED] = _CARRIED_OUT
_TALKS = re.compile(
    r"\b(?:discuss(?:ed|es|ing|ions?)|talked|exchang(?:ed|ing) views|review(?:ed|ing)|raised|emphasi[sz]ed|underscored"
    r"|highlighted|stressed|touched (?:up)?on|considered|focus(?:ed|ing) on|said|noted)\b",
    re.IGNORECASE,
)
# What an agreement contains is told of something that was at least agreed.
_CONTENT = re.compile(
    r"\b(?:agreement|memorandum|declaration|protocol|pact|treaty|road ?map|programme|pledge)\b[^.;]{0,80}?"
    r"\b(?:covers?|provides? for|foresees?|includes?|stipulates?)\b",
    re.IGNORECASE,
)
_DENIAL = re.compile(
    r"\b(?:no|not|nothing|none|neither|nor|never|without|yet to|lacks?|unsigned|"
    r"doesn['’]t|didn['’]t|hasn['’]t|isn['’]t)\b",
    re.IGNORECASE,
)
_NO_DOCUMENT = re.compile(
    r"\bno (?:\w+ ){0,3}(?:agreement|document|memorandum|membership|treaty|text|deal)s?\b"
    r"|\bnothing (?:is |was )?(?:reported as )?signed",
    re.IGNORECASE,
)
# Words before a status word, in the same clause, that make it a condition, a plan or a subject and not a fact.
_NOT_YET = re.compile(
    r"\b(?:once|until|when|if|before|after which|needed for|required for|for (?:the|its)?|to be|should be|must be"
    r"|will be|will"
    r"|would|could|may|might|can|shall|is to|are to|was to|were to|planned|plans? to|expected|expects|intends? to|"
    r"hopes?|hoped|ready to|prepar\w+|possible|possibility of|date of|conditions? (?:for|of)|subject to|pending|"
    r"open for|opens? for|opened for|awaiting|draft)\s+(?:\w+\s+){0,4}$|\bto\s+$"
    r"|\b(?:offer|propos|invit)\w*\b[^.;]{0,60}$",
    re.IGNORECASE,
)
# A clause that states a condition reports none of its status words as a fact.
_CONDITION = re.compile(
    r"\b(?:only after|only once|only when|must (?:first )?be|before\b.{0,60}\bcan be)\b", re.IGNORECASE
)
# Approving a bill or a draft is a step towards approval, not the approval itself.
_ONLY_A_DRAFT = re.compile(r"\s*(?:\w+\s+){0,3}(?:bill|draft|draft regulation|mandate)\b", re.IGNORECASE)
_DRAFT = re.compile(r"\b(?:draft|planned|proposed)\b", re.IGNORECASE)
# The source says itself that it does not tell.
_ABSENCE = re.compile(
    r"\b(?:do|does|did) not (?:say|state|give|report|name|mention|list|specify)\b"
    r"|\bcut off before\b"
    r"|\b(?:is|are|was|were) not (?:stated|given|reported|named|listed|specified|said|in the texts? read)\b"
    r"|\bno (?:[\w-]+,? ){0,8}(?:is|are) (?:given|stated|named|mentioned|reported|specified)\b",
    re.IGNORECASE,
)
_ABSENCE_AFTER = re.compile(r"\b(?:is|are|was|were) not (?:stated|given|reported|mentioned|named)\b", re.IGNORECASE)
_ATTRIBUTE_BEFORE = re.compile(
    r"\b(?:agreement|memorandum|declaration|protocol|document|programme|plan|map|contract|treaty|one|text)\s+$",
    re.IGNORECASE,
)
# A noun tells that a step was taken less plainly than the verb does.
_NOUN = re.compile(r"sign(?:ing|ature|atory|atories)|approval|ratification|entry into force", re.IGNORECASE)
_ATTRIBUTE_AFTER = re.compile(r"\s+(?:on|in|by|at|between|with|during|early|late)\b", re.IGNORECASE)
_CLAUSE = re.compile(r"[;:]|,\s+(?:but|and|while|though|although|whereas)\b|\bbut\b|\bwhile\b")


@lru_cache(maxsize=8192)
def report(sentence: str) -> StatusReport:
    """What `sentence` reports and denies about the status of a commitment."""
    told: list[Status] = []
    named: list[Status] = []
    denied: list[Status] = []
    pending: list[Status] = []
    for clause in _clauses(sentence):
        for status, match in _status_words(clause):
            if status < Status.AGREED:
                told.append(status)
            elif _is_attribute(clause, match):
                named.append(status)
            elif _is_denied(clause, match):
                denied.append(status)
            elif _is_not_yet(clause, match):
                told.append(Status.PROPOSED)
                pending.append(status)
            else:
                (named if _NOUN.fullmatch(match.group()) else told).append(status)
    if not denied and _NO_DOCUMENT.search(sentence):
        denied.append(Status.AGREED)
    if not denied and describes_content(sentence):
        named.append(Status.AGREED)
    ended = any(_is_fact(clause, match) for clause in _clauses(sentence) for match in _ENDED.finditer(clause))
    if ended:
        denied.append(Status.IN_FORCE)
    reported = max((*told, *named), default=None)
    in_passing = reported not in told and bool(named)
    return StatusReport(reported, min(denied, default=None), in_passing, ended, min(pending, default=None))


def event_text(sentence: str, status: Status) -> str:
    """The sentence with the dates blanked that cannot be when it reached `status`; as long as the sentence."""
    if status in (Status.AGREED, Status.SIGNED):
        return sentence
    return _DATED_INSTRUMENT.sub(lambda match: " " * len(match.group()), sentence)


def place_of(sentence: str, status: Status) -> int:
    """The character at which `sentence` tells of `status`; its start where only the whole of it does."""
    pattern = _ENDED if status is Status.WITHDRAWN else _PATTERNS.get(status)
    match = pattern.search(sentence) if pattern else None
    return match.start() if match else 0


def describes_content(sentence: str) -> bool:
    """Whether the sentence tells what an agreement contains (and not what it does not)."""
    return bool(_CONTENT.search(sentence)) and not _DENIAL.search(sentence) and not _DRAFT.search(sentence)


def tells_of_talks(sentence: str) -> bool:
    """Whether the sentence tells what was said, and not only that a meeting was held or who came."""
    return bool(_TALKS.search(sentence))


def states_absence(sentence: str) -> bool:
    """Whether the sentence itself says that something is not told ("no sum of money is given")."""
    return bool(_ABSENCE.search(sentence))


def _is_fact(clause: str, match: re.Match[str]) -> bool:
    return not (_is_denied(clause, match) or _is_not_yet(clause, match))


def _status_words(clause: str) -> Iterator[tuple[Status, re.Match[str]]]:
    for status, pattern in _PATTERNS.items():
        for match in pattern.finditer(clause):
            yield status, match


def _is_attribute(clause: str, match: re.Match[str]) -> bool:
    """Whether a status word only names a document: "the agreement signed on 4 December" is signed in any case."""
    before, after = clause[: match.start()], clause[match.end() :]
    named = _ATTRIBUTE_BEFORE.search(before) and _ATTRIBUTE_AFTER.match(after)
    return bool(named) and not _NO_DOCUMENT.search(before)


def _is_denied(clause: str, match: re.Match[str]) -> bool:
    """Whether a status word is denied: by a "no" before it, or by "is not reported" after it."""
    before, after = clause[: match.start()], clause[match.end() :]
    return bool(_DENIAL.search(before) or _ABSENCE_AFTER.search(after))


def _is_not_yet(clause: str, match: re.Match[str]) -> bool:
    """Whether a status word tells of a plan, a condition or a draft."""
    before, after = clause[: match.start()], clause[match.end() :]
    return bool(_NOT_YET.search(before) or _CONDITION.search(clause) or _ONLY_A_DRAFT.match(after))


def _clauses(sentence: str) -> list[str]:
    return [clause for clause in _CLAUSE.split(sentence) if clause.strip()]
