# The commands of this project: make help lists them.

VENV := .venv
# Always through the interpreter, so that a checkout may be moved.
PY := $(VENV)/bin/python
PORT ?= 8000
WORKERS ?= 2
HOUSEHOLDS ?= 3000
TESTS ?= tests
PYTEST ?= -n 2 --dist=loadfile --no-loadscope-reorder

PIP := $(PY) -m pip --disable-pip-version-check --no-input install --quiet
COMPILE := $(PY) -m uv pip compile --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --quiet

# Stamps: what they stand for is done anew only when the file that it was made from has changed.
BASE := $(VENV)/.made
PRODUCT := $(VENV)/.product
TOOLS := $(VENV)/.tools
NODE := tests/tools/node_modules/.made

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test lint bench lock messages

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(PRODUCT) ## the demonstration on http://127.0.0.1:8000 (PORT=, WORKERS=, HOUSEHOLDS=)
	@export PORTAL_MODE=demo PORTAL_BASE_URL="$${PORTAL_BASE_URL:-http://127.0.0.1:$(PORT)}" && \
	exec $(PY) -m portal serve --port $(PORT) --workers $(WORKERS) --demo-households $(HOUSEHOLDS)

test: $(TOOLS) $(NODE) ## every test (TESTS=tests/kernel for a part, PYTEST= for pytest's options)
	$(PY) -m pytest $(PYTEST) $(TESTS)

lint: $(TOOLS) ## style, types, imports, and a Chinese translation for every message
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(PY) -c 'from importlinter.cli import lint_imports_command; lint_imports_command()' --no-logo
	$(PY) -m pytest -q tests/house/test_messages.py

bench: $(TOOLS) ## figures beside their limits, one table
	@$(PY) -m bench

lock: $(TOOLS) ## requirements.in and requirements-dev.in into the pinned files, with hashes
	$(COMPILE) requirements.in -o requirements.txt
	$(COMPILE) requirements-dev.in -o requirements-dev.txt

messages: $(TOOLS) ## bring the catalogues (.po) up to date with the sources
	$(PY) -m tests.house.catalogues

# A Python from 3.11 up that can make an environment: PYTHON=/path names one. An environment that is
# there already is kept, and one that no longer starts (half made, or its Python gone) is made anew.
$(BASE):
	@set -e; \
	if $(PY) -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
		touch $@; exit 0; \
	fi; \
	for python in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
		if "$$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' \
			2>/dev/null; then \
			"$$python" -m venv --clear $(VENV); touch $@; exit 0; \
		fi; \
	done; \
	echo 'Python 3.11 or newer with its venv module is needed (Debian: python3-venv).' >&2; exit 1

$(PRODUCT): requirements.txt | $(BASE)
	@echo 'Installing what the portal needs (requirements.txt) ...'
	@$(PIP) --require-hashes -r requirements.txt
	@touch $@

$(TOOLS): requirements.txt requirements-dev.txt | $(BASE)
	@echo 'Installing what the portal and its tests need (requirements-dev.txt) ...'
	@$(PIP) --require-hashes -r requirements-dev.txt
	@touch $(PRODUCT) $@

# Without npm the tests that need these two say so and skip, or fail where CI=true.
$(NODE): tests/tools/package-lock.json
	@if command -v npm >/dev/null; then \
		cd tests/tools && npm ci --loglevel=error && touch node_modules/.made; \
	else \
		echo 'npm is missing: the tests that need vnu-jar and axe-core will say so.'; \
	fi
