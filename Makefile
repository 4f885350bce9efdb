# A student needs `make lab`; whoever changes something needs `make test`.

PYTHON ?= python3
python := .venv/bin/python

# A .venv works where it was made: in a folder that was moved or renamed it is set up again.
place := $(firstword $(shell pwd | cksum))

lock := .venv/bin/uv pip compile --upgrade --universal --python-version 3.11 --fork-strategy fewest \
	--generate-hashes --no-annotate --custom-compile-command "make lock" --quiet

.PHONY: help lab dashboard demo test bench notebooks lock licences clean
.DEFAULT_GOAL := help

help: ## list what make can do
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/\1|\2/p' Makefile | awk -F'|' '{ printf "make %-10s %s\n", $$1, $$2 }'

lab: .venv/lab-ready-$(place) ## set everything up and open JupyterLab on the first notebook
	@.venv/bin/labkit open

dashboard: .venv/lab-ready-$(place) ## set everything up and open the lab's panel as a page
	@.venv/bin/labkit dashboard

demo: .venv/lab-ready-$(place) ## play the attack and the closed relay in the terminal
	@.venv/bin/labkit demo

test: .venv/test-ready-$(place) ## run every check
	$(python) -m pip check
	$(python) -m ruff check
	$(python) -m mypy --strict labkit
	.venv/bin/lint-imports --no-logo
	$(python) -m pytest -W error -n 2 --dist loadfile tests
	$(python) -m pytest --nbval --nbval-current-env notebooks
	@for name in chromium chromium-browser google-chrome; do command -v $$name >/dev/null && exit 0; done; \
		echo "Left out: tests/browser, because Chromium is not installed."

bench: .venv/test-ready-$(place) ## measure the speeds that tests/benchmarks/README.md states
	@for script in tests/benchmarks/bench_*.py; do $(python) $$script || exit 1; done

notebooks: .venv/test-ready-$(place) ## execute every notebook in place
	@$(python) tests/notebooks/execute.py

lock: .venv/test-ready-$(place) ## refresh the locked versions from pyproject.toml
	$(lock) pyproject.toml --extra build --output-file requirements.lock
	$(lock) pyproject.toml --extra build --extra dev --constraint requirements.lock --output-file requirements-dev.lock
	$(lock) docker/hub/requirements.in --constraint requirements.lock --output-file docker/hub/requirements.lock
	grep == requirements.lock | sed 's/ *\\$$//' > constraints.txt

licences: .venv/test-ready-$(place) ## write THIRD-PARTY.md from the lock files
	@$(python) tests/launch/licences.py

clean: ## remove .venv and everything else that make made
	rm -rf .venv .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -prune -exec rm -rf {} +

.venv/lab-ready-$(place): requirements.lock pyproject.toml
	@$(call set-up,requirements.lock)
	@touch $@

# The test lock holds everything that the lab needs, so the lab is ready as well.
.venv/test-ready-$(place): requirements-dev.lock pyproject.toml
	@$(call set-up,requirements-dev.lock)
	@touch .venv/lab-ready-$(place) $@

define set-up
fail() { printf '%s\n' "$$@" >&2; exit 1; }; \
$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || fail \
	"The lab needs Python 3.11 or newer, and '$(PYTHON)' is missing or older." \
	"Install one from python.org, or name one that you have: make $(MAKECMDGOALS) PYTHON=python3.12"; \
$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || fail \
	"This Python can't make virtual environments, because its venv module is missing." \
	"Install it (Debian, Ubuntu: sudo apt install python3-venv), then run make again."; \
echo "Setting up .venv from $(1): a minute or two, this once."; \
{ ls .venv/*-ready-$(place) && $(python) -m pip --version; } >/dev/null 2>&1 || \
$(PYTHON) -m venv --clear .venv || fail \
	"Could not make the folder .venv here. Is there room, and may you write in this folder?"; \
pip="$(python) -m pip --disable-pip-version-check -qq install"; \
$$pip --require-hashes -r $(1) && $$pip --no-deps --no-build-isolation -e . || fail \
	"Could not install what the lab needs; pip says why above." \
	"Is this machine online? When it is, run make again."
endef
