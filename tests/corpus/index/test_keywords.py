import shutil

import pytest
from fakes import document
from hypothesis import given, settings
from hypothesis import strategies as st
from texts import hostile

from corpus.document import Passage, Span
from corpus.errors import DataFolderDamaged
from corpus.index.keywords import KeywordIndex


def add(index, *texts, document_id="d1", title="A title"):
    made = document("\n".join(texts), id=document_id, title=title)
    passages = [
        Passage(f"{document_id}-{number}", document_id, number, Span(0, len(text)), text)
        for number, text in enumerate(texts)
    ]
    index.add(made, passages)
    index.commit()


def found(index, question, count=10):
    return [passage_id for passage_id, _ in index.search(question, count)]


@pytest.fixture
def index(tmp_path):
    index = KeywordIndex(tmp_path / "keywords")
    yield index
    index.discard()


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """An index for the property tests, which only read it."""
    index = KeywordIndex(tmp_path_factory.mktemp("keywords"))
    add(index, "The ministers of health met.", "Sea levels rise AND fall.", title="Else")
    return index


def test_a_rare_word_finds_its_passage_first(index):
    add(index, "The ministers of health met in Baku.", "The ministers of health met in Shamakhi.", "Other words.")
    assert found(index, "Which ministers met in Shamakhi?")[0] == "d1-1"


@pytest.mark.parametrize("question", ["Joniskis", "JONIŠKIS", "joniškis", "hospitals", "hospital"])
def test_accents_capitals_and_endings_make_no_difference(index, question):
    add(index, "The hospital of Joniškis.", "Other words.")
    assert found(index, question) == ["d1-0"]


def test_a_word_of_the_title_counts_for_every_passage(index):
    add(index, "First part.", "Second part.", title="Telemedicine in Riga")
    add(index, "Nothing of it.", document_id="d2", title="Else")
    assert sorted(found(index, "telemedicine")) == ["d1-0", "d1-1"]


@pytest.mark.parametrize("question", ["", " ", "the of and", "?!*", "()", "zzz"])
def test_a_question_without_a_known_word_finds_nothing(filled, question):
    assert filled.search(question, 5) == []


@pytest.mark.parametrize(
    "question", ["health AND NOT (", 'health" OR title:*', "text:health^9 ~2", "health\\", "-health"]
)
def test_no_character_of_a_question_has_a_meaning(filled, question):
    assert found(filled, question) == ["d1-0"]


@settings(max_examples=100)
@given(st.one_of(hostile, st.text(alphabet='"()[]{}^~*?:\\/+-&|!<> health', max_size=40)))
def test_any_question_can_be_asked(filled, question):
    assert set(found(filled, question)) <= {"d1-0", "d1-1"}


def test_ties_are_in_order_of_id(index):
    add(index, *["the same words"] * 5)
    assert found(index, "same words") == [f"d1-{number}" for number in range(5)]


def test_adding_a_document_again_replaces_it(index):
    add(index, "First version.", "Second part.")
    add(index, "Another version.")
    assert index.count() == 1
    assert found(index, "first") == []


def test_what_is_removed_is_gone_after_the_commit(index):
    add(index, "Some words.")
    add(index, "Other words.", document_id="d2")
    index.remove("d1")
    index.commit()
    assert found(index, "words") == ["d2-0"]
    assert index.count() == 1


def test_nothing_is_found_before_the_commit(index):
    index.add(document("Some words."), [Passage("d1-0", "d1", 0, Span(0, 11), "Some words.")])
    assert index.count() == 0


def test_what_is_discarded_never_appears_and_frees_the_index_for_others(tmp_path, index):
    index.add(document("Some words."), [Passage("d1-0", "d1", 0, Span(0, 11), "Some words.")])
    index.discard()
    other = KeywordIndex(tmp_path / "keywords")
    add(other, "Other words.", document_id="d2")
    index.reload()
    assert found(index, "words") == ["d2-0"]


def test_a_reload_shows_what_another_wrote(tmp_path, index):
    add(KeywordIndex(tmp_path / "keywords"), "Some words.")
    index.reload()
    assert found(index, "words") == ["d1-0"]


def test_the_rarity_of_a_term_is_known(index):
    add(index, "health ministers", "health workers")
    terms = index.analyze("Health ministers of the")
    assert [index.document_frequency(term) for term in terms] == [2, 1]


@settings(max_examples=20)
@given(hostile)
def test_any_text_can_be_indexed_and_counted(tmp_path_factory, text):
    index = KeywordIndex(tmp_path_factory.mktemp("keywords"))
    add(index, text, title=text)
    assert index.count() == 1


def test_what_a_commit_killed_half_way_left_does_not_stop_the_next(tmp_path, index):
    """A killed commit leaves files that the index does not know; the next wants to write some of the same names."""
    index.add(document("Some words."), [Passage("d1-0", "d1", 0, Span(0, 11), "Some words.")])
    add(index, "Other words.", document_id="d2")  # one commit for both, so one segment
    whole = KeywordIndex(shutil.copytree(tmp_path / "keywords", tmp_path / "whole"))
    whole.remove("d1")
    whole.commit()
    (source,) = (tmp_path / "keywords").iterdir()
    half_way = {path.name for path in (tmp_path / "whole" / source.name).iterdir()} - {"meta.json"}
    written = half_way - {path.name for path in source.iterdir()}
    assert [name for name in written if name.endswith(".del")], "the commit must have written what the next one will"
    for name in (*written, ".managed.json"):
        shutil.copy(tmp_path / "whole" / source.name / name, source)
    again = KeywordIndex(tmp_path / "keywords")
    again.remove("d1")
    again.commit()
    assert found(again, "words") == ["d2-0"]


def test_a_damaged_index_is_refused_with_what_to_do(tmp_path):
    (tmp_path / "0a").mkdir()
    (tmp_path / "0a" / "meta.json").write_text("garbage")
    with pytest.raises(DataFolderDamaged, match="run: assistant reindex"):
        KeywordIndex(tmp_path)
