"""Old ids and what is for administrators alone, asked for by everybody whom the doors know, each by each way in."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from doors import NAME, PORTAL, PROXY, STRANGER, access_of, bearer
from each import each
from fakes import FakeEncoder, app_over
from fastapi.testclient import TestClient

from assistant.assembly import Assistant, open_assistant
from assistant.scope.scope import EVERYTHING
from ui.identity.keys import KeyRing
from ui.keeping.user_data import UserData

MARK = "xylophone"
SETTINGS = {
    **{"proxy_user_header": "X-User", "proxy_groups_header": "X-Groups", "proxy_peers": PROXY},
    **{"admin_groups": "admins", "write_groups": "writers", "frame_ancestors": PORTAL, "hosts": NAME},
}
ADMINISTRATION = ("/review", "/api/v1/review.csv", "/metrics")
# Whether they may administer, and whether they are of the group that may see the restricted source.
EVERYBODY = {
    **{"nobody": (False, False), "a key to ask": (False, False), "a key to write": (False, False)},
    **{"a key for all": (True, False), "a token": (False, False), "a token of nobody": (False, False)},
    **{"a wrong token": (False, False), "a person": (False, False), "a writer": (False, False)},
    **{"an administrator": (True, False), "one of the group": (False, True), "a revoked key": (False, False)},
}


class Site(NamedTuple):
    client: TestClient
    requests: dict[str, dict[str, str]]
    ids: dict[str, str]
    never: str

    def get(self, who: str, place: str) -> Any:
        peer = PROXY if "X-User" in self.requests[who] else STRANGER
        client = TestClient(self.client.app, f"https://{NAME}", client=(peer, 1), headers=self.requests[who])
        return client.get(place, follow_redirects=False)


def restricted_with_a_past(root: Path) -> tuple[Assistant, dict[str, str]]:
    """A restricted source with a document that is current, one that was replaced, and one whose file is gone."""
    folder = root / "secret"
    folder.mkdir()
    assistant = open_assistant(root / "data", encoder=FakeEncoder())
    (folder / "changed.txt").write_text(f"Tuvalu and Fiji signed a {MARK} agreement on 4 May 2024.", encoding="utf-8")
    (folder / "gone.txt").write_text(f"Tuvalu and Fiji discussed a {MARK} in Suva.", encoding="utf-8")
    assistant.add(folder, groups=["staff"])
    before = {item.path: item.id for item in assistant.store.catalog.documents()}
    (folder / "changed.txt").write_text(f"Tuvalu and Fiji ended the {MARK} agreement in 2025.", encoding="utf-8")
    (folder / "gone.txt").unlink()
    assistant.sync()
    (current,) = (item.id for item in assistant.store.catalog.documents())
    return assistant, {"current": current, "replaced": before["changed.txt"], "gone": before["gone.txt"]}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    root = tmp_path_factory.mktemp("identities")
    assistant, ids = restricted_with_a_past(root)
    ring = KeyRing(assistant.store.folder)
    keys = {scope: ring.create(scope, scope) for scope in ("ask", "write", "admin")}
    revoked = ring.create("gone", "admin")
    ring.revoke("gone")
    user_data = UserData(assistant, record_questions=True)
    user_data.assistant.ask(f"What of the {MARK}?", scope=EVERYTHING)
    app = app_over(assistant, access_of(assistant.store.folder, **SETTINGS), uploads="writers", user_data=user_data)
    client = TestClient(app, f"https://{NAME}", client=(STRANGER, 1))

    def token(person: str) -> str:
        made = client.post("/api/v1/embed-token", json={"person": person}, headers=bearer(keys["admin"]))
        return str(made.json()["token"])

    def person(groups: str) -> dict[str, str]:
        return {"X-User": "anna", "X-Groups": groups}

    yield Site(
        client,
        {
            **{"nobody": {}, "a key to ask": bearer(keys["ask"]), "a key to write": bearer(keys["write"])},
            **{"a key for all": bearer(keys["admin"]), "a token": bearer(token("anna"))},
            **{"a token of nobody": bearer(token("")), "a wrong token": bearer(token("anna")[:-2] + "xx")},
            **{"a person": person("guests"), "a writer": person("writers"), "an administrator": person("admins")},
            **{"one of the group": person("staff"), "a revoked key": bearer(revoked)},
        },
        ids,
        "0123456789abcdef0123456789abcdef",
    )
    user_data.database.close()
    assistant.close()


@each("who", EVERYBODY)
def test_reviews_and_metrics_are_for_administrators_by_whatever_way(who: str, site: Site) -> None:
    told = [site.get(who, place) for place in ADMINISTRATION]
    may_administer, _ = EVERYBODY[who]
    assert {answer.status_code for answer in told} <= ({200} if may_administer else {401, 403})
    assert any(MARK in answer.text for answer in told) == may_administer


@each("which", ["current", "replaced", "gone"])
@each("who", EVERYBODY)
def test_an_id_of_a_restricted_document_old_or_new_is_to_others_one_that_never_was(
    who: str, which: str, site: Site
) -> None:
    _, is_of_the_group = EVERYBODY[who]
    for form in ("/documents/{}", "/api/v1/documents/{}", "/documents/{}/remove"):
        told, never = (site.get(who, form.format(place)) for place in (site.ids[which], site.never))
        if "remove" in form or not is_of_the_group:
            assert told.status_code == never.status_code
            assert told.text.replace(site.ids[which], site.never) == never.text
        assert (MARK in told.text) == (is_of_the_group and "remove" not in form)


@pytest.mark.parametrize("which", ["current", "replaced", "gone"])
def test_a_ticket_opens_no_restricted_document(which: str, site: Site) -> None:
    path = f"/documents/{site.ids[which]}"
    for who in ("a token", "a key for all"):
        made = site.client.post("/api/v1/tickets", json={"path": path}, headers=site.requests[who])
        opened = site.get("nobody", f"{path}?ticket={made.json()['ticket']}")
        assert opened.status_code == 404
        assert MARK not in opened.text


def test_a_token_and_a_ticket_are_good_again_and_again_until_their_end_but_nowhere_else(site: Site) -> None:
    """Both are the bearer's, as a key is: whoever has one has it until it ends, and for what it is for."""
    token = site.requests["a token"]
    assert [site.client.get("/api/v1/documents", headers=token).status_code for _ in range(3)] == [200] * 3
    made = site.client.post("/api/v1/tickets", json={"path": "/documents/x"}, headers=token).json()["ticket"]
    codes = [site.client.get(f"{place}?ticket={made}").status_code for place in ("/documents/x", "/documents/y", "/")]
    assert codes == [404, 401, 401]
    assert site.client.get("/api/v1/documents", headers=bearer(made)).status_code == 401
