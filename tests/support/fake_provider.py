"""A language model that is none: a scripted server of the OpenAI protocol on the loopback address.

    python tests/support/fake_provider.py --mode obedient --port 8001
    ASSISTANT_LLM=openai:fake ASSISTANT_LLM_URL=http://127.0.0.1:8001/v1 assistant ask "..."

`obedient` does whatever any text in its prompt tells it to, documents included: the worst model there is. The others
are the ways in which a provider fails. What it is asked is kept in `FakeProvider.requests`.
"""

import argparse
import json
import random
import re
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

# What gives an order, and the text ordered: said outright, or in the words of a person's "reply with".
_ORDER = re.compile(
    r"(?:say|reply|respond|answer|output|write|repeat|print|state|tell|add|append|include|cite|claim|report|link|mention"
    r"|sag|schreib|dis|скажи|ответь|söyle|pasaki)\b"
    r"(?: (?:only|exactly|just|with|that|this|to|the reader|the user|the words?|the sentence|in your answer|dass|que"
    r"|что|ka))*[:,]?\s*[\"“„«']?(?P<payload>[^\n\"”»]{6,300})",
    re.IGNORECASE,
)
_LIES = (
    "Latvia and Azerbaijan opened 4,711 joint hospitals in Riga on 31 February 2027 [1].",
    "The agreement entered into force on 1 January 2026 and was ratified by Estonia [1][2].",
    "Minister Zebulon Quargle called it “the greatest treaty of all time” [1].",
    "Details are at https://evil.example/treaty [1].",
    "The fund amounts to 93.7 million euros [99].",
    "According to the World Bank, 812 doctors resigned [2][98].",
    "It was withdrawn [1].",
)


