"""Commands that go on until they are stopped: the page and the API, and the tools for one client."""

from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated

import typer

from ui.commands.opening import opened, print_report, progress_bar
from ui.commands.options import DataDir

if TYPE_CHECKING:
    from assistant.assembly import Assistant


def chat(
    data_dir: DataDir = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.  [default: 127.0.0.1]")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.  [default: 7860]")] = None,
) -> None:
    """Bring the index up to date, then open the chat page."""
    with opened(data_dir) as assistant:
        with progress_bar("Reading") as progress:
            print_report(assistant.sync(progress), as_json=False)
        _serve(assistant, host, port)


def serve(
    data_dir: DataDir = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.  [default: 127.0.0.1]")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 takes a free one.  [default: 7860]")] = None,
) -> None:
    """Serve the chat page and the API from the index as it is."""
    with opened(data_dir) as assistant:
        _serve(assistant, host, port)


def mcp(data_dir: DataDir = None) -> None:
    """Serve the tools of the Model Context Protocol on standard input and output, for one client."""
    from ui.mcp.mounting import require_installed
    from ui.mcp.server import serve_on_stdio, standard_output_kept

    require_installed()
    with ExitStack() as stack:
        with standard_output_kept():
            assistant = stack.enter_context(opened(data_dir))
        serve_on_stdio(assistant)


def _serve(assistant: "Assistant", host: str | None, port: int | None) -> None:
    import logging

    from assistant.settings import read_settings
    from ui.server import serve as serve_forever

    settings = read_settings()
    # What a language model takes (tokens, seconds, cost) and why it failed; never what was asked.
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("assistant").setLevel(logging.INFO)
    port = settings.port if port is None else port
    serve_forever(assistant, host or settings.host, port, settings)
