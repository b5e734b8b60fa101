# make demo | test | lint | classify | align | check | verify | opinions | bench | clean. The first target run builds .venv by itself.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

.PHONY: demo test lint classify align check verify opinions bench clean

demo: $(STAMP)
	$(BIN)/imr-kb explain tests/cases/demo.txt

test: $(STAMP)
	$(BIN)/python -m pytest -n auto

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/mypy

classify: $(STAMP)
	$(BIN)/python -m imr_kb.classify

align: $(STAMP)
	$(BIN)/python -m imr_kb.alignments

check: $(STAMP)
	$(BIN)/imr-kb check

verify: $(STAMP)
	$(BIN)/python tests/verify_run.py $(VERIFY_ARGS)

opinions: $(STAMP)
	$(BIN)/python tests/opinions_run.py $(OPINIONS_ARGS)

bench: $(STAMP)
	$(BIN)/python tests/bench/run.py $(BENCH_ARGS)
	$(BIN)/python tests/bench/letters.py $(BENCH_ARGS)

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find imr_kb tests -name __pycache__ -type d -prune -exec rm -rf {} +

# Installed again when the list of dependencies changes, not at every run.
$(STAMP): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev,pdf]'
	touch $@
