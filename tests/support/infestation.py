"""A server in which every place that takes words from outside holds markup, and a browser that looks at all its pages.

Places: a document's text, title, publisher, file name, source, party and topic, and the address of its original; a
question, an answer's sentences (as a language model without any scruple would put them), warnings, suggestions, the
name of a conversation, the reason of a judgement. What runs anywhere calls `ran(number)`.
"""

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

from fakes import FakeEncoder, app_over
from markdown_it import MarkdownIt
from payloads import Attack

from assistant.answer import Answer, Citation, DocumentReference, Outcome, Statement
from assistant.assembly import Assistant, open_assistant
from assistant.progress import ProgressEvent
from assistant.scope.scope import Scope
from corpus.document import Document
from ui.keeping.conversation_stores import ServerConversations
from ui.keeping.conversations import Listed
from ui.keeping.user_data import UserData
from ui.server import address, bind
from ui.wire.filters import query_of

# How many attacks one answer, one conversation's list or one address holds.
TOGETHER = 40
_SENTENCE = "Latvia and Azerbaijan signed a health agreement {} in Riga on 4 December 2025."
WATCH = """
    window.top.__ran = window.top.__ran || [];
    window.ran = number => { window.top.__ran.push(number); return undefined; };
    for (const name of ['alert', 'confirm', 'prompt']) window[name] = () => window.ran(name);
    window.open = () => null;
"""
# Whatever could run at somebody's touch is touched; nothing of the product's own has a handler in its markup.
TOUCH = """() => {
    let armed = 0;
    const touch = root => { for (const element of root.querySelectorAll('*')) {
        for (const { name } of element.attributes) if (name.startsWith('on')) {
            armed += 1;
            element.dispatchEvent(new Event(name.slice(2)));
        }
        const led = ['href', 'xlink:href', 'action', 'formaction', 'src', 'data'].some(
            name => /^[\\s\\x00-\\x1f]*(java|vb)script:|^\\s*data:text/i.test(
                (element.getAttribute(name) || '').replace(/[\\t\\n\\r]/g, '')));
        if (led) { armed += 1; element.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true })); }
        if (element.shadowRoot) touch(element.shadowRoot);
        if (element.tagName === 'IFRAME' && element.contentDocument) touch(element.contentDocument);
    } };
    touch(document);
    return armed;
}"""
HOVER = "() => document.querySelectorAll('a.marker').forEach(marker => " + (
    "marker.dispatchEvent(new MouseEvent('mouseover', { bubbles: true })))"
)


def together(attacks: Sequence[Attack], count: int = TOGETHER) -> list[Sequence[Attack]]:
    """The attacks in batches."""
    return [attacks[start : start + count] for start in range(0, len(attacks), count)]


class Unscrupulous:
    """An assistant whose every answer is made of attacks, citing the documents that hold them."""

    model = None

    def __init__(self, assistant: Assistant, attacks: Sequence[Attack]) -> None:
        self._assistant = assistant
        self.batches = together(attacks)
        self.suggestions = self
        documents = assistant.store.catalog.documents()
        self._holding = {_number_of(document): document for document in documents}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._assistant, name)

    def starters(self, *_: object) -> tuple[str, ...]:
        return tuple(attack.text for attack in self.batches[0][:4])

    def follow_ups(self, question: str, *_: object) -> tuple[str, ...]:
        return tuple(attack.text for attack in self._batch(question)[-3:])

    def ask(self, question: str, *_: object, **choices: Any) -> Answer:
        return self._answer(question)

    def follow(self, question: str, *_: object, **choices: Any) -> Iterator[ProgressEvent]:
        yield self._answer(question)

    def _batch(self, question: str) -> Sequence[Attack]:
        return self.batches[int(question.rsplit(" ", 1)[1])]

    def _answer(self, question: str) -> Answer:
        batch = [attack for attack in self._batch(question) if attack.number in self._holding]
        cited = tuple(self._citation(number, attack) for number, attack in enumerate(batch, start=1))
        return Answer(
            question,
            standalone_question=" ".join(attack.text for attack in batch),
            outcome=Outcome.ANSWERED,
            statements=tuple(Statement(attack.text, (number,)) for number, attack in enumerate(batch, start=1)),
            citations=cited,
            closest=cited,
            as_of=batch[0].text,
            warnings=tuple(attack.text for attack in batch),
        )

    def _citation(self, number: int, attack: Attack) -> Citation:
        document = self._holding[attack.number]
        start = document.text.index("Latvia and Azerbaijan signed")
        return Citation(
            number, document.text[start:], start, len(document.text), None, DocumentReference.to(document), "signed"
        )


