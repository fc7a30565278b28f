import os
import re

import pytest
from each import each
from hypothesis import given
from hypothesis import strategies as st

from corpus.ingest.file_names import LONGEST_NAME_BYTES, NAMELESS, safe_name


@each(
    ("given", "kept"),
    [
        ("report.pdf", "report.pdf"),
        ("Veselības ministrija – 2025.docx", "Veselības ministrija – 2025.docx"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("..\\..\\windows\\system.txt", "system.txt"),
        ("/etc/passwd.txt", "passwd.txt"),
        ("C:\\temp\\a.txt", "a.txt"),
        ("c:a.txt", "c_a.txt"),
        ("..", NAMELESS),
        ("", NAMELESS),
        ("///", NAMELESS),
        (".htaccess", "htaccess"),
        ("...hidden.txt", "hidden.txt"),
        ("a.txt. . .", "a.txt"),
        ("CON.txt", "_CON.txt"),
        ("nul", "_nul"),
        ("com1.md", "_com1.md"),
        ("console.txt", "console.txt"),
        ('a<b>:"c|d?e*.txt', "a_b___c_d_e_.txt"),
        ("a\x00b\n\tc\x1b[31m.txt", "ab c[31m.txt".replace(" ", "")),
        ("annual\u202efdp.exe", "annualfdp.exe"),
        ("e\u0301.txt", "\u00e9.txt"),
        (".pdf", "pdf"),
        (" .pdf", "pdf"),
        ("-rf.txt", "-rf.txt"),
    ],
)
def test_a_name_keeps_what_it_may_and_loses_the_rest(given: str, kept: str) -> None:
    assert safe_name(given) == kept


@pytest.mark.parametrize("letter", ["x", "ē", "健", "👩"])
def test_a_long_name_is_cut_before_its_suffix(letter: str) -> None:
    name = safe_name(letter * 300 + ".markdown")
    assert name.endswith(".markdown")
    assert len(name.encode()) <= LONGEST_NAME_BYTES


@given(st.text(max_size=300))
def test_every_name_is_safe_and_stays_as_it_is(text: str) -> None:
    name = safe_name(text)
    assert 0 < len(os.fsencode(name)) <= LONGEST_NAME_BYTES
    assert not re.search(r'[/\\\x00-\x1f<>:"|?*]', name)
    assert not name.startswith(".")
    assert not name.endswith((".", " "))
    assert safe_name(name) == name
