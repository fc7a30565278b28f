"""Rich text (RTF): its paragraphs, tables, notes, text boxes and written-out list numbers, in the order of the file.

Hidden and deleted text is left out, and a remark tells of the latter; page headers are furniture. striprtf, tried for
it, knows neither, loses notes and text boxes, and looks for links in a time that grows with the square of the length.
What the commands mean is laid down in Microsoft's specification of the format, 1.9.1.
"""

import re
from dataclasses import replace

from corpus.document import Extraction, Span
from corpus.errors import UnreadableFile
from corpus.readers.metadata import one_line, printable
from corpus.readers.office.rich_text_flow import Flow, State

_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\(.)|([{}])|[\r\n]+|([^\\{}\r\n]+)", re.DOTALL
)
_DROPPED = frozenset(
    """
    annotation atnauthor atndate atnicn atnid atnref author background bkmkend bkmkstart blipuid category colortbl
    colorschememapping comment company creatim datafield datastore doccomm docvar falt filetbl fldinst fname formfield
    generator hlinkbase keycode keywords latentstyles listtable listoverridetable listpicture manager mmathPr
    nesttableprops nonesttables nonshppict objalias objclass objdata objname operator panose passwordhash pgptbl pict
    pnseclvl printim private propname protusertbl revtbl revtim rsidtbl shprslt sn sp staticval stylesheet subject sv
    tc template themedata userprops wgrffmtfilter xe xmlnstbl ftnsep ftnsepc ftncn aftnsep aftnsepc aftncn
    """.split()
)
_ASIDE = {"footnote": "note", "header": "margin", "headerl": "margin", "headerr": "margin", "headerf": "margin",
          "footer": "margin", "footerl": "margin", "footerr": "margin", "footerf": "margin", "title": "title",
          "fonttbl": "fonts", "shptxt": "box"}  # fmt: skip
# Destinations marked as ones that may be skipped, and whose text is the document's all the same.
_KNOWN = frozenset(("shpinst", "shptxt", "shp", "do", "dptxbx", "listtext", "pntext"))
_SIGNS = {"emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”", "tab": "\t",
          "bullet": "•", "emspace": " ", "enspace": " ", "line": "\n", "lbr": "\n"}  # fmt: skip
_CHARSETS = {0: "cp1252", 77: "mac_roman", 128: "cp932", 129: "cp949", 130: "johab", 134: "gb18030", 136: "big5",
             161: "cp1253", 162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251",
             222: "cp874", 238: "cp1250"}  # fmt: skip
_DEEPEST = 2_000


def read_rich_text(content: bytes) -> Extraction:
    """The text of the file."""
    start = content.find(b"{\\rtf")
    if start < 0:
        raise UnreadableFile("the rich text is damaged (it does not start as one)")
    reader = _Reader()
    reader.read(content[start:])
    return reader.extraction()


class _Reader:
    """One pass over the commands, groups and characters of a file."""

    def __init__(self) -> None:
        self._state = State()
        self._stack: list[State] = []
        self._flows = {"text": Flow(), "margin": Flow(), "title": Flow(), "fonts": Flow()}
        self._charset = "cp1252"
        self._fonts: dict[int, str] = {}
        self._bytes = bytearray()
        self._to_skip = 0
        self._high = 0
        self._in_table = False
        self._may_be_skipped = False
        self._has_deleted = False
        self._asides: list[tuple[int, str]] = []

    def read(self, content: bytes) -> None:
        position = 0
        while match := _TOKEN.match(content, position):
            position = match.end()
            word, number, byte, sign, brace, plain = match.groups()
            if byte is None:
                self._flush_bytes()
            if word is not None:
                value = int(number) if number is not None else None
                if word == b"bin":
                    position += max(value or 0, 0)
                self._command(word.decode(), value)
            elif brace is not None:
                if brace == b"}" and len(self._stack) <= 1:
                    break
                self._group(brace == b"{")
            elif byte is not None:
                self._byte(int(byte, 16))
            elif sign is not None:
                self._sign(sign)
            elif plain is not None:
                self._plain(plain)
        self._flush_bytes()

    def extraction(self) -> Extraction:
        margins = [
            printable(text)
            for text in dict.fromkeys(self._finished(self._flows["margin"]))
            if any(map(str.isalpha, text))
        ]
        front = "\n\n".join(margins)
        remarks = [f"On every page: {one_line(text)}" for text in margins]
        if self._has_deleted:
            remarks.insert(0, "The file has tracked changes; they are read as if all were accepted.")
        return Extraction(
            text="\n\n".join([*margins, *(printable(block) for block in self._finished(self._flows["text"]))]),
            title=one_line(" ".join(self._flows["title"].finished())),
            furniture=(Span(0, len(front)),) if front else (),
            remarks=tuple(remarks),
        )

    @property
    def _flow(self) -> Flow:
        return self._flows[self._state.target]

    def _say(self, text: str) -> None:
        state = self._state
        if state.deleted and text.strip():
            self._has_deleted = True
        if not (state.dropped or state.hidden or state.deleted):
            self._flow.words.append(text)

    def _group(self, opens: bool) -> None:
        self._to_skip, self._may_be_skipped = 0, False
        if opens:
            if len(self._stack) >= _DEEPEST:
                raise UnreadableFile("its parts are nested too deeply")
            self._stack.append(self._state)
            self._state = replace(self._state)
            return
        left, self._state = self._state, self._stack.pop()
        if left.target != self._state.target and left.target.startswith("aside"):
            flow = self._flows.pop(left.target)
            prefix = "Note: " if left.target.startswith("aside note") else ""
            told = self._finished(flow)
            if told:
                self._flow.words.append(" ")
                self._hang(prefix + ("\n\n" if not prefix else " ").join(told))

    def _hang(self, told: str) -> None:
        """A note or a text box stands behind the paragraph that it hangs on."""
        flow = self._flow
        self._asides.append((id(flow), told))
        self._asides = self._asides[-1_000:]

    def _finished(self, flow: Flow) -> list[str]:
        return [*flow.finished(), *self._hanging(flow)]

    def _hanging(self, flow: Flow) -> list[str]:
        """What hangs on the paragraph that ends, taken off."""
        told = [text for owner, text in self._asides if owner == id(flow)]
        self._asides = [(owner, text) for owner, text in self._asides if owner != id(flow)]
        return told

    def _end_paragraph(self) -> None:
        flow = self._flow
        flow.paragraph(in_table=self._in_table)
        if not self._in_table:
            flow.blocks += self._hanging(flow)

    def _command(self, word: str, value: int | None) -> None:
        state = self._state
        if word in _DROPPED or (self._may_be_skipped and word not in _KNOWN):
            state.dropped = True
        elif word in _ASIDE:
            self._turn_aside(_ASIDE[word])
        elif word in ("par", "sect", "page"):
            self._end_paragraph()
        elif word in ("cell", "nestcell"):
            self._flow.cell()
        elif word in ("row", "nestrow"):
            self._flow.row()
        elif word in ("intbl", "pard", "trowd"):
            self._in_table = word != "pard"
        elif word in _SIGNS:
            self._say(_SIGNS[word])
        elif word == "u" and value is not None:
            self._unit(value % 0x10000)
        else:
            self._set(word, value)
        self._may_be_skipped = False

    def _set(self, word: str, value: int | None) -> None:
        state = self._state
        if word == "v":
            state.hidden = value != 0
        elif word == "deleted":
            state.deleted = value != 0
        elif word == "plain":
            state.hidden = state.deleted = False
        elif word == "f" and value is not None:
            state.font = value
        elif word == "fcharset" and state.target == "fonts":
            self._fonts[state.font] = _CHARSETS.get(value or 0, self._charset)
        elif word == "uc":
            state.skip = min(max(value if value is not None else 1, 0), 8)
        elif word == "ansicpg" and value:
            self._charset = f"cp{value}" if _is_known(f"cp{value}") else "cp1252"
        elif word in ("mac", "pc"):
            self._charset = "mac_roman" if word == "mac" else "cp437"

    def _turn_aside(self, kind: str) -> None:
        if kind in ("note", "box"):
            kind = f"aside {kind} {len(self._stack)}"
            self._flows.setdefault(kind, Flow())
        elif kind == "margin":
            self._flows["margin"].paragraph(in_table=False)
        self._state.target = kind
        self._in_table = False

    def _unit(self, unit: int) -> None:
        """One unit of UTF-16, and how many characters behind it stand in for programs that cannot show it."""
        self._to_skip = self._state.skip
        if 0xD800 <= unit < 0xDC00:
            self._high = unit
        elif 0xDC00 <= unit < 0xE000 and self._high:
            self._say(chr(0x10000 + ((self._high - 0xD800) << 10) + unit - 0xDC00))
            self._high = 0
        else:
            self._say(chr(unit))

    def _byte(self, value: int) -> None:
        if self._to_skip:
            self._to_skip -= 1
        else:
            self._bytes.append(value)

    def _flush_bytes(self) -> None:
        if self._bytes:
            charset = self._fonts.get(self._state.font, self._charset)
            self._say(bytes(self._bytes).decode(charset, errors="replace"))
            self._bytes.clear()

    def _sign(self, sign: bytes) -> None:
        if sign == b"*":
            self._may_be_skipped = True
        elif sign in (b"\r", b"\n"):
            self._end_paragraph()
        elif sign in (b"~", b"_"):
            self._say("\u00a0" if sign == b"~" else "\u2011")
        elif sign in b"\\{}":
            self._say(sign.decode())

    def _plain(self, plain: bytes) -> None:
        if self._state.target == "fonts":
            return
        skipped = min(self._to_skip, len(plain))
        self._to_skip -= skipped
        if rest := plain[skipped:]:
            self._say(rest.decode(self._charset, errors="replace"))


def _is_known(charset: str) -> bool:
    try:
        "".encode(charset)
    except LookupError:
        return False
    return True