class NamedConversations(ServerConversations):
    """A store whose conversations are named by attacks, others each time it is looked at."""

    looked = 0
    batches: Sequence[Sequence[Attack]] = ()

    def listed(self, user: str, held: Sequence[object]) -> list[Listed]:
        self.looked += 1
        batch = self.batches[self.looked % len(self.batches)]
        return [Listed(f"{attack.number:032x}", attack.text, "2026-11-22T10:00:00+00:00") for attack in batch]


def infested(root: Path, attacks: Sequence[Attack]) -> Assistant:
    """An assistant over a document for each attack, which has it in every field that a file can have."""
    assistant = open_assistant(root / "data", encoder=FakeEncoder())
    for batch in together(attacks):
        folder = root / f"{batch[0].number}"
        for attack in batch:
            _write(folder, attack)
        assistant.add(folder, name=batch[0].text.replace("/", "∕"))
    return assistant


def _write(folder: Path, attack: Attack) -> None:
    about = dict.fromkeys(("title", "publisher", "url"), attack.text)
    about |= {"language": "en", "published": "2025-12-05"}
    parties = json.dumps(["Latvia", "Azerbaijan", attack.text])
    head = "".join(f"{name}: {json.dumps(value)}\n" for name, value in about.items())
    head += f"parties: {parties}\ntopics: {json.dumps([attack.text])}\n"
    sentence = _SENTENCE.format(attack.text)
    path = folder / f"{attack.number}" / (file_name(attack.text) + ".md")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"---\n{head}---\n\n{sentence}\n", encoding="utf-8")


def file_name(text: str) -> str:
    """The text as a path below a folder, which may hold all signs but NUL; what is too long is cut."""
    parts = [part[:60] for part in text.replace("\0", "").split("/") if part.strip(". ")]
    return "/".join(part.replace("\n", "\r") for part in parts) or "x"


def _number_of(document: Document) -> int:
    return int(document.path.split("/", 1)[0])


@contextmanager
def served(assistant: Assistant, attacks: Sequence[Attack]) -> Iterator[str]:
    """The address of a server over all this."""
    import uvicorn

    unscrupulous = cast("Assistant", Unscrupulous(assistant, attacks))
    user_data = UserData(unscrupulous, conversations="server", record_questions=True)
    conversation_store = NamedConversations(user_data.database)
    conversation_store.batches = cast("Unscrupulous", unscrupulous).batches
    user_data.conversation_store = conversation_store
    app = app_over(unscrupulous, user_data=user_data)
    with bind("127.0.0.1", 0) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield address(listening, "127.0.0.1")
        finally:
            server.should_exit = True
            thread.join(timeout=20)
            user_data.database.close()


class Watched:
    """A browser window that notes what ran, what could have, and which other hosts were asked."""

    def __init__(self, browser: Any, url: str, *, policy: bool) -> None:
        self.url = url
        self.context = browser.new_context(bypass_csp=not policy, viewport={"width": 1280, "height": 800})
        self.context.add_init_script(WATCH)
        self.foreign: set[str] = set()
        self.context.on("request", self._note)
        self.page = self.context.new_page()
        self.page.on("dialog", lambda dialog: dialog.dismiss())

    def _note(self, request: Any) -> None:
        place = urlsplit(request.url)
        if place.scheme in ("http", "https") and place.netloc != urlsplit(self.url).netloc:
            self.foreign.add(place.netloc)

    def open(self, path: str) -> list[Any]:
        """Open a page; what ran on it."""
        self.page.goto(self.url + path)
        return self.ran()

    def ran(self, wait: int = 40) -> list[Any]:
        """Touch everything that could run; what ran since the page was opened."""
        armed = self.page.evaluate(TOUCH)
        self.page.wait_for_timeout(wait)
        return [*self.page.evaluate("window.top.__ran"), *["armed"] * armed, *self.foreign]

    def close(self) -> None:
        self.context.close()


def shown_in_the_conversation(watched: Watched, attacks: Sequence[Attack]) -> list[Any]:
    """Ask for every answer; questions, sentences, sources, suggestions, quotes on hover, names of conversations."""
    found: list[Any] = []
    page = watched.page
    for number, batch in enumerate(together(attacks)):
        page.goto(watched.url)
        page.wait_for_selector("#holdings strong")
        question = " ".join(attack.text for attack in batch)[:1_900]
        page.fill("#question textarea", f"{question} {number}")
        page.press("#question textarea", "Enter")
        page.wait_for_selector("#chat .answer:not(.making)", timeout=60_000)
        page.wait_for_selector("#question .submit-button")
        page.wait_for_selector("#further button:visible", state="attached")
        assert page.locator("#sources mark").count() >= len(batch) - 1, "the sources were really shown"
        page.evaluate(HOVER)
        found += watched.ran(100)
    return found


