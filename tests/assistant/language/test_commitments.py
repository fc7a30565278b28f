"""What a sentence reports of a commitment, and what a question asks about one."""

from each import each

from assistant.language.asked_status import asked_status
from assistant.language.commitments import Status, describes_content, report, states_absence

REPORTED = [
    ("The two sides discussed digital health.", Status.DISCUSSED),
    ("Latvia proposed a memorandum.", Status.PROPOSED),
    ("A memorandum is to be signed later.", Status.PROPOSED),
    ("The ministers agreed on a working group.", Status.AGREED),
    ("The agreement covers medical education and research.", Status.AGREED),
    ("The ministries signed an agreement in Riga on 4 December 2025.", Status.SIGNED),
    ("The president signed a decree approving the agreement.", Status.APPROVED),
    ("The ministries of Azerbaijan and Latvia signed an agreement.", Status.SIGNED),
    ("The delegation went to Riga and signed an agreement.", Status.SIGNED),
    ("Lithuania's parliament ratified the agreement.", Status.APPROVED),
    ("The agreement has been in force since 14 June 2019.", Status.IN_FORCE),
    ("The agreement entered into force on 14 June 2019.", Status.IN_FORCE),
]
NOT_REPORTED = [
    ("The minister offered Morocco on 19 November 2024 the signing of an agreement.", Status.SIGNED),
    ("The draft agreement of March 2024 covers staff education.", Status.AGREED),
    ("The ministry must see that it is carried out once the agreement enters into force.", Status.IN_FORCE),
    ("The article does not say that the agreement is in force.", Status.IN_FORCE),
    ("Procedures needed for entry into force of the agreement are complete.", Status.IN_FORCE),
    ("No date of entry into force is given.", Status.IN_FORCE),
    ("Ratification by parliament is not reported.", Status.APPROVED),
    ("The government approved the bill on association.", Status.APPROVED),
    ("No document is mentioned as signed at the meeting.", Status.SIGNED),
    ("Signature opens only after adoption of the annex.", Status.SIGNED),
    ("The annex must be adopted before the agreement can be opened for signature.", Status.AGREED),
]


@each(("sentence", "status"), REPORTED)
def test_the_strongest_status_reported_as_a_fact_is_found(sentence: str, status: Status) -> None:
    assert report(sentence).reported == status


@each(("sentence", "status"), NOT_REPORTED)
def test_conditions_plans_and_denials_report_no_such_status(sentence: str, status: Status) -> None:
    assert (report(sentence).reported or 0) < status


def test_a_denial_names_the_weakest_status_it_denies() -> None:
    assert report("No document is mentioned as signed at the meeting.").denied == Status.SIGNED
    assert report("No health agreement is mentioned in the report.").denied == Status.AGREED
    assert report("The ministries signed an agreement.").denied is None


def test_what_is_denied_of_a_signed_agreement_leaves_it_signed() -> None:
    told = report("No sum of money is given for the agreement signed on 4 December 2025.")
    assert told.reported == Status.SIGNED


@each(
    ("question", "status"),
    [
        ("What did Latvia and Azerbaijan agree on?", Status.AGREED),
        ("Which document was signed in Riga?", Status.SIGNED),
        ("Has it been ratified?", Status.APPROVED),
        ("So is it in force now?", Status.IN_FORCE),
        ("What did they talk about?", Status.DISCUSSED),
        ("What does the agreement cover?", None),
        ("Who is Latvia's health minister?", None),
    ],
)
def test_verbs_ask_for_a_status_and_the_noun_agreement_does_not(question: str, status: Status | None) -> None:
    assert asked_status(question) == status


def test_a_sentence_that_says_it_does_not_tell_is_recognised() -> None:
    assert states_absence("The conclusions are not listed in the press release.")
    assert states_absence("No sum of money is given in the reports read.")
    assert not states_absence("The project costs EUR 12 million.")


def test_a_status_that_only_names_a_document_is_told_in_passing() -> None:
    assert report("The agreement signed in Riga covers education.").in_passing
    assert report("Trend reported the signing of the agreement.").in_passing
    assert not report("The agreement was signed in Riga.").in_passing
    assert not report("The ministers met.").in_passing


def test_the_content_of_an_agreement_is_recognised() -> None:
    assert describes_content("The Azerbaijan–Latvia health agreement covers joint projects.")
    assert not describes_content("The agreement was signed in Riga.")
