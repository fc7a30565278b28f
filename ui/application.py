"""The HTTP application, put together: every family of routes, the outer layer, and the page at the root.

The page of `ui.chat.page` is mounted last, so these routes always come first. Who may call them is decided in
`ui.access`, around all of them.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from fastapi import FastAPI
from starlette.middleware import Middleware

from assistant import __version__
from ui.access.layer import Access
from ui.access.sign_in import add_sign_in
from ui.api.completions import add_completions
from ui.api.description import described
from ui.api.documents import add_documents
from ui.api.export import add_export
from ui.api.feed import add_feed
from ui.api.feedback import add_feedback
from ui.api.filters import add_filters
from ui.api.health import add_health
from ui.api.holdings import add_holdings
from ui.api.metrics import MeteredAssistant, Metrics, add_metrics
from ui.api.questions import add_questions
from ui.api.review import add_review
from ui.api.timeline import add_timeline
from ui.api.uploads import add_uploads
from ui.chat.gate import Gate
from ui.chat.own_sessions import OwnSessions
from ui.identity.reader import ReaderCookie
from ui.keeping.user_data import UserData
from ui.languages.layer import LanguageLayer, Translated
from ui.mcp.mounting import add_mcp
from ui.outward import conceal
from ui.pages.embedding.routes import add_embedding, framing
from ui.wire.answer_queue import AnswerQueue
from ui.wire.problems import add_problems

if TYPE_CHECKING:
    from assistant.assembly import Assistant


def create_app(
    assistant: "Assistant",
    *,
    access: Access | None = None,
    examples: Sequence[str] | None = None,
    uploads: str = "nobody",
    user_data: UserData | None = None,
    queue: AnswerQueue | None = None,
) -> FastAPI:
    """The application over an open assistant, page included; `examples` are the questions that the page offers.

    Without them it offers questions that the documents answer. `uploads` says who may add and remove documents; see
    `ui.access.writing`. Without `access`, whoever reaches it may do everything. `user_data` says what is kept of
    questions; without one, as the settings' defaults have it. `queue` bounds the questions answered at once.
    """
    from ui.chat.page import mount_page

    access, user_data, queue = access or Access(), user_data or UserData(assistant), queue or AnswerQueue()
    conceal(assistant.store.folder)
    metrics = Metrics()
    counted = cast("Assistant", MeteredAssistant(cast("Assistant", user_data.assistant), metrics))
    app = FastAPI(
        title="Health Cooperation Assistant",
        version=__version__,
        openapi_url="/api/v1/openapi.json",
        docs_url=None,  # both pages load their scripts from another host
        redoc_url=None,
        # Innermost: a cookie is for whom the layer let in and nobody signed in.
        middleware=[
            Middleware(LanguageLayer),
            *access.middleware(),
            *framing(access),
            *([Middleware(ReaderCookie)] if user_data.keeps_on_server else []),
            Middleware(Translated),
            Middleware(OwnSessions),
            Middleware(Gate),
        ],
    )
    app.state.uploads = uploads
    app.state.public_url = access.public_url
    add_problems(app)
    add_sign_in(app, access)
    add_embedding(app, access)
    add_questions(app, counted, queue)
    add_completions(app, counted, queue)
    for add_routes in (add_filters, add_timeline, add_feed, add_uploads, add_holdings, add_documents, add_health):
        add_routes(app, counted)
    add_metrics(app, counted, metrics)
    add_mcp(app, counted, queue, access.hosts)
    user_data.on_judgement = metrics.judged
    for add_kept in (add_export, add_feedback, add_review):
        add_kept(app, user_data)
    described(app)
    mount_page(app, counted, examples, user_data)
    return app
