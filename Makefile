# Every target sets up what it needs by itself, in .venv and var/, and costs nothing the second time.
SHELL := /bin/sh
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help demo up test lint docs clean

help: ## Show this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "Tremplin needs Python 3.11 or newer as '$(PYTHON)'; name another with: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
		{ echo "Python's venv module is missing; on Debian: apt-get install python3-venv"; exit 1; }
	@echo "Setting up .venv (once; about 700 MB) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock || \
		{ echo "The locked packages could not be installed: is a package index within reach?"; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . || \
		{ echo "Tremplin itself could not be installed into .venv"; exit 1; }
	@touch $@

demo: $(READY) ## Run a whole season on the embedded platform and show its results
	@$(BIN)/tremplin demo $(ARGS)

up: $(READY) ## Start the embedded platform and all services; Ctrl-C stops them
	@$(BIN)/tremplin up $(ARGS)

test: $(READY) ## Run all tests
	@$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadfile $(ARGS)

lint: $(READY) ## Check style, types, import rules, contracts and generated documents
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/python -m deploy.schemas
	@$(BIN)/python -m deploy.documents --check

docs: $(READY) ## Generate the JSON Schemas, AsyncAPI and OpenAPI documents
	@$(BIN)/python -m deploy.schemas --write
	@$(BIN)/python -m deploy.documents

clean: ## Remove .venv and var/
	rm -rf .venv var *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
