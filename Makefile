# The two commands a newcomer needs: `make run` and `make test`. Everything happens in .venv.
PYTHON ?= python3
VENV   ?= .venv
BIN     = $(VENV)/bin
PIP     = $(BIN)/python -m pip --disable-pip-version-check

.PHONY: help run test test-long lint types imports docs screenshots snapshots check bench bench-full matrix release-check clean

help:            ## what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

run: $(VENV)/.run ## open briefreader on the packed demo library
	@$(BIN)/briefreader --demo

test: $(VENV)/.dev ## the whole test suite
	$(BIN)/python -m pytest -n auto

test-long: $(VENV)/.dev ## fuzzing, crash points and scale besides
	$(BIN)/python -m pytest -n auto -m "long or not long" --timeout 1800

lint: $(VENV)/.dev ## style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev ## strict types
	$(BIN)/mypy

imports: $(VENV)/.dev ## who may import whom
	$(BIN)/lint-imports

docs: $(VENV)/.dev ## docs/cli.md, docs/keys.md, docs/python-api.md, the man page, schemas and the picture of the layers, from the code
	$(BIN)/python docs/manual.py docs
	$(BIN)/python docs/keys.py docs/keys.md
	$(BIN)/python docs/layers.py docs/layers.svg
	$(BIN)/python docs/schemas.py docs/schemas
	$(BIN)/python docs/python_api.py docs/python-api.md

screenshots: $(VENV)/.run ## the README's pictures, of the app on the demo library
	$(BIN)/python docs/screenshots/make.py

check: lint types imports test ## all that CI checks

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "briefreader needs Python 3.11 or newer; name one: make run PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "Installing into $(VENV), once; this takes a minute or two."
	$(PIP) install -q -c constraints.txt -e .
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "Installing into $(VENV), once; this takes a few minutes."
	$(PIP) install -q 'pip>=25.1'
	$(PIP) install -q -c constraints.txt -e '.[dev]' --group integration
	@touch $@ $(VENV)/.run

snapshots: $(VENV)/.dev ## update the pictures of the screens in tests/tui
	UPDATE_PICTURES=1 $(BIN)/python -m pytest -n auto tests/tui/test_pictures.py -m "long or not long"

DATA ?=
bench: $(VENV)/.dev ## every benchmark, its short form, as one table in benchmarks/results/; DATA=DIR has the labelled data
	$(BIN)/python -m benchmarks $(if $(DATA),--data $(DATA))

bench-full: $(VENV)/.dev ## the same, in the sizes of docs/benchmarks.md; takes an hour
	$(BIN)/python -m benchmarks --full $(if $(DATA),--data $(DATA))

matrix:          ## wheel and sdist under each Python, core dependencies only; PYTHONS="python3.12 …" TESTS=1
	.ci/matrix $(if $(TESTS),--tests)

release-check: $(VENV)/.dev ## build, metadata, install elsewhere, first minute, licences, vulnerabilities
	.ci/release

clean:           ## remove what was built
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
