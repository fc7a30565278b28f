"""Links that leave the server begin with the address that people use, where one is set."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from doors import QUESTION, fitted

from ui.access.layer import AccessError
from ui.wire.completion_shapes import MODEL

EVIL = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http"}


@pytest.mark.parametrize(("public", "expected"), [("https://assistant.ministry.example/", True), ("", False)])
def test_links_in_files_and_completions_begin_with_the_public_address_whatever_the_request_says(
    public: str, expected: bool, tmp_path: Path
) -> None:
    with fitted(tmp_path, public_url=public) as doors:
        client = doors.client(authorization=f"Bearer {doors.ring.create('portal', 'ask')}")
        asked = {"model": MODEL, "messages": [{"role": "user", "content": QUESTION["question"]}]}
        bodies: list[Any] = [asked, {**asked, "stream": True}]
        told = [client.post("/v1/chat/completions", json=body, headers=EVIL) for body in bodies]
        for place in ("/api/v1/export", "/export"):
            for kind in ("markdown", "docx"):
                wanted = {**QUESTION, "format": kind}
                sent = {"data": wanted} if place == "/export" else {"json": wanted}
                told.append(client.post(place, headers=EVIL, **sent))
        told.append(client.post("/api/v1/ask", json=QUESTION, headers=EVIL))
        assert [response.status_code for response in told] == [200] * 7
        texts = [text_of(response.content) for response in told]
        assert any("evil.example" in text for text in texts) != expected
        assert all("https://assistant.ministry.example/documents/" in text for text in texts[:-1]) == expected


def text_of(content: bytes) -> str:
    """All the text of a response, also of a Word file."""
    if not content.startswith(b"PK"):
        return content.decode()
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return "".join(packed.read(name).decode("utf-8", "ignore") for name in packed.namelist())


@pytest.mark.parametrize("public", ["assistant.example", "javascript:alert(1)", "https://", "https://a.example?x=1"])
def test_a_public_address_that_is_none_is_refused_at_the_start(public: str, tmp_path: Path) -> None:
    with pytest.raises(AccessError, match="ASSISTANT_PUBLIC_URL"), fitted(tmp_path, public_url=public):
        pass
