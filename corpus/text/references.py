"""Lists of references and links, told by their form: nobody's question is answered by where else one may read.

A paragraph is one where much of it is addresses; a sentence where a part of a volume, an identifier of an article or an
address makes it.
"""

import re

_ADDRESS = re.compile(r"(?:https?://|www\.)\S+")
_LINKS = 2
# Of a paragraph with links, the share of its characters that the addresses make at least; of a sentence alone.
_SHARE, _SHARE_OF_SENTENCE = 0.15, 0.4
# "15 (2022): 100413", "Vol. 12, No. 3", "doi:10.1016/...", "12(4):301-9"
_ARTICLE = re.compile(
    r"\bdoi(?:\.org/|:)|\b\d{1,4} ?\((?:19|20)\d\d\) ?: ?\w?\d|\b\d{1,4}\(\d{1,3}\) ?: ?\w?\d+|\[Internet\]|\bISSN\b",
    re.IGNORECASE,
)


def is_list_of_links(paragraph: str) -> bool:
    """Whether a paragraph tells where to read on and little else."""
    addresses = _ADDRESS.findall(paragraph)
    return len(addresses) >= _LINKS and sum(map(len, addresses)) >= _SHARE * len(paragraph)


def is_reference(sentence: str) -> bool:
    """Whether a sentence is an entry of a bibliography, or an address with its name."""
    addresses = sum(map(len, _ADDRESS.findall(sentence)))
    return _ARTICLE.search(sentence) is not None or addresses >= _SHARE_OF_SENTENCE * len(sentence)
