"""E-mails as people have them: every text is read, what is quoted is not the writer's, what came with them goes on."""

from email.message import EmailMessage
from pathlib import Path

import pytest

from corpus.document import Extraction
from corpus.readers.formats import read, read_content
from corpus.readers.mail.message_text import in_charset
from corpus.readers.mail.quoted import of_lines

CASES = Path(__file__).parents[2] / "cases"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("no_charset_utf8", "Latvia’s ministry and Kosovo’s ministry signed in Rīga on 7 June 2025."),
        ("utf8_declared_ascii", "Latvia’s ministry and Montenegro’s ministry signed in Rīga on 7 June 2025."),
        ("flowed", "signed the agreement on telemedicine on 1 June 2025 in Reykjavik."),
        ("qp_1257", "the agreement on vaccination on 3 June 2025. Vienošanās stājas spēkā."),
        ("html_only_short", "Latvia and Monaco signed on 6 June 2025.\n\nMonaco pays 10,000 euros."),
        ("calendar_only", "Latvia and Haiti sign"),
        ("bad_date", "Latvia and Andorra discussed dialysis in Riga."),
    ],
)
def test_the_words_of_a_mail_are_read(name: str, told: str) -> None:
    assert told in read(CASES / "eml" / f"{name}.eml").text


def test_headers_are_decoded_and_a_day_that_is_none_is_unknown() -> None:
    extraction = read(CASES / "eml" / "qp_1257.eml")
    assert (extraction.title, extraction.publisher) == (
        "Vienošanās ar Albāniju",
        "Veselības ministrija <vm@x.example>",
    )
    assert extraction.published == "2025-06-10"
    assert read(CASES / "eml" / "utf8_declared_ascii.eml").title == "Rīga"
    assert read(CASES / "eml" / "bad_date.eml").published is None


@pytest.mark.parametrize(
    ("name", "attached"),
    [
        ("attachment", ["agreement.txt", "a.docx"]),
        ("forward_rfc822", ["Latvia-Paraguay memorandum.eml"]),
        ("only_rfc822", ["Latvia-Paraguay memorandum.eml"]),
    ],
)
def test_what_came_with_a_mail_is_handed_on(name: str, attached: list[str]) -> None:
    extraction = read(CASES / "eml" / f"{name}.eml")
    assert [item.name for item in extraction.attachments] == attached
    first = read_content(extraction.attachments[0].content, extraction.attachments[0].name)
    assert "2025 in Quito." in first.text or "on 28 February 2025 in Asuncion." in first.text


def mail(text: str, subject: str = "Visit", charset: str = "utf-8", **headers: str) -> Extraction:
    made = EmailMessage()
    made["Subject"], made["From"] = subject, "Anna <anna@example.org>"
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(text, charset=charset)
    return read_content(made.as_bytes(), "a.eml")


def own_words(extraction: Extraction) -> str:
    words, position = "", 0
    for span in extraction.furniture:
        words += extraction.text[position : span.start]
        position = span.end
    return words + extraction.text[position:]


ANSWER = "We agree to the dates.\n"


@pytest.mark.parametrize(
    "quoted",
    [
        "On Mon, 3 Mar 2025 at 09:00, Boris <boris@example.org> wrote:\n> Latvia refuses the dates.\n> Boris\n",
        "On Mon, 3 Mar 2025 at 09:00, Boris\n<boris@example.org> wrote:\n\n> Latvia refuses the dates.\n",
        "3 марта 2025 г., 09:00, Boris <boris@example.org>:\n>> Latvia refuses the dates.\n",
        "-----Original Message-----\nFrom: Boris\nSent: Monday, March 3, 2025 9:00 AM\nTo: Anna\nSubject: Dates\n\n"
        "Latvia refuses the dates.\n",
        "________________________________\nVon: Boris <boris@example.org>\nGesendet: Montag, 3. März 2025 09:00\n"
        "An: Anna\nBetreff: Termine\n\nLatvia refuses the dates.\n",
        "From: Boris <boris@example.org>\nSent: Monday, March 3, 2025\nTo: Anna\n\nLatvia refuses the dates.\n",
    ],
)
def test_what_is_quoted_is_not_what_the_writer_says(quoted: str) -> None:
    extraction = mail(f"{ANSWER}\n{quoted}", "Re: Dates")
    assert own_words(extraction).strip() == ANSWER.strip()
    assert "Latvia refuses the dates." in extraction.text
    assert any("quotes earlier messages" in remark for remark in extraction.remarks)


@pytest.mark.parametrize(
    "text",
    [
        "The ministers agreed on this:\n\n- forty nurses\n- ten doctors\n",
        "From: Riga\nTo: Baku\n\nThe plane leaves at nine.\n",
        "Agenda: visit\nPlace: Riga\nDay: 3 March\n\nThe ministers meet at nine.\n",
    ],
)
def test_words_that_only_look_like_a_quotation_are_the_writers(text: str) -> None:
    extraction = mail(text)
    assert own_words(extraction).split() == text.split()
    assert not extraction.attachments


def test_quotations_in_markup_are_told_apart_too() -> None:
    made = EmailMessage()
    made["Subject"] = "Re: Dates"
    made.set_content(
        "<p>We agree.</p><div class='gmail_quote'><div>On Mon, 3 Mar 2025 Boris wrote:</div>"
        "<blockquote>Latvia refuses.</blockquote></div><p>Anna</p><div style='display:none'>Unseen.</div>",
        subtype="html",
    )
    extraction = read_content(made.as_bytes(), "a.eml")
    assert own_words(extraction).split() == ["We", "agree.", "Anna"]
    assert "Latvia refuses." in extraction.text
    assert "Unseen" not in extraction.text


