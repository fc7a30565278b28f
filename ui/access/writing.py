"""Who may add and remove documents over HTTP, and from which pages a browser may be made to ask for it.

`may_write` is the one place that decides; everything that writes asks it, and pages offer only what it allows. Two
things must agree: the server takes documents over HTTP at all, and whoever asks has the right to write.
"""

from urllib.parse import urlsplit

from starlette.requests import Request

from ui.identity.identity import WRITE, may
from ui.wire.problems import RefusedRequest

_NOT_HERE = "Documents are not added or removed over HTTP here; set ASSISTANT_UPLOADS, or run: assistant ingest FOLDER"
_OTHER_PAGE = "Documents are added and removed from this server's own pages only, not from another site's."


def may_write(request: Request) -> bool:
    """Whether whoever sent this request may add and remove documents."""
    return bool(request.app.state.uploads == "writers") and may(request, WRITE)


def require_writer(request: Request) -> None:
    """Raises `RefusedRequest` where the request may not write, or where another site's page sent it."""
    if not may_write(request):
        raise RefusedRequest(403, _NOT_HERE)
    if not _is_from_our_own_page(request):
        raise RefusedRequest(403, _OTHER_PAGE)


def _is_from_our_own_page(request: Request) -> bool:
    """Browsers say where a request comes from, and a page cannot change what they say; programs say nothing."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None and site not in ("same-origin", "none"):
        return False
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")
