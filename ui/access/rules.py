"""The one table of what is served and to whom: every route of ours and of Gradio's, with the right that it needs.

The outer layer refuses what stands in no line, so a new route is out of reach until it has one; the tests hold the
table against the application's own routes. The first line that fits counts.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from starlette.routing import compile_path

from ui.identity.identity import ADMIN, ASK, WRITE

# Besides the three rights: open to everybody, and served to nobody.
PUBLIC, CLOSED = "public", "closed"

_KILOBYTE, _MEGABYTE = 1024, 1024 * 1024
# A question and twenty earlier ones, each of 2,000 characters, as escaped JSON.
SMALL = 512 * _KILOBYTE
# What a long conversation with its answers weighs when the page sends it along.
CONVERSATION = 8 * _MEGABYTE
FILES = 300 * _MEGABYTE


@dataclass(frozen=True)
class Rule:
    """Who may send this request, how large it may be, and what it costs."""

    methods: str
    path: str
    right: str
    # How many questions it counts for in the limits of a person or key.
    questions: float = 0
    # Whether it is answered in its turn, as one of the questions answered at once.
    in_turn: bool = False
    largest_body: int = SMALL
    # Whether a link that is good for this path alone opens it (`tokens.Tickets`).
    ticket: bool = False
    # Whether it is there only where frames are allowed.
    framed: bool = False
    pattern: re.Pattern[str] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "pattern", compile_path(self.path)[0])

    @cached_property
    def verbs(self) -> frozenset[str]:
        """The methods; HEAD goes with GET."""
        named = set(self.methods.split())
        return frozenset(named | {"HEAD"} if "GET" in named else named)

    @property
    def is_streamed(self) -> bool:
        """Whether the body is too large to be held in memory, so that its route reads it part by part."""
        return self.largest_body > CONVERSATION


RULES = (
    # Whether the process lives; what an orchestrator asks without a key.
    Rule("GET", "/health/live", PUBLIC),
    Rule("GET", "/health/ready", PUBLIC),
    # Our own interface.
    Rule("POST", "/api/v1/ask", ASK, questions=1, in_turn=True),
    Rule("POST", "/v1/chat/completions", ASK, questions=1, in_turn=True),
    Rule("GET", "/v1/models", ASK),
    Rule("GET", "/v1/models/{name}", ASK),
    Rule("GET POST DELETE", "/mcp", ASK, questions=1),
    Rule("GET", "/metrics", ADMIN),
    Rule("GET", "/api/v1/filters", ASK),
    Rule("GET", "/api/v1/timeline", ASK, questions=0.25),
    Rule("GET", "/api/v1/openapi.json", ASK),
    Rule("GET", "/timeline", ASK, questions=0.25),
    Rule("GET", "/feed.atom", ASK, questions=0.25),
    # Answers as files and judgements of them; they are answered again where they are not remembered.
    Rule("POST", "/api/v1/export", ASK, questions=1, in_turn=True),
    Rule("POST", "/export", ASK, questions=1, in_turn=True),
    Rule("POST", "/api/v1/feedback", ASK, questions=1, in_turn=True),
    # What was asked and how it was judged, for whoever looks after the documents.
    Rule("GET", "/review", ADMIN),
    Rule("GET", "/api/v1/review.csv", ADMIN),
    # Documents. The routes limit their sizes themselves, with a sentence each; this is above the largest of them.
    Rule("GET", "/api/v1/documents", ASK),
    Rule("POST", "/api/v1/documents", WRITE, largest_body=FILES),
    Rule("GET", "/api/v1/documents/{document_id}", ASK),
    Rule("DELETE", "/api/v1/documents/{document_id}", WRITE),
    Rule("GET", "/documents", ASK),
    Rule("POST", "/documents", WRITE, largest_body=FILES),
    Rule("GET", "/documents/adding.js", ASK),
    Rule("GET", "/documents/{document_id}", ASK, ticket=True),
    Rule("GET", "/documents/{document_id}/remove", WRITE),
    Rule("POST", "/documents/{document_id}/remove", WRITE),
    # Signing in and out; frames in a portal's page.
    Rule("GET", "/sign-in", PUBLIC),
    Rule("GET", "/sign-in/callback", PUBLIC),
    Rule("GET", "/sign-out", PUBLIC),
    Rule("GET", "/embed", PUBLIC, framed=True),
    Rule("GET", "/embed.js", PUBLIC, framed=True),
    Rule("GET", "/embedding/{name}", PUBLIC, framed=True),
    Rule("POST", "/api/v1/embed-token", ASK, framed=True),
    Rule("POST", "/api/v1/tickets", ASK, framed=True),
    # The page: its looks are Gradio's own files and tell nothing, so a frame can load them before it has its token.
    Rule("GET", "/", ASK),
    Rule("GET", "/page.js", PUBLIC),
    Rule("GET", "/assets/{path:path}", PUBLIC),
    Rule("GET", "/static/{path:path}", PUBLIC),
    Rule("GET", "/favicon.ico", PUBLIC),
    Rule("GET", "/robots.txt", PUBLIC),
    Rule("GET", "/theme.css", PUBLIC),
    Rule("GET", "/manifest.json", PUBLIC),
    # What the page asks of the server, and no more of Gradio. One question is about four of these.
    Rule("GET", "/config", ASK),
    Rule("GET", "/gradio_api/app_id", ASK),  # whether a server that is back is still the one the page came from
    Rule("GET", "/gradio_api/heartbeat/{session_hash}", ASK),
    Rule("POST", "/gradio_api/queue/join", ASK, questions=0.25, largest_body=CONVERSATION),
    Rule("GET", "/gradio_api/queue/data", ASK),
    Rule("POST", "/gradio_api/run/{api_name}", ASK, questions=0.25, largest_body=CONVERSATION),
    Rule("POST", "/gradio_api/cancel", ASK),
    Rule("POST", "/gradio_api/reset", ASK),
    # The rest of Gradio, which is made for pages that take and show files, streams and components: nothing here is.
    Rule("GET POST", "/login", CLOSED),
    Rule("GET POST", "/login/", CLOSED),
    Rule("GET", "/logout", CLOSED),
    Rule("GET", "/openapi.json", CLOSED),
    Rule("GET", "/monitoring", CLOSED),
    Rule("GET", "/monitoring/{key}", CLOSED),
    Rule("GET", "/svelte/{path:path}", CLOSED),
    Rule("GET", "/pwa_icon", CLOSED),
    Rule("GET", "/pwa_icon/{size}", CLOSED),  # draws an icon of any size that is named
    Rule("GET", "/config/", CLOSED),
    Rule("GET POST", "/gradio_api/{path:path}", CLOSED),
)


def rule_for(rules: Iterable[Rule], method: str, path: str) -> tuple[Rule | None, frozenset[str]]:
    """The line for a request, if any, and the methods that some line has for its path."""
    methods: set[str] = set()
    for rule in rules:
        if not rule.pattern.match(path):
            continue
        if method in rule.verbs:
            return rule, rule.verbs
        methods |= rule.verbs if rule.right != CLOSED else set()
    return None, frozenset(methods)
