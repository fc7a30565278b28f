"""Plain text in any encoding, character for character."""

from corpus.document import Extraction
from corpus.readers.characters import decoded


def read_text(content: bytes) -> Extraction:
    """The text alone; plain text says nothing about itself."""
    text, remarks = decoded(content)
    return Extraction(text=text, title="", remarks=remarks)
