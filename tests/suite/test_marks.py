"""What starts a browser, a server or a killed process is marked, so that `make test` can leave it out."""

import subprocess
import sys
from pathlib import Path

import pytest
import started
from fakes import ROOT, TESTS, child_command, child_environment

UNMARKED = """
import os, signal, subprocess, sys
from pathlib import Path
import pytest

def test_that_kills():
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    child.kill()
    child.communicate()

@pytest.mark.processes
def test_that_kills_and_says_so():
    test_that_kills()

@pytest.fixture(scope="module")
def nginx(tmp_path_factory):
    program = tmp_path_factory.mktemp("programs") / "nginx"
    program.write_text("#!/bin/sh")
    program.chmod(0o700)
    subprocess.run([program], check=True)

def test_whose_fixture_starts_a_server(nginx):
    pass

def test_that_only_computes_in_a_child():
    subprocess.run([sys.executable, "-c", "1 + 1"], check=True)
"""


def test_each_program_needs_its_mark() -> None:
    needed = {
        "/usr/bin/chromium --headless": "browser",
        "/site-packages/playwright/driver/node cli.js": "browser",
        "/usr/lib/postgresql/16/bin/postgres -D x": "servers",
        "/usr/lib/postgresql/16/bin/initdb": "servers",
        ".venv/bin/chroma run": "servers",
        "/usr/sbin/nginx -p x": "servers",
        "/usr/sbin/apache2 -f x": "servers",
        ".venv/bin/assistant ask": "processes",
        f"{sys.executable} -c main() serve": "processes",
        f"{sys.executable} -c os.kill(os.getpid(),9)": "processes",
        f"{sys.executable} tests/support/killed_sync.py": "processes",
        f"{sys.executable} -m corpus.ingest.reading_process": None,
        "openssl req": None,
    }
    assert {command: started.mark_of(command.split()) for command in needed} == needed


def test_who_starts_or_kills_without_a_mark_fails(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    (tmp_path / "test_unmarked.py").write_text(UNMARKED)
    (tmp_path / "conftest.py").write_text((TESTS / "conftest.py").read_text(encoding="utf-8"))
    options = ["-p", "no:cacheprovider", "-q", "-c", str(pytestconfig.inipath), "--rootdir", str(tmp_path)]
    command = child_command("-m", "pytest", *options, str(tmp_path))
    ran = subprocess.run(command, env=child_environment(), capture_output=True, text=True, check=False)
    failed = {line.split("::")[1].split(" ")[0] for line in ran.stdout.splitlines() if line.startswith("FAILED")}
    assert failed == {"test_that_kills", "test_whose_fixture_starts_a_server"}, ran.stdout
    assert ran.stdout.startswith("F.F."), "and the others pass"


@pytest.mark.parametrize("mark", ["browser", "servers", "processes", "smoke"])
def test_each_mark_is_explained(mark: str, pytestconfig: pytest.Config) -> None:
    assert any(line.startswith(f"{mark}: ") for line in pytestconfig.getini("markers"))


def test_every_module_stands_in_the_table_of_promises_and_no_cell_is_empty() -> None:
    text = (ROOT / "docs" / "testing.md").read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in line.split(" | ")] for line in text.partition("| Promise |")[2].splitlines()[2:]]
    modules = {str(path.relative_to(TESTS)) for path in TESTS.rglob("test_*.py")}
    assert {row[2].split("`")[1] for row in rows} == modules
    assert all(len(row) == 4 and all(cell.strip("| ") for cell in row) for row in rows)
