"""Invitations (iCalendar) as text: what, when, where, and what is written about it."""

import re
from collections.abc import Iterator

_FIELDS = {"SUMMARY": "", "DTSTART": "Starts: ", "DTEND": "Ends: ", "LOCATION": "Place: ", "DESCRIPTION": "",
           "COMMENT": "", "STATUS": "Status: "}  # fmt: skip
_MOMENT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)\d\d(Z?))?")
_ESCAPED = re.compile(r"\\([nN,;\\])")


def events_as_text(text: str) -> str:
    """A block for each field of each event."""
    return "\n\n".join(_fields(text))


def _fields(text: str) -> Iterator[str]:
    unfolded = re.sub(r"\r?\n[ \t]", "", text)
    inside: list[str] = []
    for line in unfolded.splitlines():
        head, _, value = line.partition(":")
        name, *parameters = head.upper().split(";")
        if name == "BEGIN":
            inside.append(value.strip().upper())
        elif name == "END" and inside:
            inside.pop()
        elif name in _FIELDS and not {"VTIMEZONE", "VALARM"} & set(inside) and value.strip():
            told = _moment(value) if name.startswith("DT") else _plain(value)
            zone = next((item[5:] for item in parameters if item.startswith("TZID=")), "")
            yield f"{_FIELDS[name]}{told}{f' ({zone.title()})' if zone else ''}".strip()


def _moment(value: str) -> str:
    match = _MOMENT.match(value.strip())
    if match is None:
        return value.strip()
    year, month, day, hour, minute, universal = match.groups()
    return f"{year}-{month}-{day}" + (f" {hour}:{minute}{' UTC' if universal else ''}" if hour else "")


def _plain(value: str) -> str:
    return _ESCAPED.sub(lambda match: "\n" if match.group(1) in "nN" else match.group(1), value).strip()
