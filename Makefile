# Everything that this project does, one word each. All that a machine needs beforehand is Python 3.11 or
# newer as `python3`, and make.

PYTHON ?= python3
UV_VERSION := 0.13.9

# uv from PATH, else from PyPI into .tools.
UV := $(or $(shell command -v uv 2>/dev/null),.tools/uv/bin/uv)
VENV := .venv/bin
PYTEST := $(VENV)/pytest -n 2 --dist worksteal
STAMP := .venv/.synced

export UV_PYTHON_DOWNLOADS := never

.DEFAULT_GOAL := help
.PHONY: help setup run quick test test-all check bench soak contract readers

help: ## List these words
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(STAMP) ## Install what the locked dependencies name into .venv

run: $(STAMP) ## Start the server with its own database in ./.kalends
	@KALENDS_DATA_DIR="$${KALENDS_DATA_DIR:-./.kalends}" exec $(VENV)/kalends serve

# Tests that start, kill or race whole servers, or send random requests: more than half of the time of `test`.
SLOW := tests/cli tests/faults tests/races tests/api/test_schemathesis.py

quick: check ## Check, and run the tests but for those of SLOW: what a change is tried with, under 3 minutes
	$(PYTEST) -m "not full" $(SLOW:%=--ignore=%)

test: $(STAMP) ## Run the tests but for those marked `full`, under 15 minutes
	$(PYTEST) -m "not full"

# Marked `full` are: every zone of 14 years, thousands of random questions to the engine, hundreds of random
# teams, random event types and requests by the hundred, 200 kills of a worker that delivers, 20,000 deliveries,
# 10,000 rounds of racing bookings, a storm of 100,000 commands, and attacks on servers of two processes and on a
# database of somebody's own.
test-all: $(STAMP) ## Run all tests, also the long runs of engine, zones, teams, races, kills, deliveries, requests
	$(PYTEST)

check: $(STAMP) ## Check format, lint, types and import rules
	$(VENV)/ruff format --check
	$(VENV)/ruff check
	$(VENV)/mypy
	$(VENV)/lint-imports --no-logo

bench: $(STAMP) ## Measure speed and size
	$(VENV)/python -m bench

soak: $(STAMP) ## Load a server for half an hour while its parts are killed, and tell what it did
	$(VENV)/python -m bench.soak $(SECONDS)

contract: $(STAMP) ## Show how much of the contract is served, and what differs
	$(VENV)/python -m tools.contract

readers: ## Install ical.js, which reads invitations in tests; needs Node
	npm ci --silent --prefix tests/notifications/readers

$(STAMP): pyproject.toml uv.lock $(filter .tools/%,$(UV))
	$(UV) sync --frozen
	@touch $@

# Debian's python3 may lack the venv module; pip alone does as well.
.tools/uv/bin/uv:
	@rm -rf .tools/uv
	{ $(PYTHON) -m venv .tools/uv && .tools/uv/bin/pip install --quiet uv==$(UV_VERSION); } \
		|| { rm -rf .tools/uv && $(PYTHON) -m pip install --quiet --target .tools/uv uv==$(UV_VERSION); }
