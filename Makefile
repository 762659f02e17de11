# Everything that this project does, one word each. All that a machine needs beforehand is Python 3.11 or
# newer as `python3`, and make.

PYTHON ?= python3
UV_VERSION := 0.13.9

# uv from PATH, else from PyPI into .tools.
UV := $(or $(shell command -v uv 2>/dev/null),.tools/uv/bin/uv)
VENV := .venv/bin
STAMP := .venv/.synced

export UV_PYTHON_DOWNLOADS := never

.DEFAULT_GOAL := help
.PHONY: help setup run test test-all check bench contract

help: ## List these words
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(STAMP) ## Install what the locked dependencies name into .venv

run: $(STAMP) ## Start the server with its own database in ./.kalends
	@KALENDS_DATA_DIR="$${KALENDS_DATA_DIR:-./.kalends}" exec $(VENV)/kalends serve

test: $(STAMP) ## Run the tests
	$(VENV)/pytest -n 2 --dist worksteal -m "not full"

test-all: $(STAMP) ## Run the tests and their long variants
	$(VENV)/pytest -n 2 --dist worksteal

check: $(STAMP) ## Check format, lint, types and import rules
	$(VENV)/ruff format --check
	$(VENV)/ruff check
	$(VENV)/mypy
	$(VENV)/lint-imports --no-logo

bench: $(STAMP) ## Measure speed and size
	$(VENV)/python -m bench

contract: $(STAMP) ## Show how much of the contract is served, and what differs
	$(VENV)/python -m tools.contract

$(STAMP): pyproject.toml uv.lock $(filter .tools/%,$(UV))
	$(UV) sync --frozen
	@touch $@

# Debian's python3 may lack the venv module; pip alone does as well.
.tools/uv/bin/uv:
	@rm -rf .tools/uv
	{ $(PYTHON) -m venv .tools/uv && .tools/uv/bin/pip install --quiet uv==$(UV_VERSION); } \
		|| { rm -rf .tools/uv && $(PYTHON) -m pip install --quiet --target .tools/uv uv==$(UV_VERSION); }
