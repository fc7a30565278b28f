"""A briefing as a file on this machine, for the command line; the name's ending chooses the format."""

from pathlib import Path

from assistant.answer import Answer
from corpus.errors import AssistantError
from ui.export.briefing import FindDocument, make_briefing
from ui.export.markdown import briefing_as_markdown
from ui.export.word import briefing_as_word


class ExportError(AssistantError):
    """A briefing cannot be written to that file."""


def check_file(path: Path) -> None:
    """Raise `ExportError` where the name's ending is neither .docx nor .md, or its folder does not exist."""
    if path.suffix.lower() not in (".docx", ".md"):
        raise ExportError(f"{path.name} ends in neither .docx nor .md; give --export a name that does.")
    if not path.absolute().parent.is_dir():
        raise ExportError(f"The folder {path.parent} does not exist; make it first.")


def write_briefing(path: Path, answer: Answer, find_document: FindDocument) -> None:
    """Write the answer to `path`, replacing what is there."""
    check_file(path)
    briefing = make_briefing([answer], find_document)
    is_word = path.suffix.lower() == ".docx"
    content = briefing_as_word(briefing) if is_word else briefing_as_markdown(briefing).encode()
    try:
        path.write_bytes(content)
    except OSError as error:
        raise ExportError(f"{path} cannot be written ({error.strerror}); choose another file.") from error
