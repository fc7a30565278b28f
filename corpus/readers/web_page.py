"""A page's article, without the page around it."""

from corpus.document import Extraction
from corpus.errors import UnreadableFile
from corpus.readers.metadata import iso_date, one_line


def read_web_page(content: bytes) -> Extraction:
    """The article and what the page says about it."""
    import trafilatura

    page = trafilatura.bare_extraction(content, include_comments=False, with_metadata=True, favor_recall=True)
    if page is None or not getattr(page, "text", None):
        raise UnreadableFile("no article text was found in the page")
    return Extraction(
        text=page.text,
        title=one_line(page.title),
        publisher=one_line(page.sitename) or None,
        published=iso_date(page.date),
        url=one_line(page.url) or None,
        language=one_line(page.language) or None,
    )
