# A fresh machine needs Python 3.11, pip, make and a package index; everything else is set up here.
# `make` alone lists what there is.

SHELL := /bin/sh
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
UV := $(VENV)/uv/bin/uv
READY := $(VENV)/.ready

# No tool reports home from anything started here.
export AIRFLOW__USAGE_DATA_COLLECTION__ENABLED := False
export DBT_SEND_ANONYMOUS_USAGE_STATS := False
export DO_NOT_TRACK := 1
export GX_ANALYTICS_ENABLED := False

.PHONY: help setup demo test test-airflow test-browser test-services test-slow test-random benchmark airflow lint format types lock clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 22

setup: $(READY) ## make the virtual environment in .venv
	@:

demo: $(READY) ## five councils' records through the nightly job; prints where to look
	@$(BIN)/redress demo

test: $(READY) ## the tests, with coverage of plugins/redress
	@$(BIN)/pytest -n 2 --no-loadscope-reorder --cov

test-airflow: $(READY) ## the same DAGs under a real `airflow standalone` (about two minutes)
	@$(BIN)/pytest tests/airflow -m standalone

test-browser: $(READY) ## the pages and the returns in headless Chromium, documents as pictures; skips what is not installed
	@$(BIN)/pytest -m browser -rs

test-services: $(READY) ## sources against real servers on loopback (PostgreSQL, MariaDB, SFTP); skips what is not installed
	@$(BIN)/pytest -m services -rs

test-slow: $(READY) ## the other moments a run may be killed at, and more random nights
	@$(BIN)/pytest -m slow -n 2

test-random: $(READY) ## the property tests with new random examples, which `make test` keeps the same from run to run
	@$(BIN)/pytest -m "hypothesis and not browser and not standalone" --hypothesis-profile=random -n 2

benchmark: $(READY) ## how long a night with 100 changed cases out of a million takes
	@$(BIN)/python benchmarks/night_of_changes.py --cases 1000000

airflow: $(READY) ## Airflow with its web page on 127.0.0.1, to try; Ctrl-C ends it
	@$(BIN)/python -m redress.airflow_home airflow standalone

lint: $(READY) ## Python, SQL, the compose file and the Dockerfile
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@cd dbt_project && ../$(BIN)/sqlfluff lint --disable-progress-bar .
	@$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
	@$(BIN)/hadolint Dockerfile

format: $(READY) ## rewrite Python and SQL in the house style
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .
	@cd dbt_project && ../$(BIN)/sqlfluff fix --disable-progress-bar .

types: $(READY) ## mypy, strict
	@$(BIN)/mypy

lock: $(READY) ## resolve the newest allowed versions into requirements.lock
	@echo uv | $(UV) pip compile --upgrade --quiet --generate-hashes --no-emit-index-url --no-header \
		--no-annotate --python-version 3.11 --output-file .ci/uv.lock -
	@$(UV) pip compile --upgrade --quiet --generate-hashes --no-emit-index-url --no-header \
		--no-annotate --python-version 3.11 --extra mysql --extra oracle --extra sqlserver --group dev \
		--output-file requirements.lock pyproject.toml

clean: ## remove the virtual environment and the tools' caches (never the data folder)
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .coverage dbt_project/target dbt_project/logs

$(READY): requirements.lock .ci/uv.lock .ci/setup
	@PYTHON=$(PYTHON) .ci/setup $(VENV)
	@touch $@
