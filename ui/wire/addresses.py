"""Where this server is reached, for links that leave it: in files, and for programs that show answers elsewhere."""

from starlette.requests import Request


def own_address(request: Request) -> str:
    """The address that people use, where one is set; else the one that was asked for. No slash at its end.

    What a request says of the server's name is its sender's word, and never counts where we know better.
    """
    public = str(getattr(request.app.state, "public_url", ""))
    return (public or str(request.base_url)).rstrip("/")
