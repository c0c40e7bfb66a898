# A fresh machine needs Python 3.11, pip, make and a package index; everything else is set up here.
# `make` alone lists what there is.

SHELL := /bin/sh
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
SITE := $(VENV)/lib/python3.11/site-packages
READY := $(VENV)/.ready

# No tool reports home from anything started here.
export AIRFLOW__USAGE_DATA_COLLECTION__ENABLED := False
export DBT_SEND_ANONYMOUS_USAGE_STATS := False
export DO_NOT_TRACK := 1
export GX_ANALYTICS_ENABLED := False

.PHONY: help setup demo test test-airflow airflow lint format types lock clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 22

setup: $(READY) ## make the virtual environment in .venv
	@:

demo: $(READY) ## five councils' records through the nightly job; prints where to look
	@$(BIN)/redress demo

test: $(READY) ## the tests, with coverage of plugins/redress
	@$(BIN)/pytest -n 2 --dist loadfile --cov

test-airflow: $(READY) ## the same DAGs under a real `airflow standalone` (about two minutes)
	@$(BIN)/pytest tests/airflow -m standalone

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
	@echo uv | $(BIN)/uv pip compile --upgrade --quiet --generate-hashes --no-emit-index-url --no-header \
		--no-annotate --python-version 3.11 --output-file .ci/uv.lock -
	@$(BIN)/uv pip compile --upgrade --quiet --generate-hashes --no-emit-index-url --no-header \
		--no-annotate --python-version 3.11 --group dev --output-file requirements.lock pyproject.toml

clean: ## remove the virtual environment and the tools' caches (never the data folder)
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .coverage dbt_project/target dbt_project/logs

# uv installs in seconds what takes pip a minute, from the index that pip is set to. It is a convenience: where
# it cannot be had or cannot install, pip installs the same locked files.
# The library is put on the path as it stands, so nothing has to be built.
$(READY): requirements.lock .ci/uv.lock
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 was not found; install it or run make PYTHON=/path/to/python3.11." >&2; exit 1; }
	@echo "Setting up $(VENV) from requirements.lock ..."
	@$(PYTHON) -m venv --clear --without-pip $(VENV)
	@$(PYTHON) -m pip --python $(BIN)/python install -qq --require-hashes -r .ci/uv.lock || true
	@index=$${PIP_INDEX_URL:-$$($(PYTHON) -m pip config get global.index-url 2>/dev/null)}; \
	[ -z "$$index" ] || export UV_DEFAULT_INDEX="$${UV_DEFAULT_INDEX:-$$index}"; \
	{ [ -x $(BIN)/uv ] && $(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode \
			--require-hashes -r requirements.lock; } \
		|| { echo "uv could not install; pip does it now, which takes a minute or two."; \
			$(PYTHON) -m pip --python $(BIN)/python install --quiet --require-hashes --no-deps -r requirements.lock; }
	@echo "$(CURDIR)/plugins" > $(SITE)/redress.pth
	@printf '#!%s\nimport sys\n\nfrom redress.cli import app\n\nsys.exit(app())\n' "$(CURDIR)/$(BIN)/python" > $(BIN)/redress
	@chmod +x $(BIN)/redress
	@touch $@
