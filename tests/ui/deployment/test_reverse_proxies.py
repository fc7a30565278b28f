"""The examples of `docs/operations.md`, run by nginx and Apache as they stand there, before a real server.

Only what an administrator puts in is replaced: ports, the certificate, and for Apache the way to sign in. The
configuration for several processes keeps all that the other promises: `test_nginx_replicas` has what it adds.
"""

import os
import re
import shutil
import ssl
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from doors import QUESTION, Doors, bearer, fitted
from fakes import app_over
from nginx import (
    ANNA,
    BROWSER_COOKIE,
    NAME,
    NGINX,
    OPENSSL,
    SIGNED_IN,
    make_certificate,
    put_in,
    running_nginx,
    started,
)
from servers import free_port
from test_browser import CHROMIUM

from assistant.progress import Stage, Step
from ui.server import bind

pytestmark = [pytest.mark.servers, pytest.mark.browser]

DOCS = Path(__file__).parents[3] / "docs"
DOCUMENT = (DOCS / "operations.md").read_text(encoding="utf-8")
BEFORE_SEVERAL = DOCS / "nginx-replicas.conf"
APACHE = shutil.which("apache2", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
MODULES = "/usr/lib/apache2/modules"
PAUSE = 1.5  # seconds between the first thing that an answer tells and the next
SETTINGS = {
    **{"proxy_user_header": "X-Portal-User", "proxy_groups_header": "X-Portal-Groups", "proxy_peers": "127.0.0.1"},
    **{"public_url": f"https://{NAME}", "write_groups": "editors", "frame_ancestors": "https://portal.example"},
}


def example(language: str) -> str:
    """The one example in that language."""
    (found,) = re.findall(rf"```{language}\n(.*?)```", DOCUMENT, re.DOTALL)
    return str(found)


@dataclass
class Front:
    """A proxy that runs: its address, how Anna signs in there, and what stands behind."""

    port: int
    doors: Doors
    signed_in: dict[str, str]
    clients: list[httpx.Client] = field(default_factory=list)

    def client(self, **headers: str) -> httpx.Client:
        named = {"Host": NAME, **headers}
        client = httpx.Client(base_url=f"https://127.0.0.1:{self.port}", headers=named, verify=False, timeout=30)
        self.clients.append(client)
        return client

    def anna(self, **headers: str) -> httpx.Client:
        return self.client(**self.signed_in, **headers)


@contextmanager
def behind(tmp_path: Path) -> Iterator[tuple[Doors, int]]:
    """The assistant, whose answers come in two parts, and its port."""
    import uvicorn

    with fitted(tmp_path, **SETTINGS) as doors:
        follow = doors.assistant.follow

        def slow(*arguments: Any, **choices: Any) -> Iterator[Any]:
            yield Step(Stage.SEARCHING, 1)
            time.sleep(PAUSE)
            yield from follow(*arguments, **choices)

        doors.assistant.follow = slow  # type: ignore[method-assign]
        app = app_over(doors.assistant, doors.access, uploads="writers", examples=(QUESTION["question"],))
        with bind("127.0.0.1", 0) as listening:
            config = uvicorn.Config(app, log_level="error", proxy_headers=False, timeout_graceful_shutdown=1)
            server = uvicorn.Server(config)
            thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
            thread.start()
            try:
                yield doors, listening.getsockname()[1]
            finally:
                server.should_exit = True
                thread.join(timeout=20)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module", params=["nginx", "nginx before several", "apache"])
def front(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    program = request.param.split()[0]
    if not OPENSSL or not (NGINX if program == "nginx" else APACHE):
        pytest.skip(f"needs {program} and openssl")
    folder = tmp_path_factory.mktemp(program)
    certificate = request.getfixturevalue("certificate")
    run = {"nginx": _nginx, "apache": _apache}.get(request.param, _nginx_before_several)
    (folder / "assistant").mkdir()
    with behind(folder / "assistant") as (doors, port), run(folder, certificate, port) as (own, signed_in):
        front = Front(own, doors, signed_in)
        yield front
        for client in front.clients:
            client.close()


@contextmanager
def _nginx(folder: Path, certificate: Path, backend: int) -> Iterator[tuple[int, dict[str, str]]]:
    with running_nginx(folder, example("nginx"), certificate, {":7860": f":{backend}"}) as port:
        yield port, SIGNED_IN


@contextmanager
def _nginx_before_several(folder: Path, certificate: Path, backend: int) -> Iterator[tuple[int, dict[str, str]]]:
    places = {f"10.0.0.1{number}:7860": f"127.0.0.1:{backend}" for number in (1, 2)}
    with running_nginx(folder, BEFORE_SEVERAL.read_text(encoding="utf-8"), certificate, places) as port:
        yield port, SIGNED_IN


@contextmanager
def _apache(folder: Path, certificate: Path, backend: int) -> Iterator[tuple[int, dict[str, str]]]:
    port = free_port()
    passwords = subprocess.run(
        [str(OPENSSL), "passwd", "-apr1", "secret"], check=True, capture_output=True, text=True
    ).stdout
    passwords_at = Path(tempfile.mkdtemp())  # its workers are another user, who must read it
    passwords_at.chmod(0o755)
    (passwords_at / "passwords").write_text(f"{ANNA}:{passwords}")
    basic = f"AuthType Basic\nAuthName x\nAuthUserFile {passwords_at}/passwords\nSetEnv OIDC_CLAIM_groups staff,editors"
    places = {"AuthType openid-connect": "", "*:443": f"127.0.0.1:{port}", ":7860": f":{backend}"}
    text = put_in(example("apache"), certificate, places)
    text = text.replace('<Location "/">', f'<Location "/">\n{basic}', 1)
    modules = ("mpm_event", "authn_core", "authn_file", "authz_core", "authz_user", "auth_basic", "env", "headers")
    modules += ("proxy", "proxy_http", "ssl", "socache_shmcb")
    lines = [f"LoadModule {name}_module {MODULES}/mod_{name}.so" for name in modules]
    lines += [f"ServerRoot {folder}", f"PidFile {folder}/pid", f"ErrorLog {folder}/errors", f"ServerName {NAME}"]
    lines += [f"Listen 127.0.0.1:{port}", f"DefaultRuntimeDir {folder}", "User www-data", "Group www-data", text]
    (folder / "apache.conf").write_text("\n".join(lines))
    try:
        with started([str(APACHE), "-f", str(folder / "apache.conf"), "-DFOREGROUND"], port, folder / "log"):
            yield port, {"Authorization": httpx.BasicAuth(ANNA, "secret")._auth_header}
    finally:
        shutil.rmtree(passwords_at)


def test_who_is_not_signed_in_gets_nothing_and_who_is_asks_in_that_name(front: Front) -> None:
    for path in ("/", "/documents", "/metrics", front.doors.document):
        assert front.client().get(path).status_code == 401, path
    assert front.client().post("/api/v1/ask", json=QUESTION).status_code == 401
    answered = front.anna().post("/api/v1/ask", json=QUESTION)
    assert answered.json()["outcome"] == "answered"
    assert "frame-ancestors 'none'" in front.anna().get("/").headers["content-security-policy"]
    assert front.client().get("/health/live").status_code == 200


def test_what_a_visitor_says_of_himself_does_not_pass(front: Front) -> None:
    made_up = {"X-Portal-User": "minister", "X-Portal-Groups": "editors"}
    assert front.client(**made_up).get("/documents").status_code == 401
    key = front.doors.ring.create("made up", "ask")
    with front.client(**made_up, **bearer(key)) as client:
        asked = client.post("/api/v1/ask", json=QUESTION)
        assert asked.status_code == 200, f"{asked.text}: the names are dropped, the key counts"
        assert client.post("/api/v1/documents").status_code == 403
    assert front.client(**made_up).get("/embed").status_code == 200
    assert 'data-known="yes"' not in front.client(**made_up).get("/embed").text


def test_an_answer_streams_as_it_is_made(front: Front) -> None:
    started_at = time.monotonic()
    first = last = 0.0
    asked = {"question": "What does the agreement of Riga cover?", "stream": True}  # not one that is remembered
    with front.anna().stream("POST", "/api/v1/ask", json=asked) as answer:
        assert answer.status_code == 200
        for line in answer.iter_lines():
            if line.startswith("event: "):
                first = first or time.monotonic() - started_at
                last, kind = time.monotonic() - started_at, line
    assert kind == "event: answer"
    assert last - first > PAUSE * 0.8, "the first event came before the last was made"


def test_uploads_of_several_megabytes_pass(front: Front) -> None:
    text = "Iceland and Malta signed a health agreement in Valletta on 3 May 2024.\n\n" + "Words.\n" * 400_000
    files = {"files": ("big.txt", text.encode())}
    added = front.anna().post("/api/v1/documents", files=files)
    assert added.status_code in (200, 201, 207), added.text
    found = front.anna().get("/api/v1/documents?q=iceland").json()["documents"]
    assert front.anna().delete(f"/api/v1/documents/{found[0]['id']}").status_code in (200, 204)


def test_a_frame_works_with_its_token_alone(front: Front) -> None:
    key = front.doors.ring.create("portal", "ask")
    try:
        made = front.client(**bearer(key)).post("/api/v1/embed-token", json={"person": "guest"})
        token = made.json()["token"]
        page = front.client().get("/embed")
        assert "frame-ancestors https://portal.example" in page.headers["content-security-policy"]
        for place in re.findall(r'(?:src|href)="(/[^"]+|\./[^"]+)"', page.text)[:8]:
            assert front.client().get(place.removeprefix(".")).status_code == 200, place
        holder = front.client(**bearer(token))
        assert holder.get("/config").status_code == 200
        ticket = holder.post("/api/v1/tickets", json={"path": front.doors.document}).json()["ticket"]
        assert front.client().get(f"{front.doors.document}?ticket={ticket}").status_code == 200
        assert front.client().get(f"{front.doors.document}?ticket=x").status_code == 401
    finally:
        front.doors.ring.revoke("portal")


@pytest.mark.skipif(not CHROMIUM, reason="needs chromium on the PATH")
def test_the_page_answers_in_a_browser_through_its_queue(front: Front) -> None:
    pytest.importorskip("playwright", reason="needs the Python package playwright")
    from playwright.sync_api import sync_playwright

    rule = f"--host-resolver-rules=MAP {NAME} 127.0.0.1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", rule])
        # A header named Cookie would be lost as soon as the browser has a cookie of its own.
        headers = {name: value for name, value in front.signed_in.items() if name != "Cookie"}
        context = browser.new_context(ignore_https_errors=True, extra_http_headers=headers)
        if "Cookie" in front.signed_in:
            context.add_cookies([{**BROWSER_COOKIE, "url": f"https://{NAME}:{front.port}/"}])
        page = context.new_page()
        page.goto(f"https://{NAME}:{front.port}/")
        page.wait_for_selector("#holdings strong")
        assert ANNA in page.locator("#holdings").inner_text()
        page.fill("#question textarea", QUESTION["question"])
        page.press("#question textarea", "Enter")
        page.wait_for_selector("#chat .answer:not(.making)", timeout=20_000)
        assert "Riga" in page.locator("#chat .answer").inner_text()
        browser.close()


def test_the_connection_is_encrypted(front: Front, certificate: Path) -> None:
    told = ssl.get_server_certificate(("127.0.0.1", front.port))
    assert told.strip() == certificate.with_suffix(".pem").read_text().strip()


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
def test_the_unit_is_one_that_systemd_takes(tmp_path: Path) -> None:
    unit = tmp_path / "assistant.service"
    unit.write_text(re.sub("(?m)^ExecStart=.*", "ExecStart=/bin/true", example("ini")))
    told = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, timeout=60)
    assert (told.returncode, told.stderr) == (0, "")
    unit.write_text(unit.read_text().replace("ProtectSystem=strict", "ProtectSystem=everything"))
    told = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, timeout=60)
    assert "Failed to parse" in told.stderr, "the control"
