# Every command of this repository. `make` alone lists them.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-builtin-rules --no-print-directory
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PORT ?= 8080
DEMO ?=
BENCH ?=
# Tests wait half of their time, for browsers, nodes and servers: two workers, each with a file at a time.
WORKERS ?= 2
TOGETHER = -n $(WORKERS) --dist loadfile --no-loadscope-reorder

# The first Python of the right age; `make install PYTHON=python3.12` chooses another.
PYTHON ?= $(shell for python in python3 python3.11 python3.12 python3.13; do \
	"$$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && echo "$$python" && break; \
	done)

VENV := .venv
BIN := $(VENV)/bin
# Python compiles what is used when it is first used; compiling all of it here would take longer than the downloads.
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check --no-input install --no-compile
# What is compiled is kept, also where the machine is told not to: a server that compiles everything anew starts in 14 s, not in 5.
unexport PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX := $(CURDIR)/$(VENV)/pycache
SCREENS := store_server/web/static/kiosk.html
NODE_MODULES := kiosk_ui/node_modules/.package-lock.json
# Folders count too: taking a file away changes its folder.
SCREEN_SOURCES := $(wildcard kiosk_ui/*.html kiosk_ui/tsconfig.json kiosk_ui/vite.config.ts) $(shell find kiosk_ui/src 2>/dev/null)

.PHONY: help
help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo "  make run DEMO=hall   the real recording of a hall     make run PORT=8090   another port"
	@echo "  make run DEMO=drugstore   a store of two levels"
	@echo "  make bench BENCH=fix one row of the table alone"

# --- installing: each step leaves a file behind and is done again only when what it was made from has changed -------------

.PHONY: install
install: $(VENV)/.installed $(SCREENS) ## install into .venv and build the screens

$(BIN)/python:
	@if [ -z "$(PYTHON)" ]; then \
		echo "Aisleway needs Python 3.11, 3.12 or 3.13 and found none. Install one, or name yours: make $(MAKECMDGOALS) PYTHON=/path/to/python3.12"; exit 1; fi
	@echo "Making $(VENV) with $$("$(PYTHON)" --version) ..."
	@"$(PYTHON)" -m venv $(VENV) || { rm -rf $(VENV); \
		echo "Python cannot make a virtual environment here. On Debian: apt-get install python3-venv"; exit 1; }

$(VENV)/.installed: requirements.txt requirements-build.txt pyproject.toml | $(BIN)/python
	@echo "Installing what the store server and the nodes need, each file checked against its hash (about a minute) ..."
	@$(PIP) -r requirements-build.txt
	@$(PIP) -r requirements.txt
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	@echo "Installing what the tests and checks need ..."
	@$(PIP) -r requirements-dev.txt
	@touch $@

$(NODE_MODULES): kiosk_ui/package.json kiosk_ui/package-lock.json
	@node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' 2>/dev/null || { \
		echo "The screens need Node.js 20.19 or newer; this machine has $$(node --version 2>/dev/null || echo none). Install it, then run this again."; exit 1; }
	@command -v npm >/dev/null || { echo "Node.js is here but npm is not. Install npm, then run this again."; exit 1; }
	@echo "Installing what builds the screens ..."
	@cd kiosk_ui && npm ci --silent --no-audit --no-fund --no-update-notifier
	@touch $@

$(SCREENS): $(NODE_MODULES) $(SCREEN_SOURCES)
	@echo "Building the screens ..."
	@cd kiosk_ui && npm run --silent build -- --logLevel warn
	@touch $@

# --- running --------------------------------------------------------------------------------------------------------------

# Ctrl-C reaches make and the demo alike. Who interrupts make alone would wait for ever, since make tells no one: so while the
# demo runs, a loop looks whether make still listens for the interrupt, and passes it on when it does not (or is gone).
.PHONY: run
run: install ## run a whole demo store on this machine; Ctrl-C ends all of it
	@case "$(DEMO)" in "") options="" ;; hall) options="--hall" ;; drugstore) options="--drugstore" ;; \
		*) echo "There is no demo called $(DEMO): leave DEMO out for the supermarket, or say DEMO=hall or DEMO=drugstore."; exit 2 ;; esac; \
	make_listens() { awk '/^State:.*Z/ { exit 1 } /^SigCgt:/ { exit !/[2367abef]$$/ }' "/proc/$$PPID/status"; }; \
	if make_listens; then \
		{ while sleep 0.5 && kill -0 $$$$; do make_listens || { kill -INT $$$$; break; }; done; } >/dev/null 2>&1 & fi; \
	exec $(BIN)/aisleway demo $$options --port $(PORT)

# --- proving --------------------------------------------------------------------------------------------------------------

.PHONY: test
test: test-tools $(VENV)/.installed-dev $(SCREENS) ## install what is missing, then prove everything (under 15 minutes)
	@$(MAKE) all-steps MARKED="not long"

.PHONY: test-long
test-long: test-tools $(VENV)/.installed-dev $(SCREENS) ## the same with the full figures; takes much longer
	@$(MAKE) all-steps MARKED="long or not long"

# Every step runs, so that one look shows all that is wrong; the tests come last, so that their closing line does too.
.PHONY: all-steps
all-steps:
	@failed=""; \
	for step in lint types drift screens-test pytest; do $(MAKE) $$step MARKED="$(MARKED)" || failed="$$failed $$step"; done; \
	if [ -n "$$failed" ]; then echo "Failed:$$failed (each can be run alone with make)"; exit 1; fi

# Tests that start nodes as processes take seconds each.
SLOW_FILES := $(addprefix --ignore=tests/,journeys scanner_node/test_bleak_radio.py scanner_node/test_privacy.py scanner_node/test_uplink.py)
.PHONY: check
check: $(VENV)/.installed-dev $(SCREENS) lint types drift screens-test ## lint, types, drift and the fast tests: before each commit
	@$(BIN)/pytest -q -m "not browser and not long" -k "not postgres" $(TOGETHER) $(SLOW_FILES)

.PHONY: lint
lint: $(VENV)/.installed-dev
	@echo "Reading style ..."
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet || { echo "Some files are not formatted: run $(BIN)/ruff format"; exit 1; }

.PHONY: types
types: $(VENV)/.installed-dev $(NODE_MODULES)
	@echo "Reading types ..."
	@$(BIN)/mypy --no-error-summary
	@cd kiosk_ui && npm run --silent check

.PHONY: drift
drift: $(VENV)/.installed-dev $(NODE_MODULES)
	@echo "Comparing the generated files with what they are made from ..."
	@cd kiosk_ui && PYTHON=$(BIN)/python npm run --silent wire:check

.PHONY: screens-test
screens-test: $(NODE_MODULES)
	@echo "Testing the screens' logic ..."
	@cd kiosk_ui && NODE_OPTIONS=--test-reporter=spec npm test --silent

.PHONY: pytest
pytest: $(VENV)/.installed-dev $(SCREENS)
	@$(BIN)/pytest -m "$(or $(MARKED),not long)" $(TOGETHER) --cov --cov-report= </dev/null
	@covered=$$($(BIN)/coverage report --include='store_server/domain/*' --fail-under=95 --format=total) || { \
		$(BIN)/coverage report --include='store_server/domain/*' --skip-covered; \
		echo "The tests pass, but cover $$covered % of store_server/domain; 95 % is asked for."; exit 1; }; \
	echo "Lines and branches of store_server/domain covered: $$covered %"

.PHONY: test-tools
test-tools:
	@.ci/packages

# --- measuring ------------------------------------------------------------------------------------------------------------

.PHONY: bench
# One BLAS thread, as the server has: several on busy cores turn 40 ms into a second.
bench: $(VENV)/.installed-dev ## measure and print one table, a row per claim
	@OPENBLAS_NUM_THREADS=1 $(BIN)/python -m tests.bench $(BENCH)

.PHONY: mutants
mutants: $(VENV)/.installed-dev ## ask whether the tests of positioning notice a fault; takes an hour
	@OPENBLAS_NUM_THREADS=1 $(BIN)/mutmut run --max-children 1
	@$(BIN)/mutmut results

.PHONY: accuracy
accuracy: $(VENV)/.installed-dev ## measure positions on the real recordings
	@OPENBLAS_NUM_THREADS=1 $(BIN)/python -m tests.accuracy.measure

# --- what it is made of ---------------------------------------------------------------------------------------------------

# Apart from what the tests use: forty libraries that neither the product nor its tests know.
AUDIT := $(VENV)/audit
$(AUDIT)/.installed: requirements-audit.txt | $(BIN)/python
	@echo "Installing what looks advisories up ..."
	@$(BIN)/python -m venv $(AUDIT)
	@$(AUDIT)/bin/python -m pip --quiet --disable-pip-version-check --no-input install --no-compile -r requirements-audit.txt
	@touch $@

.PHONY: audit
audit: ## look every pinned version up among the published advisories; fails where it cannot look
	@AUDIT_TOOLS=$(AUDIT) .ci/audit

.PHONY: sbom
sbom: $(AUDIT)/.installed ## write what it is made of, for others' audits: build/sbom-*.json (CycloneDX)
	@mkdir -p build
	@$(AUDIT)/bin/cyclonedx-py requirements --of JSON --output-file build/sbom-server.json requirements.txt
	@$(AUDIT)/bin/cyclonedx-py requirements --of JSON --output-file build/sbom-node.json requirements-node.txt
	@cd kiosk_ui && npm sbom --package-lock-only --sbom-format cyclonedx > ../build/sbom-screens.json
	@ls build/sbom-*.json

# --- keeping house --------------------------------------------------------------------------------------------------------

.PHONY: wire
wire: $(VENV)/.installed-dev $(NODE_MODULES) ## write the JSON Schemas and TypeScript types anew from store_server/wire
	@cd kiosk_ui && PYTHON=$(BIN)/python npm run --silent wire

.PHONY: clean
clean: ## remove everything built, installed or measured here, demo data too
	@rm -rf $(VENV) kiosk_ui/node_modules kiosk_ui/build store_server/web/static .demo .bench build dist *.egg-info \
		.coverage .coverage.* htmlcov .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
