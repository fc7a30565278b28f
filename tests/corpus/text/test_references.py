"""References and links are told by their form. All texts are invented."""

from each import each

from corpus.text.references import is_list_of_links, is_reference


@each(
    "sentence",
    [
        "A. Ozols, B. Kask: Snake bites in the north. Journal of Northern Medicine 15 (2022): 100413.",
        "Kask B. Fever and rain. North Med. 12(4):301-9.",
        "Snake bites: a review, doi:10.1000/182.",
        "Ministry of Health, fact sheet: https://health.example.org/en/fact-sheets/detail/snake-bites",
    ],
)
def test_an_entry_of_a_bibliography_is_a_reference(sentence: str) -> None:
    assert is_reference(sentence)


@each(
    "sentence",
    [
        "Latvia and Peru signed a memorandum on 4 May 2019 (2 pages): it covers snake bites.",
        "According to Ozols et al., 15 people were bitten in 2022.",
        "The ministry answers questions of travellers at https://health.example.org until the end of June 2022.",
        "Article 12(4) provides for 301 doses.",
    ],
)
def test_a_sentence_that_tells_something_is_none(sentence: str) -> None:
    assert not is_reference(sentence)


def test_a_paragraph_of_links_is_told_from_one_that_has_a_link() -> None:
    links = (
        "WHO fact sheet: https://health.example.org/fever Ministry, advice to travellers:"
        " https://health.example.org/travel Earlier news of 4 May 2019: https://news.example.org/fever"
    )
    text = "The ministry reported 12 cases in the north, of which 3 were fatal, as its page says. " * 4
    assert is_list_of_links(links)
    assert not is_list_of_links(f"{text} See https://health.example.org and https://news.example.org/fever.")
    assert not is_list_of_links(text)
