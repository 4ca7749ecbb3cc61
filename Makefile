# Everything README and CI call. Each target sets up what it needs; nothing here wants root.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet

.PHONY: demo test test-all check bench prove clean help

help:
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Purveyor needs Python 3.11 or newer: sudo apt install python3"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "Python's venv module is missing: sudo apt install python3-venv"; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.run: $(VENV)/.made requirements/build.txt requirements/run.txt pyproject.toml
	@echo "Setting up Purveyor in $(VENV) (once) ..."
	@$(PIP) --require-hashes -r requirements/build.txt
	@$(PIP) --require-hashes -r requirements/run.txt
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements/dev.txt
	@echo "Setting up the test tools (once) ..."
	@$(PIP) --require-hashes -r requirements/dev.txt
	@touch $@

demo: $(VENV)/.run ## hub and stand-in side by side, with a connected profile and orders flowing
	@$(BIN)/purveyor demo --no-browser $(DEMO)

test: $(VENV)/.dev ## the suite on SQLite
	@$(BIN)/python -m pytest -n auto --dist worksteal -m "not browser and not postgres and not clients and not prove"

test-all: $(VENV)/.dev ## the suite on PostgreSQL, the browser, other people's clients, short proofs
	@scripts/test-all

check: $(VENV)/.dev ## style, types, import order, dependencies, licences, sizes
	@scripts/check

bench: $(VENV)/.dev ## the figures, each against its bound
	@$(BIN)/python -m bench

prove: $(VENV)/.dev ## the long proofs
	@scripts/prove

clean:
	@rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache
