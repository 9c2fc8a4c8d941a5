# Every target sets up what it needs by itself, in .venv and var/, and costs nothing the second time.
SHELL := /bin/sh
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
WORKERS ?= 2
BROWSERS := chromium chromium-browser google-chrome
BROWSER_PACKAGES := chromium fonts-dejavu-core

.DEFAULT_GOAL := help
.PHONY: help bench demo up test test-browser test-faults test-chaos test-kafka test-temporal browser screens lint docs clean

help: ## Show this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

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

test: $(READY) ## Run all tests but those in a browser and those with faults
	@$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadfile --ignore=tests/browser --ignore=tests/faults $(ARGS)

test-faults: $(READY) ## Kill processes at the worst moments, fill the disk, back up while people write: nothing may be lost
	@$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadfile tests/faults --ignore=tests/faults/test_chaos.py $(ARGS)

test-chaos: $(READY) ## Every kind of fault in one season, from two seeds
	@$(BIN)/python -m pytest -q tests/faults/test_chaos.py $(ARGS)

test-kafka: $(READY) ## Run the tests that use a broker on Apache Kafka, where Java 17 and Maven are there; KAFKA_VERSION=4.3.0 for another
	@WORKERS=$(WORKERS) $(BIN)/python -m tests.kafka $(ARGS)

test-temporal: $(READY) ## Play a season on Temporal's server and PostgreSQL as compose sets them, where Go and PostgreSQL are there
	@$(BIN)/python -m tests.temporal $(ARGS)

test-browser: $(READY) browser ## Run the tests in headless Chromium; TREMPLIN_SCREENS=1 keeps pictures in var/screens
	@$(BIN)/python -m pytest -q --timeout 600 tests/browser $(ARGS)

bench: $(READY) browser ## Measure, as ratios to the raw limit, into docs/performance.md; ARGS="portal" for one part, "season" takes long
	@$(BIN)/python -m tests.benchmarks $(ARGS)

screens: $(READY) browser ## Draw the README's screens anew from a season, into docs/screens
	@$(BIN)/python -m tests.browser.screens

browser:
	@for name in $(BROWSERS); do command -v $$name >/dev/null 2>&1 && exit 0; done; \
	if [ "$$(id -u)" = 0 ]; then root=; elif sudo -n true 2>/dev/null; then root="sudo -n"; else root=none; fi; \
	if [ "$$root" != none ] && command -v apt-get >/dev/null 2>&1; then \
		echo "Installing $(BROWSER_PACKAGES) (once) ..."; \
		$$root apt-get update -qq && $$root env DEBIAN_FRONTEND=noninteractive \
			apt-get install -y -qq --no-install-recommends $(BROWSER_PACKAGES) >/dev/null && exit 0; \
	fi; \
	echo "The tests in a browser need Chromium on PATH; on Debian: apt-get install $(BROWSER_PACKAGES)"; exit 1

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