@pytest.mark.parametrize(
    "rule", ["---------- Forwarded message ---------", "-------- Weitergeleitete Nachricht --------", ""]
)
def test_a_message_passed_on_within_a_text_is_a_document_of_its_own(rule: str) -> None:
    extraction = mail(
        f"For your files.\n\n{rule}\nFrom: Boris <boris@example.org>\nDate: Mon, 3 Mar 2025 09:00:00 +0000\n"
        "Subject: Māli\nTo: Anna <anna@example.org>\n\nLatvia and Mali signed in Bamako.\n",
        "Fwd: Māli",
    )
    assert extraction.text.strip() == "For your files."
    (attached,) = extraction.attachments
    passed_on = read_content(attached.content, attached.name)
    assert passed_on.text.strip() == "Latvia and Mali signed in Bamako."
    assert (passed_on.title, passed_on.publisher) == ("Māli", "Boris <boris@example.org>")
    assert passed_on.published == "2025-03-03"


def test_a_signature_is_none_of_what_the_writer_says() -> None:
    extraction = mail("We agree to the dates.\n\n-- \nAnna\nMinistry of Health\n")
    assert own_words(extraction).strip() == "We agree to the dates."
    assert not extraction.remarks


def multipart(kind: str, *parts: tuple[str, str]) -> Extraction:
    body = "".join(f"--b\nContent-Type: {type_}; charset=utf-8\n\n{text}\n" for type_, text in parts)
    head = f'From: a@x.example\nSubject: Visit\nContent-Type: multipart/{kind}; boundary="b"\n\n'
    return read_content(f"{head}{body}--b--\n".encode(), "a.eml")


def test_every_text_is_read_and_one_that_is_there_twice_once() -> None:
    both = multipart("mixed", ("text/plain", "Forty nurses come."), ("text/html", "<p>Ten doctors go.</p>"))
    assert both.text.split() == ["Forty", "nurses", "come.", "Ten", "doctors", "go."]
    same = multipart(
        "alternative", ("text/plain", "Forty nurses come."), ("text/html", "<p>Forty nurses <b>come</b>.</p>")
    )
    assert same.text.split() == ["Forty", "nurses", "come."]
    fuller = multipart("alternative", ("text/plain", "Forty."), ("text/html", "<p>Forty nurses come to Riga.</p>"))
    assert fuller.text.split() == ["Forty", "nurses", "come", "to", "Riga."]
    stub = multipart("alternative", ("text/plain", "Use another program."), ("text/html", "<p>Forty nurses come.</p>"))
    assert "Forty nurses come." in stub.text
    event = (
        "BEGIN:VEVENT\nSUMMARY:Signing\nDTSTART;TZID=Europe/Riga:20250610T090000\nLOCATION:Riga\\, hall 2\nEND:VEVENT"
    )
    invited = multipart("alternative", ("text/plain", "Come to the ceremony."), ("text/calendar", event))
    assert "Come to the ceremony." in invited.text
    assert "Starts: 2025-06-10 09:00 (Europe/Riga)\n\nPlace: Riga, hall 2" in invited.text


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-8-sig"])
def test_a_whole_mail_in_another_encoding_is_read(encoding: str) -> None:
    text = "From: Anna <anna@example.org>\nSubject: Rīga\n\nThe ministers met in Rīga in autumn.\n"
    extraction = read_content(text.encode(encoding), "a.eml")
    assert (extraction.title, extraction.text.strip()) == ("Rīga", "The ministers met in Rīga in autumn.")


LATVIAN = "Veselības ministrija paziņo, ka vienošanās stājas spēkā rudenī, un pateicas visiem ārstiem."


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("utf-8", "iso-8859-1"),
        ("utf-8", "us-ascii"),
        ("utf-8", ""),
        ("utf-8", "no-such"),
        ("cp1257", "windows-1257"),
        ("cp1257", "utf-8"),
        ("cp1257", "us-ascii"),
        ("utf-16", "utf-16"),
        ("iso2022_jp", "iso-2022-jp"),
    ],
)
def test_a_charset_is_tried_before_it_is_believed(encoding: str, declared: str) -> None:
    text = "大臣は合意した。" if encoding == "iso2022_jp" else LATVIAN
    assert in_charset(text.encode(encoding), declared)[0].removeprefix("\ufeff") == text


def test_lines_before_quoted_ones_that_name_nobody_are_the_writers() -> None:
    told = of_lines("The minister put it so:\n> We shall sign.\n")
    assert told.quoted == {1}


# Outlook


def test_an_outlook_message_is_read_with_all_that_came_with_it() -> None:
    extraction = read(CASES / "msg" / "embedded.msg")
    assert extraction.text.strip().startswith("Latvia and Bolivia signed the agreement on telemedicine on 3 June 2025.")
    assert "Vienošanās stājas spēkā." in extraction.text
    assert "Hidden" not in extraction.text
    assert (extraction.title, extraction.published) == ("Vienošanās par tālmedicīnu", "2025-06-10")
    assert extraction.publisher == '"Veselības ministrija" <vm@x.example>'
    annex, inner = (read_content(item.content, item.name) for item in extraction.attachments)
    assert "forty clinics in La Paz" in annex.text
    assert (inner.title, inner.published) == ("Latvia-Peru memorandum", "2025-03-03")
    assert "on 28 February 2025 in Lima." in inner.text
