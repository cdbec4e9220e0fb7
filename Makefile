# Two commands for everybody, and those of people who change the code.
#   make summary   summarize the sample article, offline, and show the evidence
#   make test      run every test
#   make check     lint, types, floors
#   make lock      choose new versions for CI
#   make clean     remove what these commands made

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
SAMPLE := fixtures/articles/openai-levee-de-fonds.fr.txt

.PHONY: summary test check lock clean

summary: $(VENV)/.installed
	@$(BIN)/summarizer $(SAMPLE)

test: $(VENV)/.tools
	$(BIN)/python -m pytest -n auto --dist worksteal

check: $(VENV)/.tools
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pyright

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "summarizer needs Python 3.11 or newer: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 2; }
	@echo "creating $(VENV) ..." >&2
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(VENV)/bin/python pyproject.toml
	@echo "installing summarizer into $(VENV) ..." >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.tools: $(VENV)/bin/python pyproject.toml requirements/ci.txt
	@echo "installing summarizer and its test tools into $(VENV) ..." >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements/ci.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@ $(VENV)/.installed

lock: $(VENV)/bin/python
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check pip-tools
	@$(BIN)/pip-compile --quiet --upgrade --strip-extras --generate-hashes --allow-unsafe --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --extra dev --extra local --output-file requirements/ci.txt pyproject.toml

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
