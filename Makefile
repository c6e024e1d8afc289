# Every target carries its line of help; `make` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8050
SHELL := /bin/bash

.DEFAULT_GOAL := help
.PHONY: help setup run test check bench soak lock clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; set PYTHON=python3.x"; exit 1; }
	@echo "· making the environment $(VENV)"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.txt package-lock.json | $(BIN)/python
	@echo "· installing the pinned packages (about 700 MB, one to three minutes)"
	@$(BIN)/pip install --disable-pip-version-check --no-compile --progress-bar on -r requirements.txt | grep -E '^(Collecting|Installing|Successfully)' | cut -c1-100
	@echo "· fetching the map's front-end packages"
	@$(BIN)/python -m dashboard.map_view.vendoring || true
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.run
	@echo "· installing the test and lint tools"
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@bash tests/install_browser.sh
	@touch $@

setup: $(VENV)/.run ## set up what the app needs, nothing else

run: setup ## set up and open the app on the demo county (http://127.0.0.1:8050)
	@$(BIN)/python app.py serve --port $(PORT)

test: $(VENV)/.dev ## set up and pass the tests
	$(BIN)/python -m pytest -q -m "not slow" --benchmark-disable -n 2 --dist loadfile

check: $(VENV)/.dev ## lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell README.md CHANGELOG.md ARCHITECTURE.md CONTRIBUTING.md geo models dashboard tests

bench: $(VENV)/.dev ## print the figures: import, demo, zero status, hotspots, map update
	$(BIN)/python -m tests.speed.bench

soak: $(VENV)/.dev ## the slow, full-size tests
	$(BIN)/python -m pytest -q -m "slow" --benchmark-disable

lock: $(BIN)/python ## compile the pinned requirements anew
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header requirements.in -o requirements.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header requirements-dev.in -o requirements-dev.txt

clean: ## remove the environment, caches and the local demo store
	rm -rf $(VENV) .sanling .pytest_cache .mypy_cache .ruff_cache dashboard/map_view/vendor
