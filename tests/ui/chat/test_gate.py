"""The gate before Gradio on real applications, and that no reply tells where on this machine anything lies."""

import asyncio
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from doors import Doors, bearer, fitted
from fakes import app_over
from test_access import EVERYTHING, routes_of
from test_marked import page_of, replied

from corpus.errors import AssistantError
from ui.chat.incoming import KINDS
from ui.chat.temporary import NAME, private_folder, use_folder
from ui.keeping.user_data import UserData
from ui.outward import outward

POSTS = ("queue/join", "run/predict", "cancel", "reset")
SENTENCES = ("ask again.", "a component.")


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    with fitted(tmp_path_factory.mktemp("gate"), **EVERYTHING) as doors:
        yield doors


@pytest.fixture(scope="module")
def key(doors: Doors) -> dict[str, str]:
    return bearer(doors.keys()["admin"])


@pytest.mark.parametrize("where", POSTS)
@pytest.mark.parametrize(
    ("body", "kind"),
    [
        *((body, "application/json") for body in (b"", b"[]", b"null", b"7", b'"x"', b"{", b"\xff", b"{}")),
        *((body * 50_000, "application/json") for body in (b"[", b'{"a":', b'{"data":[')),
        (b'{"data": [], "x": ' + b"[" * 2_000 + b"]" * 2_000 + b"}", "application/json"),
        *((b"{}", kind) for kind in ("text/plain", "multipart/form-data; boundary=x", "")),
    ],
)
def test_what_is_no_message_of_the_page_gets_one_sentence(
    where: str, body: bytes, kind: str, doors: Doors, key: dict[str, str]
) -> None:
    told = doors.client().post(f"/gradio_api/{where}", content=body, headers={**key, "Content-Type": kind})
    assert told.status_code == 400
    assert told.headers["content-type"] == "application/problem+json"
    assert told.json()["detail"].endswith(SENTENCES)


def test_a_saved_page_is_looked_up_under_no_name(doors: Doors, key: dict[str, str]) -> None:
    client = doors.client(**key)
    plain = client.get("/config").json()
    for query in ("page=nowhere", "deep_link=" + "a" * 32, "page=x&deep_link=../x&__sign=y"):
        assert client.get(f"/?{query}").status_code == 200
        assert client.get(f"/config?{query}").json() == plain


def test_the_page_is_launched_and_each_of_its_arguments_is_of_a_known_kind(doors: Doors) -> None:
    page = page_of(app_over(doors.assistant, user_data=UserData(doors.assistant)))
    assert page.has_launched
    kinds = {part.get_block_name() for function in page.fns.values() if function.fn for part in function.inputs}
    assert kinds == KINDS.keys()


# The folder for files


def test_the_folder_for_files_is_private_and_empty_at_each_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRADIO_TEMP_DIR", "before")
    monkeypatch.setenv("GRADIO_EXAMPLES_CACHE", "before")
    folder = private_folder(tmp_path)
    (folder / "files").mkdir()
    (folder / "files" / "left.txt").write_text("left")
    assert private_folder(tmp_path) == folder == tmp_path / NAME
    assert list(folder.iterdir()) == []
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    use_folder(folder)
    from gradio.utils import get_cache_folder, get_upload_folder

    assert Path(get_upload_folder()).parent == get_cache_folder().parent == folder


def test_a_link_in_its_place_is_taken_away_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "kept.txt").write_text("kept")
    (tmp_path / NAME).symlink_to(tmp_path / "elsewhere")
    assert not private_folder(tmp_path).is_symlink()
    assert (tmp_path / "elsewhere" / "kept.txt").exists()


def test_gradio_puts_its_files_there(doors: Doors) -> None:
    page = page_of(app_over(doors.assistant))
    places = {block.GRADIO_CACHE for block in page.blocks.values() if hasattr(block, "GRADIO_CACHE")}
    assert places == {str(doors.folder / NAME / "files")}


# No path of the server


def places_of_this_machine(doors: Doors) -> set[bytes]:
    import gradio

    import ui

    folders = [doors.folder.parent, Path(ui.__file__).parents[1], Path(gradio.__file__).parents[1], Path.cwd()]
    return {str(folder).encode() for folder in (*folders, Path.home(), Path(tempfile.gettempdir()) / "gradio")}


def test_no_reply_of_any_route_tells_a_path_of_this_machine(doors: Doors, key: dict[str, str]) -> None:
    places, wrong, count = places_of_this_machine(doors), [], 0
    document = doors.document.rpartition("/")[2]
    json_kind = {"content-type": "application/json"}

    async def walk() -> None:
        nonlocal count
        for method, path in sorted(set(routes_of(list(doors.app.router.routes)))):
            for word in ("word", document, "index.html", "..", "1"):
                target = path.replace(":path}", "}")
                while "{" in target:
                    target = target.partition("{")[0] + word + target.partition("}")[2]
                for query, body in (
                    ("", b"{}"),
                    ("?q=%00&start=x&page=x&parties=Latvia", b"["),
                    ("?start=0&end=9", b""),
                ):
                    if "/sign-" in path:
                        continue  # it asks the provider, on another machine
                    reply = await replied(doors.app, method, target + query, {**key, **json_kind}, body)
                    wrong.extend((method, target, place) for place in places if place in reply)
                    count += 1

    asyncio.run(walk())
    assert wrong == []
    assert count > 900


def test_readers_are_told_of_a_failure_without_the_folder(doors: Doors) -> None:
    error = AssistantError(f"The index {doors.folder}/indexes/1 cannot be opened; run: assistant reindex")
    assert str(doors.folder) in str(error), "the control"
    assert outward(error) == "The index (data folder)/indexes/1 cannot be opened; run: assistant reindex"
