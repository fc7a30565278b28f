"""The assistant's own words: about the record, never about the world.

Whatever an answer says without a citation is made here: that nothing is reported as signed, which word no passage
mentions, which country no document names. A remark that cannot be read off the evidence does not belong here.
"""

from collections.abc import Iterable, Sequence

from assistant.language.commitments import Status
from assistant.language.naming import Name
from assistant.language.offices import Office
from assistant.language.parties import Party, marked_name
from assistant.question.question import ENGLISH, Question
from assistant.reader.reading import Evidence

UNCLEAR = (
    "The question names nothing to look for. Ask about a country, an organisation, a document or an event, "
    "for example: What did Latvia and Azerbaijan agree on?"
)

NOT_ENGLISH = (
    "No answer was found. The question is not in English, so the documents were searched only by its key words; "
    "please ask again in English."
)
# A longer list of missing words says no more.
MOST_WORDS_NAMED = 4
DIFFER = "The documents differ on this; what each of them reports:"
NO_SUCH_THING = "The documents report no such thing. What comes closest says:"
SEVERAL_HOLDERS = "Documents of different times name different people; the newest comes first:"
NO_SUM = "The documents do not answer this: they speak of the subject, but give no sum of money for it."
PARTLY = "The documents found answer this only in part."
NOT_TOLD = "The documents do not answer this; the closest passage says itself that it is not reported."


def no_party(question: Question) -> str:
    """No document is about the parties asked about: which of them none names, or that none joins them."""
    if question.absent_parties:
        return f"The documents do not answer this: none of them names {_listed(question.absent_parties)}."
    if len(question.parties) > 1:
        joined = "both " if len(question.parties) == 2 else ""
        return f"The documents do not answer this: none of them is about {joined}{_listed(question.parties)}."
    return "The documents do not answer this."


def unknown_names(question: Question) -> str:
    """The question names somebody or something that no passage names."""
    names = ", ".join(f"“{name}”" for name in question.unknown_names)
    return f"The documents do not answer this: none of them mentions {names}."


def not_called(question: Question, names: Sequence[Name]) -> str:
    """No document found holds the names of the question, or not together, or not where its parties are."""
    *first, last = [name.text for name in names]
    whose = f"those about {_listed(question.parties)}" if question.parties else "them"
    both = f"{', '.join(first)} and {last} together" if first else last
    return f"The documents do not answer this: none of {whose} names {both}."


def no_holder(office: Office) -> str:
    """Nobody is named as the holder of an office."""
    return f"The documents do not answer this: none of them names the {office.role} of {office.party.name}."


def missing_words(question: Question, about: Sequence[Evidence]) -> str:
    """Nothing answers: which words of the question the closest passage does not have."""
    if question.language != ENGLISH:
        return NOT_ENGLISH
    best = about[0].context if about else frozenset()
    missing = [term for term in dict.fromkeys(question.terms) if term not in best]
    if not missing:
        return "The documents do not answer this: they speak of the subject, but not of what is asked."
    whom = f" about {_listed(question.countries)}" if question.countries else ""
    telling = [term for term in missing if term in question.specifics] or missing
    words = _quoted(question, telling[:MOST_WORDS_NAMED])
    return f"The documents do not answer this: the passage that comes closest{whom} does not mention {words}."


def no_sum(question: Question) -> str:
    """Money is asked for, and no sum is told of the subject."""
    if not question.parties:
        return NO_SUM
    return (
        f"The documents do not answer this: what comes closest about {_listed(question.parties)} gives no sum of money."
    )


def not_reported(question: Question, missing: Sequence[str]) -> str:
    """A status is asked of something that nothing mentions; what is reported follows."""
    whom = f" about {_listed(question.countries)}" if question.countries else ""
    return (
        f"The documents report no such thing: nothing{whom} mentions {_quoted(question, missing)}. What they do report:"
    )


def listed(asked: Status, count: int, partners: Sequence[Party]) -> str:
    """How many steps a list holds, and with which countries, where there is more than one."""
    if count < 2:
        return ""
    with_whom = f", with {_listed(partners)}" if len(partners) > 1 else ""
    return f"The documents report {count} as {asked.words}{with_whom}; newest first:"


def less_than_asked(question: Question, asked: Status, relevant: Sequence[Evidence]) -> str:
    """Less is reported than was asked: talks for an agreement, a signature for entry into force."""
    furthest = max((item.report.reported or Status.DISCUSSED for item in relevant), default=Status.DISCUSSED)
    whom = f" between {_listed(question.countries)}" if len(question.countries) > 1 else ""
    wanted = (
        "agreed or signed" if asked is Status.AGREED else asked.words if asked is not Status.IN_FORCE else "in force"
    )
    if furthest < Status.AGREED:
        return f"These documents report nothing{whom} as {wanted}; they report what was {furthest.words}:"
    if furthest >= asked or furthest < Status.SIGNED:
        return f"For this the documents report nothing as {wanted}; what they report:"
    return f"These documents report nothing{whom} as {wanted}; the furthest they report is {furthest.words}:"


def told_word_for_word(reason: str) -> str:
    """The language model was of no use; `reason` has no full stop."""
    return f"{reason}; this answer is quoted word for word instead."


def not_answered() -> str:
    """The language model was given the passages that come closest and found no answer in them."""
    return "The documents do not answer this; what comes closest is shown below."


def not_told(missing: str) -> str:
    """What of a question is left open, in the question's own words."""
    return f"The documents found do not tell this: {missing}." if missing else PARTLY


def taken_out(count: int, quoted: int = 0) -> str:
    """How many sentences of a language model no passage holds, and in place of how many a passage is quoted."""
    gone = count - quoted
    told = []
    if gone:
        told.append(f"{_sentences(gone)} that the language model wrote {_was(gone)} taken out")
    if quoted:
        told.append(f"in place of {quoted if gone else _sentences(quoted)} the source is quoted word for word")
    line = ", and ".join(told)
    return f"{line[:1].upper()}{line[1:]}: the passages do not hold what stood there."


def _sentences(count: int) -> str:
    return "a sentence" if count == 1 else f"{count} sentences"


def _was(count: int) -> str:
    return "was" if count == 1 else "were"


def _listed(parties: Sequence[Party]) -> str:
    *first, last = [party.name for party in parties]
    return f"{', '.join(first)} and {last}" if first else last


def _quoted(question: Question, terms: Iterable[str]) -> str:
    words = dict.fromkeys(question.words.get(term, marked_name(term) or term) for term in terms)
    return ", ".join(f"“{word}”" for word in words)