def shown_as_filters(watched: Watched, attacks: Sequence[Attack]) -> list[Any]:
    """Open links that choose parties, topics, publishers and sources, with their chips and lists."""
    found: list[Any] = []
    for batch in together(attacks):
        names = tuple(attack.text for attack in batch)
        for scope in (Scope(parties=names, topics=names), Scope(publishers=names, sources=names[:1])):
            watched.page.goto(f"{watched.url}/?{query_of(scope)}")
            watched.page.wait_for_selector("#holdings strong")
            watched.page.wait_for_selector("#chips label")
            watched.page.click("#filters > button")
            found += watched.ran(100)
    return found


def shown_in_documents(watched: Watched, assistant: Assistant, attacks: Sequence[Attack]) -> list[Any]:
    """Each document's page, with its passage marked."""
    numbers = {attack.number for attack in attacks}
    documents = [found for found in assistant.store.catalog.documents() if _number_of(found) in numbers]
    assert len(documents) == len(numbers), "every attack is in a document"
    found: list[Any] = []
    for document in documents:
        start = document.text.index("Latvia and Azerbaijan signed")
        found += watched.open(f"/documents/{document.id}?start={start}&end={len(document.text)}#passage")
    return found


def shown_in_lists(watched: Watched, attacks: Sequence[Attack]) -> list[Any]:
    """The list of documents, page by page, the timeline, and what both say of what was searched."""
    found: list[Any] = []
    for number in range(1, len(attacks) // 50 + 2):
        found += watched.open(f"/documents?page={number}")
    found += watched.open("/timeline?parties=Latvia&parties=Azerbaijan")
    assert watched.page.locator("table tr").count() > 1, "the timeline was really shown"
    for batch in together(attacks):
        for name, path in (("q", "/documents"), ("parties", "/timeline")):
            text = " ".join(attack.text for attack in batch)[:480]
            found += watched.open(f"{path}?{urlencode({name: text})}")
    return found


def shown_in_reviews(watched: Watched, attacks: Sequence[Attack]) -> list[Any]:
    """What was asked and judged."""
    found = watched.open("/review")
    for number, batch in enumerate(together(attacks)):
        for few in together(batch, 8):
            reason = " ".join(attack.text for attack in few)[:990]
            judged = {"question": f"{few[0].text} {number}", "liked": False, "reason": reason}
            answer = watched.context.request.post(f"{watched.url}/api/v1/feedback", data=judged)
            assert answer.status == 201
    found += watched.open("/review")
    assert watched.page.locator("#disliked tbody tr").count() > 1, "judgements were really shown"
    return found


def let_loose(watched: Watched, attacks: Sequence[Attack], path: str) -> set[int]:
    """The control: the attacks decoded and put into a page of the product past all escaping; which of them ran."""
    naive = MarkdownIt("js-default", {"html": True})
    naive.validateLink = lambda _: True
    put = """pages => pages.map(page => {
        const frame = document.createElement('iframe');
        frame.srcdoc = page;
        document.body.append(frame);
        return new Promise(done => { frame.onload = done; setTimeout(done, 300); });
    }).reduce((all, one) => all.then(() => one), Promise.resolve())"""
    ran: set[int] = set()
    for batch in together(attacks):
        watched.page.goto(watched.url + path)
        watched.page.evaluate(put, [naive.render(attack.plain) + attack.plain for attack in batch])
        watched.page.evaluate("() => document.querySelectorAll('iframe').forEach(frame => { frame.onload = null; })")
        watched.page.evaluate(TOUCH)
        watched.page.wait_for_timeout(150)
        ran |= {number for number in watched.page.evaluate("window.top.__ran") if isinstance(number, int)}
    return ran


def places(assistant: Assistant, attacks: Sequence[Attack]) -> dict[str, Callable[[Watched], list[Any]]]:
    """What is looked at, by the name of the place."""
    return {
        "conversation, sources, quotes": lambda watched: shown_in_the_conversation(watched, attacks),
        "filters and chips": lambda watched: shown_as_filters(watched, attacks),
        "documents": lambda watched: shown_in_documents(watched, assistant, attacks),
        "lists and timeline": lambda watched: shown_in_lists(watched, attacks),
        "review": lambda watched: shown_in_reviews(watched, attacks),
    }
