# Two commands for most people: `make chat` and `make test`. Both make .venv on first use and start in seconds after.
# `make chat` installs what the assistant needs, `make test` adds what its contributors need.
PYTHON ?= python3
VENV := .venv
PIP := $(VENV)/bin/pip --disable-pip-version-check --quiet
RUNS := $(VENV)/.runs
INSTALLED := $(VENV)/.installed

SLOW := browser or servers or processes
PYTEST := $(VENV)/bin/pytest -n 2 --dist loadgroup

.PHONY: chat test test-slow check lock clean

chat: $(RUNS)  ## bring the index up to date and open the chat on http://127.0.0.1:7860
	$(VENV)/bin/assistant chat

test: check  ## what a contributor runs: ruff, mypy, all tests without a browser, a server or a killed process, and a look at each page
	$(PYTEST) -m "smoke or not ($(SLOW))"

test-slow: $(INSTALLED)  ## the other tests: in browsers, on servers, with processes of ours that are killed
	$(PYTEST) -m "not smoke and ($(SLOW))"

check: $(INSTALLED)  ## the quick part of `make test`
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy

$(RUNS): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; run: make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --requirement requirements.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(INSTALLED): $(RUNS) requirements-dev.lock
	$(PIP) install --requirement requirements-dev.lock
	@touch $@

lock:  ## write both locks anew from pyproject.toml's bounds, in a virtual environment of its own
	rm -rf .venv-lock && $(PYTHON) -m venv .venv-lock
	.venv-lock/bin/pip install --quiet --upgrade pip
	.venv-lock/bin/pip install --quiet editables hatchling .
	{ echo "# Exact versions that \`make chat\` installs; written by \`make lock\`."; \
	  .venv-lock/bin/pip freeze --exclude health-cooperation-assistant; } > requirements.lock
	.venv-lock/bin/pip install --quiet --constraint requirements.lock '.[dev]'
	{ echo "# Exact versions that \`make test\` adds to those of requirements.lock; written by \`make lock\`."; \
	  .venv-lock/bin/pip freeze --exclude health-cooperation-assistant | sed -e 's/^\(torch==[0-9.]*\)+.*/\1/' \
	    | grep --invert-match --line-regexp --fixed-strings --file requirements.lock; } > requirements-dev.lock
	rm -rf .venv-lock

clean:  ## remove the virtual environment and caches; the data folder stays
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis dist
