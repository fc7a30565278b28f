# Two commands for most people: `make chat` and `make test`. Both make .venv on first use and start in seconds after.
PYTHON ?= python3
VENV := .venv
INSTALLED := $(VENV)/.installed

SLOW := browser or servers or processes
PYTEST := $(VENV)/bin/pytest -n 2 --dist loadgroup

.PHONY: chat test test-slow check lock clean

chat: $(INSTALLED)  ## bring the index up to date and open the chat on http://127.0.0.1:7860
	$(VENV)/bin/assistant chat

test: check  ## what a contributor runs: ruff, mypy, all tests without a browser, a server or a killed process, and a look at each page
	$(PYTEST) -m "smoke or not ($(SLOW))"

test-slow: $(INSTALLED)  ## the other tests: in browsers, on servers, with processes of ours that are killed
	$(PYTEST) -m "not smoke and ($(SLOW))"

check: $(INSTALLED)  ## the quick part of `make test`
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy

$(INSTALLED): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; run: make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/pip install --disable-pip-version-check --quiet --requirement requirements.lock
	$(VENV)/bin/pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation --editable .
	@touch $@

lock:  ## write requirements.lock anew from pyproject.toml's bounds, in a virtual environment of its own
	rm -rf .venv-lock && $(PYTHON) -m venv .venv-lock
	.venv-lock/bin/pip install --quiet --upgrade pip
	.venv-lock/bin/pip install --quiet torch==2.13.0
	.venv-lock/bin/pip install --quiet editables hatchling '.[dev]'
	{ echo "# Exact versions that \`make\` installs; written by \`make lock\`."; \
	  .venv-lock/bin/pip freeze --exclude health-cooperation-assistant | sed -e 's/^\(torch==[0-9.]*\)+.*/\1/' \
	    -e 's/^openvino.*/&; platform_machine == "x86_64" or platform_machine == "AMD64"/'; } > requirements.lock
	rm -rf .venv-lock

clean:  ## remove the virtual environment and caches; the data folder stays
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis dist
