# To begin: `make run` opens the demo, `make test` runs the tests. Everything is installed into .venv.
PYTHON ?= python3
VENV   ?= .venv
BIN     = $(VENV)/bin
PIP     = $(BIN)/python -m pip --disable-pip-version-check

.PHONY: help run test test-long lint types imports docs screenshots snapshots check bench bench-full matrix release-check clean

help:            ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

run: $(VENV)/.run ## open the app on the sample briefings
	@$(BIN)/briefreader --demo

test: $(VENV)/.dev ## run the test suite
	$(BIN)/python -m pytest -n auto

test-long: $(VENV)/.dev ## run the test suite with fuzzing, crash tests and large libraries
	$(BIN)/python -m pytest -n auto -m "long or not long" --timeout 1800

lint: $(VENV)/.dev ## check the style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev ## check the types
	$(BIN)/mypy

imports: $(VENV)/.dev ## check the import contracts
	$(BIN)/lint-imports

docs: $(VENV)/.dev ## generate pages on commands, keys and Python, man page, completions, schemas, picture of layers
	$(BIN)/python docs/manual.py docs
	$(BIN)/python docs/keys.py docs/keys.md
	$(BIN)/python docs/layers.py docs/layers.svg
	$(BIN)/python docs/schemas.py docs/schemas
	$(BIN)/python docs/python_api.py docs/python-api.md

screenshots: $(VENV)/.run ## take the screenshots in docs/, on the sample briefings
	$(BIN)/python docs/screenshots/make.py

check: lint types imports test ## check style, types and imports, and run the tests

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "briefreader needs Python 3.11 or newer; choose one with: make run PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "Installing into $(VENV). This happens once and takes a minute or two."
	$(PIP) install -q -c constraints.txt -e .
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "Installing into $(VENV). This happens once and takes a few minutes."
	$(PIP) install -q 'pip>=25.1'
	$(PIP) install -q -c constraints.txt -e '.[dev]' --group integration
	@touch $@ $(VENV)/.run

snapshots: $(VENV)/.dev ## update the screen snapshots in tests/tui
	UPDATE_PICTURES=1 $(BIN)/python -m pytest -n auto tests/tui/test_pictures.py -m "long or not long"

DATA ?=
bench: $(VENV)/.dev ## run all benchmarks in short form; DATA=DIR: labelled data; writes to benchmarks/results/
	$(BIN)/python -m benchmarks $(if $(DATA),--data $(DATA))

bench-full: $(VENV)/.dev ## run all benchmarks in the sizes of docs/benchmarks.md; takes about an hour
	$(BIN)/python -m benchmarks --full $(if $(DATA),--data $(DATA))

matrix:          ## try wheel and sdist under each Python; PYTHONS="python3.12 …" chooses them, TESTS=1 runs the tests
	.ci/matrix $(if $(TESTS),--tests)

release-check: $(VENV)/.dev ## check a release: build, metadata, installation, licences, known vulnerabilities
	.ci/release

clean:           ## remove .venv, builds and caches
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
