"""A page's article, as its reader sees it, without the page around it; and what the page says of itself.

A walk of our own over lxml's tree, because trafilatura, which was tried first, does not keep what citations need: it
glues raised figures to numbers ("25³" became 253), joins table cells without their heads and takes days out of the
text. It still says where the article begins and ends on pages that do not mark it. What is hidden, menus and comments
are for `web_elements`; marks of the head for `web_marks`.
"""

import re
from typing import Any

from corpus.document import Extraction
from corpus.errors import UnreadableFile
from corpus.readers.characters import decoded
from corpus.readers.metadata import language_code, one_line, printable
from corpus.readers.stated.titles import tidy
from corpus.readers.web.web_elements import Concealed, blocks_of, concealed_by_rules, is_left_out, local
from corpus.readers.web.web_marks import Marks

_CHARSET = re.compile(rb"<(?:meta|\?xml)\s[^>]{0,200}?(?:charset|encoding)\s?=\s?[\"']?\s?([\w-]{2,40})", re.IGNORECASE)
_SAVED_FROM = re.compile(r"<!-- saved from url=\(\d{1,5}\)(\S{1,2000}) -->")
_FEWEST_IN_ARTICLE = 40  # characters; less is a frame that a script would fill
_MOST_BLOCKS = 3_000  # trafilatura takes time by the square of these
_NOTHING = "no article text was found in the page"


def read_web_page(content: bytes) -> Extraction:
    """The article and what the page says about it."""
    text, remarks = _decoded(_html_of(content))
    tree = _tree(text)
    if tree is None:
        raise UnreadableFile(_NOTHING)
    concealed = concealed_by_rules(tree)
    marks = Marks(tree, concealed)
    told = [printable(block) for block in _article(tree, concealed)]
    if not any(map(str.isalnum, "".join(told))):
        is_frames = any(local(item) == "frameset" for item in tree.iter())
        raise UnreadableFile("the page only shows other files in frames; read those" if is_frames else _NOTHING)
    saved = _SAVED_FROM.search(text[:5000])
    published, address = marks.published(), marks.address() or (saved.group(1) if saved else None)
    return Extraction(
        text="\n\n".join(told),
        title=tidy(marks.title()),
        publisher=one_line(marks.publisher()) or None,
        published=published,
        url=one_line(address) or None,
        language=language_code(tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang")),
        remarks=remarks,
    )


def _html_of(content: bytes) -> bytes:
    """The page itself; one that a browser saved as a message has it as a part."""
    if not content[:2000].lstrip().lower().startswith((b"mime-version:", b"from:", b"content-type: multipart/")):
        return content
    import email
    import email.policy

    message = email.message_from_bytes(content, policy=email.policy.default)
    for part in message.walk():
        if part.get_content_type() == "text/html":
            payload = part.get_payload(decode=True)
            return payload if isinstance(payload, bytes) else content
    return content


def _decoded(content: bytes) -> tuple[str, tuple[str, ...]]:
    """The text: UTF-8 where it is, or else as the page says, or else as its letters show."""
    declared = _CHARSET.search(content[:4096])
    try:
        return content.decode("utf-8-sig"), ()
    except UnicodeDecodeError:
        pass
    if declared and content[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        name = declared.group(1).decode("ascii").lower()
        try:
            # Browsers read the one as the other, and writers mean that.
            return content.decode("cp1252" if name in ("iso-8859-1", "latin1", "us-ascii") else name), ()
        except (UnicodeDecodeError, LookupError):
            pass
    try:
        return decoded(content)
    except UnreadableFile as error:
        raise UnreadableFile(_NOTHING if b"\x00" in content else str(error)) from error


def _tree(text: str) -> Any | None:
    from lxml import etree, html

    parser = html.HTMLParser(encoding="utf-8", no_network=True)
    try:
        return html.document_fromstring(text.encode("utf-8", errors="replace"), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return None


def _article(tree: Any, concealed: Concealed) -> list[str]:
    """The blocks of the article: of the element that is marked as such, or of the stretch that holds it."""
    body = next((item for item in tree.iter() if local(item) == "body"), tree)
    marked = _marked(body)
    if marked is not None and sum(map(len, blocks := blocks_of(marked, concealed))) >= _FEWEST_IN_ARTICLE:
        return blocks
    blocks = blocks_of(body, concealed)
    return _stretch(tree, blocks) or blocks


def _marked(body: Any) -> Any | None:
    """The one element that says it is the main text; of several, what holds them all is for others to find."""
    for kind in ("main", "article"):
        found = [item for item in body.iter() if kind in (local(item), item.get("role")) and not _is_inside(item, kind)]
        found = [item for item in found if not any(is_left_out(above, {}) for above in (item, *item.iterancestors()))]
        if len(found) == 1:
            inner = [item for item in found[0].iter() if local(item) == "article" and item is not found[0]]
            return inner[0] if len(inner) == 1 and kind == "main" else found[0]
    return None


def _is_inside(item: Any, kind: str) -> bool:
    return any(kind in (local(above), above.get("role")) for above in item.iterancestors())


def _stretch(tree: Any, blocks: list[str]) -> list[str]:
    """From the first to the last block that trafilatura finds in the article, with the heading above."""
    import trafilatura
    from lxml import html

    if not 4 <= len(blocks) <= _MOST_BLOCKS:
        return blocks
    for cell in tree.iter("td", "th"):  # trafilatura writes every column out
        cell.attrib.pop("colspan", None)
        cell.attrib.pop("rowspan", None)
    page = trafilatura.bare_extraction(
        html.tostring(tree, encoding="unicode"), include_comments=False, with_metadata=False, favor_recall=True
    )
    found = {_bare(line) for line in str(getattr(page, "text", "") or "").splitlines() if len(line) > 30}
    places = [number for number, block in enumerate(blocks) if any(_bare(part) in found for part in block.splitlines())]
    return blocks[max(0, places[0] - 1) : places[-1] + 1] if places else []


def _bare(text: str) -> str:
    return "".join(filter(str.isalpha, text))[:200]
