"""How many files within one file are handed on, and how large together."""

from collections.abc import Sequence

from corpus.document import Attachment

MOST_ATTACHMENTS = 200
LARGEST_ATTACHMENTS_BYTES = 32 * 2**20


def bounded(attachments: Sequence[Attachment]) -> tuple[tuple[Attachment, ...], tuple[str, ...]]:
    """The attachments up to the limits, and a remark for those beyond."""
    kept: list[Attachment] = []
    left = LARGEST_ATTACHMENTS_BYTES
    for attachment in attachments[:MOST_ATTACHMENTS]:
        if len(attachment.content) <= left:
            kept.append(attachment)
            left -= len(attachment.content)
    over = len(attachments) - len(kept)
    if not over:
        return tuple(kept), ()
    files = "One file within it was" if over == 1 else f"{over:,} files within it were"
    return tuple(kept), (f"{files} not read: there are too many, or they are too large.",)
