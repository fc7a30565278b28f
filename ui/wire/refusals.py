"""Why a request stops before it reaches a route: a status, a sentence, and how that looks to a program or a person."""

import html
from collections.abc import Mapping
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import Scope

from ui.languages.marking import masthead, sentence
from ui.languages.speaking import current
from ui.languages.words import Text
from ui.style import STYLE, STYLE_HASH
from ui.wire.problems import OPENAI, openai_error, problem

NOT_HERE = "There is nothing here."
SIGN_IN_FIRST = "Sign in, or send a key: Authorization: Bearer KEY"
BACK = Text("To the first page")
# The names that HTTP gives to refusals, for people.
TITLES = {
    400: Text("Bad request"),
    401: Text("Sign in first"),
    403: Text("Not allowed"),
    404: Text("Not found"),
    405: Text("Not possible this way"),
    413: Text("Too large"),
    421: Text("Wrong name"),
    429: Text("Too many requests"),
    502: Text("Sign-in service out of reach"),
    503: Text("Too busy at the moment"),
}
_POLICY = f"default-src 'none'; style-src '{STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


class Refusal(Exception):
    """A request is refused; the message is the sentence that is told."""

    def __init__(self, status: int, sentence: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence
        self.headers = dict(headers or {})

    def response(self, scope: Scope) -> Response:
        """The refusal as a page for a browser that opens one, else in the shape of the path's protocol."""
        if scope["path"].startswith(OPENAI):
            response: Response = JSONResponse(openai_error(self.status, self.sentence), self.status)
        elif wants_page(scope):
            response = refusal_page(self.status, self.sentence)
        else:
            response = problem(self.status, HTTPStatus(self.status).phrase, self.sentence)
        response.headers.update(self.headers)
        response.headers["Cache-Control"] = "no-store"
        return response


def wants_page(scope: Scope) -> bool:
    """Whether a browser is opening an address, rather than a script fetching it."""
    headers = Headers(scope=scope)
    opens = headers.get("sec-fetch-mode", "navigate") == "navigate"
    return bool(scope["method"] in ("GET", "HEAD") and opens and "text/html" in headers.get("accept", ""))


def refusal_page(status: int, reason: str) -> HTMLResponse:
    """A page that says why, and leads nowhere but home."""
    title = str(TITLES[status]) if status in TITLES else html.escape(HTTPStatus(status).phrase)
    told, attribute = sentence(reason)
    body = (
        f'<!doctype html><html lang="{current()}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="color-scheme" content="light dark"><title>{title}</title><style>{STYLE}</style></head>'
        f'<body><main>{masthead()}<h1>{title}</h1><p class="notice" role="alert"{attribute}>{html.escape(told)}</p>'
        f'<p><a href="/">{BACK}</a></p></main></body></html>'
    )
    return HTMLResponse(body, status_code=status, headers={"Content-Security-Policy": _POLICY})
