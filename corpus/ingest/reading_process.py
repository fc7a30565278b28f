"""The program that reads one file after another for `isolation`, with limits on what that may take.

On standard input, a pickle of how texts are cut, then for each file a line of JSON with its name and size, and its
bytes; on standard output, a line when it is
ready, then for each file the size of the answer and the answer as JSON. It writes no file, and what libraries print
goes nowhere.
"""

import base64
import json
import os
import pickle
import resource
import sys
from dataclasses import fields
from typing import IO, Any

from corpus.document import Extraction
from corpus.errors import UnreadableFile
from corpus.readers.formats import read_content
from corpus.readers.front_matter import NotForIndexing
from corpus.text.cutting import Cutting
from corpus.text.language import detect_language


def main(memory_bytes: int, seconds: int) -> None:
    """Answer until standard input ends."""
    answers = _private_output()
    # From our own process, before any foreign byte; what it opens, as a tokenizer, it opens before the limits.
    cutting: Cutting | None = pickle.loads(sys.stdin.buffer.read(int(sys.stdin.buffer.readline())))  # noqa: S301
    if cutting is not None:
        cutting.of(Extraction(text="Latvia and WHO met.", title="A start"), "")
    detect_language("The model of languages is unpacked into a temporary file, so it is loaded before the limits.")
    _limit(memory_bytes)
    answers.write(b"ready\n")
    answers.flush()
    while line := sys.stdin.buffer.readline():
        request = json.loads(line)
        content = sys.stdin.buffer.read(request["bytes"])
        _limit_processor(seconds)
        answer = json.dumps(_answer(content, request, cutting, memory_bytes)).encode()
        answers.write(b"%d\n%b" % (len(answer), answer))
        answers.flush()


def _answer(content: bytes, request: dict[str, Any], cutting: Cutting | None, memory_bytes: int) -> dict[str, Any]:
    try:
        return _made(content, request, cutting)
    except NotForIndexing:
        return {"left_out": True}
    except UnreadableFile as error:
        return {"reason": str(error)}
    except RecursionError:
        return {"reason": "its parts are nested too deeply"}
    except MemoryError:  # what is left of the memory may be in pieces: this process has read its last file
        return {"reason": f"reading it needs more than {memory_bytes // 2**20} MB of memory", "last": True}


def _made(content: bytes, request: dict[str, Any], cutting: Cutting | None) -> dict[str, Any]:
    extraction = read_content(content, request["name"])
    answer: dict[str, Any] = {"extraction": _as_json(extraction)}
    if cutting is not None and request["document_id"] is not None:
        pieces = cutting.of(extraction, request["document_id"])
        answer |= {"spans": [(span.start, span.end) for span in pieces.spans], "parties": pieces.parties}
        answer["repeats"] = pieces.repeats
    return answer


def _as_json(extraction: Extraction) -> dict[str, Any]:
    values = {field.name: getattr(extraction, field.name) for field in fields(extraction)}
    for name in ("pages", "furniture"):
        values[name] = [(span.start, span.end) for span in getattr(extraction, name)]
    values["attachments"] = [(item.name, base64.b64encode(item.content).decode()) for item in extraction.attachments]
    return values


def _private_output() -> IO[bytes]:
    """Standard output for answers alone; whatever a library prints is dropped."""
    answers = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    return answers


def _limit(memory_bytes: int) -> None:
    for kind, value in ((resource.RLIMIT_AS, memory_bytes), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0)):
        _, hard = resource.getrlimit(kind)
        resource.setrlimit(kind, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))


def _limit_processor(seconds: int) -> None:
    """So many seconds more: where the parent was killed, nobody else would end a file that never ends."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + seconds + 1, hard))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