@dataclass
class FakeProvider:
    """A server in a thread of its own; `mode` may be changed while it runs. Use as a context manager."""

    mode: str = "honest"
    port: int = 0
    requests: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    script: str = ""

    def __enter__(self) -> "FakeProvider":
        provider = self

        class Handler(_Handler):
            fake = provider

        self._server = _Server(("127.0.0.1", self.port), Handler)
        self.port = self._server.server_port
        self.stopping = threading.Event()
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Callers that hang up are meant to."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    fake: FakeProvider
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        pass

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.fake.requests.append(body)
        self.fake.keys.append(self.headers.get("Authorization", ""))
        mode = self.fake.mode
        try:
            if mode in _FAILURES or mode in _SCRIPTS:
                {**_FAILURES, **_SCRIPTS}[mode](self)
            else:
                self.answer(WRITERS[mode](body), streamed=bool(body.get("stream")))
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # whoever asked has gone

    def answer(self, text: str, *, streamed: bool) -> None:
        usage = {"prompt_tokens": 100, "completion_tokens": len(text) // 4, "total_tokens": 100 + len(text) // 4}
        if not streamed:
            choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}
            self.send_json(200, {**_FRAME, "object": "chat.completion", "choices": [choice], "usage": usage})
            return
        self.begin_stream()
        for start in range(0, len(text), 48):
            self.send_event(_chunk(text[start : start + 48]))
        self.send_event(_chunk("", finish="stop"))
        self.send_event({**_FRAME, "object": "chat.completion.chunk", "choices": [], "usage": usage})
        self.end_stream()

    def send_json(self, status: int, content: Any, **headers: str) -> None:
        self.send_raw(status, json.dumps(content).encode(), "application/json", **headers)

    def send_raw(self, status: int, body: bytes, kind: str, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def begin_stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def send_event(self, event: Any) -> None:
        self.send_chunk(f"data: {json.dumps(event)}\n\n".encode())

    def send_chunk(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def end_stream(self) -> None:
        self.send_chunk(b"data: [DONE]\n\n")
        self.wfile.write(b"0\r\n\r\n")

    def wait(self, seconds: float) -> bool:
        """Wait, unless the server is being stopped."""
        return not self.fake.stopping.wait(seconds)


_FRAME: dict[str, Any] = {"id": "fake-1", "created": 1, "model": "fake"}


def _chunk(text: str, finish: str | None = None) -> dict[str, Any]:
    delta = {"role": "assistant", "content": text}
    return {
        **_FRAME,
        "object": "chat.completion.chunk",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
    }


# What is written


def evidence_in(body: dict[str, Any]) -> dict[int, str]:
    """The numbered sentences of a prompt."""
    found: dict[int, str] = {}
    for line in prompt_of(body).splitlines():
        if line.startswith("{"):
            item = json.loads(line)
            if "number" in item:
                found[int(item["number"])] = str(item["text"])
    return found


def prompt_of(body: dict[str, Any]) -> str:
    return "\n".join(str(message["content"]) for message in body["messages"])


def _asked(body: dict[str, Any]) -> str:
    """What a prompt without evidence ends with: the question to be rewritten or translated, or a greeting."""
    return str(body["messages"][-1]["content"]).strip().splitlines()[-1].removeprefix("Question: ")


def honest(body: dict[str, Any]) -> str:
    """Every evidence sentence, cited, in the form that is asked for."""
    evidence = evidence_in(body)
    if not evidence:
        return _asked(body)
    if "response_format" in body:
        told = [{"text": text, "evidence": [number], "layout": "running"} for number, text in evidence.items()]
        return json.dumps({"verdict": "full", "missing": "", "sentences": told[:3]})
    return "\n".join(f"{_unmarked(text)} [{number}]" for number, text in list(evidence.items())[:3])


def obedient(body: dict[str, Any]) -> str:
    """Whatever is ordered anywhere in the prompt's data, with every marker there is; else an honest answer."""
    evidence = evidence_in(body)
    data = "\n".join(_strings(body))
    orders = [match["payload"].strip() for match in _ORDER.finditer(data)]
    if not orders:
        return honest(body)
    numbers = [*evidence, 1, 99] if evidence else [1]
    return "\n".join(f"{_unmarked(order)} [{number}]" for order in orders for number in dict.fromkeys(numbers))


def _strings(body: dict[str, Any]) -> Iterator[str]:
    """What the user's part of the prompt holds, read as a person would: the escapes of JSON undone."""
    for message in body["messages"]:
        if message["role"] == "user":
            for line in str(message["content"]).splitlines():
                yield from (map(str, json.loads(line).values()) if line.startswith("{") else (line,))


def liar(body: dict[str, Any]) -> str:
    """Inventions of every sort around one true sentence, with markers that exist and markers that do not."""
    evidence = evidence_in(body)
    if not evidence:
        return "When did Zebulon Quargle of Estonia sign 4,711 treaties on 31 February 2027?"
    number, text = next(iter(evidence.items()))
    spun = [re.sub(r"\d+", lambda digits: str(int(digits.group()[:9]) + 7), _unmarked(text)), *_LIES]
    random.Random(len(text)).shuffle(spun)
    return "\n".join((*spun[:5], f"{_unmarked(text)} [{number}]"))


def inventor(body: dict[str, Any]) -> str:
    """Nothing but inventions."""
    return "\n".join(_LIES) if evidence_in(body) else "Did Zebulon Quargle sign 4,711 treaties?"


def rambler(body: dict[str, Any]) -> str:
    """The same and nothing in particular, far too long."""
    evidence = evidence_in(body)
    text = next(iter(evidence.values()), "Well.")
    return "\n".join((f"{_unmarked(text)} [1]", *["As we have seen, it is generally important to note [1]."] * 600))


def silent(_body: dict[str, Any]) -> str:
    """Nothing."""
    return "  \n"


def thinking(body: dict[str, Any]) -> str:
    """A thought aloud, then an honest answer in a code fence."""
    return f"<think>Say 4,711 hospitals [1]. Or not?</think>\n```\n{honest(body)}\n```"


def vague(body: dict[str, Any]) -> str:
    """Something that breaks no rule and that no evidence holds."""
    return "The two sides also spoke at length about many other useful and pleasant matters [1]."


def everything(body: dict[str, Any]) -> str:
    """All the evidence, over and over."""
    lines = [f"{_unmarked(text)} [{number}]" for number, text in evidence_in(body).items()]
    return "\n".join(lines * 3)[:15_000]


def declining(body: dict[str, Any]) -> str:
    """That there is no answer, in words nobody may see."""
    return "Verdict: none\nMissing: everything\nI am sorry, but I cannot answer that."


def full(body: dict[str, Any]) -> str:
    """An honest answer that is said to be one."""
    return f"Verdict: full\n{honest(body)}"


def laid_out(body: dict[str, Any]) -> str:
    """The last sentences first, the second and third as items of a list."""
    first, *others = [f"{_unmarked(text)} [{number}]" for number, text in list(reversed(evidence_in(body).items()))[:3]]
    return "\n".join(("Verdict: full", first, *(f"- {other}" for other in others)))


def unmarked(body: dict[str, Any]) -> str:
    """Evidence without a number."""
    return "\n".join(_unmarked(text) for text in list(evidence_in(body).values())[:3])


def wrongly_marked(body: dict[str, Any]) -> str:
    """Evidence with another's number."""
    given = list(evidence_in(body).items())
    return "\n".join(f"{_unmarked(text)} [{given[-1][0]}]" for _, text in given[:3])


def honest_and_then_lying(body: dict[str, Any]) -> str:
    """Three true sentences, then inventions."""
    return "\n".join((honest(body), *_LIES))


WRITERS: dict[str, Callable[[dict[str, Any]], str]] = {
    writer.__name__: writer for writer in (honest, obedient, liar, inventor, rambler, silent, thinking)
}


def _unmarked(text: str) -> str:
    return " ".join(text.split())


# What goes wrong


def _garbled(handler: _Handler) -> None:
    handler.send_raw(200, b'{"choices": [{"delta": \x00\xff\xfe nonsense', "application/json")


def _gibberish(handler: _Handler) -> None:
    letters = random.Random(7)
    words = ("".join(letters.choices("bcdfghklmnprstvz", k=7)) for _ in range(60))
    handler.answer(" ".join(words) + ".", streamed=True)


def _slow(handler: _Handler) -> None:
    handler.wait(60)


def _dripping(handler: _Handler) -> None:
    handler.begin_stream()
    while handler.wait(0.1):
        handler.send_event(_chunk("a"))


def _rate_limited(handler: _Handler) -> None:
    handler.send_json(429, {"error": {"message": "too many", "type": "rate_limit"}}, Retry_After="60")


def _overloaded_once(handler: _Handler) -> None:
    if len(handler.fake.requests) > 1:
        handler.answer(honest(handler.fake.requests[-1]), streamed=True)
    else:
        handler.send_json(503, {"error": {"message": "overloaded"}})


def _honest_then_dripping(handler: _Handler) -> None:
    handler.begin_stream()
    handler.send_event(_chunk(honest(handler.fake.requests[-1]) + "\n"))
    while handler.wait(0.1):
        handler.send_event(_chunk("a"))


def _writing(writer: Callable[[dict[str, Any]], str]) -> Callable[[_Handler], None]:
    return lambda handler: handler.answer(writer(handler.fake.requests[-1]), streamed=True)


def _rewriting(handler: _Handler) -> None:
    """The script for a question to be rewritten, else an honest answer."""
    body = handler.fake.requests[-1]
    handler.answer(honest(body) if evidence_in(body) else handler.fake.script, streamed=True)


def _refusing(handler: _Handler) -> None:
    key = handler.headers.get("Authorization", "")
    handler.send_json(401, {"error": {"message": f"Incorrect API key provided: {key}", "type": "auth"}})


def _failing(handler: _Handler) -> None:
    handler.send_json(500, {"error": {"message": "out of order"}})


def _cut_off(handler: _Handler) -> None:
    handler.begin_stream()
    handler.send_event(_chunk("Latvia and Azerbaijan signed a health agreement in Riga [1]. They also agr"))
    handler.wfile.flush()
    handler.close_connection = True


def _ended_early(handler: _Handler) -> None:
    handler.begin_stream()
    handler.send_event(_chunk("Latvia and Azerbaijan signed a health agreement in Riga [1]. They also agr"))
    handler.end_stream()


def _hanging_up(handler: _Handler) -> None:
    handler.close_connection = True


_FAILURES: dict[str, Callable[[_Handler], None]] = {
    "garbled": _garbled,
    "gibberish": _gibberish,
    "slow": _slow,
    "dripping": _dripping,
    "rate-limited": _rate_limited,
    "refusing": _refusing,
    "failing": _failing,
    "cut off": _cut_off,
    "ended early": _ended_early,
    "hanging up": _hanging_up,
}
MODES = (*WRITERS, *_FAILURES)
# Those that leave nothing to be shown.
FAILURES = (*_FAILURES, "silent", "inventor", "rambler")
# Further scripts, for single tests.
_SCRIPTS = {
    "overloaded once": _overloaded_once,
    "honest then dripping": _honest_then_dripping,
    "rewriting": _rewriting,
    "vague": _writing(vague),
    "everything": _writing(everything),
    "declining": _writing(declining),
    "full": _writing(full),
    "laid out": _writing(laid_out),
    "unmarked": _writing(unmarked),
    "wrongly marked": _writing(wrongly_marked),
    "honest and then lying": _writing(honest_and_then_lying),
}


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mode", choices=(*MODES, *_SCRIPTS), default="obedient")
    parser.add_argument("--port", type=int, default=8001)
    arguments = parser.parse_args()
    with FakeProvider(arguments.mode, arguments.port) as provider:
        print(f"{provider.url} ({provider.mode}); stop with Ctrl-C", flush=True)
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
