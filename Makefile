# The same targets people use and CI runs. `make help` lists them.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8080
DATA ?= ../shared/data
export CUSTOMER360_HOME ?= $(CURDIR)/data

# For commands that read the dbt project but not the warehouse: any path will do, so none is touched.
NO_WAREHOUSE := CUSTOMER360_WAREHOUSE=:memory:

.PHONY: help setup lock run test faults lint audit up real-data fuzz bench docs clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

setup: $(VENV)/.installed ## make the virtual environment

$(VENV)/.installed: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(None if (3, 11) <= sys.version_info < (3, 14) else "Python 3.11, 3.12 or 3.13 is needed: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet uv==0.13.9
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $@

lock: ## compile the requirements with hashes
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --all-extras pyproject.toml -o requirements.txt

run: setup ## run the DAGs once on the configured sources, or the sample company, and show the first answers
	@ops/run

up: setup ## Airflow with its web UI on 127.0.0.1:$(PORT), the DAGs on their schedules, until Ctrl-C
	@ops/up $(PORT)

test: setup ## every test
	$(BIN)/python -m pytest -n logical --maxprocesses 4 --dist loadfile --no-loadscope-reorder

faults: setup ## kill the real commands 300 times and compare with an undisturbed run (SEED=1, KILLS=300)
	$(BIN)/python tests/faults --kills $(or $(KILLS),300) --seed $(or $(SEED),1)

lint: setup ## ruff, sqlfluff, and that dbt can parse the project
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(NO_WAREHOUSE) $(BIN)/dbt --quiet parse --project-dir dbt_project --profiles-dir dbt_project
	$(NO_WAREHOUSE) PYTHONWARNINGS=ignore $(BIN)/sqlfluff lint --processes 2 dbt_project

audit: setup ## the lock and its licences; then known vulnerabilities, for which the network is needed
	$(BIN)/python ops/audit.py
	$(BIN)/uv tool run --from pip-audit==2.10.1 pip-audit --strict --require-hashes --disable-pip -r requirements.txt

real-data: setup ## the main job on the real data sets in DATA, each figure beside its published one
	$(BIN)/python -m real_data --data $(DATA) --home $(CUSTOMER360_HOME)/real

fuzz: setup ## throw 1,000 malformed files and API pages at the pulls; one that breaks them is named with its seed
	$(BIN)/python tests/fuzz/fuzz_run.py --inputs 1000 --seed 1

bench: setup ## measure speed and memory against the plain alternatives
	$(BIN)/python -m bench
	$(BIN)/python -m bench.identity accuracy
	$(BIN)/python -m bench.identity speed
	$(BIN)/python -m bench.forecast
	$(BIN)/python -m bench.levels
	$(BIN)/python -m bench.tickets
	$(BIN)/python -m bench.fairness
	$(BIN)/python -m bench.reconcile
	$(BIN)/python -m bench.completeness faults
	$(BIN)/python -m bench.restore

docs: setup ## dbt's documentation of every model into $(CUSTOMER360_HOME)/docs/dbt
	CUSTOMER360_WAREHOUSE=$(CUSTOMER360_HOME)/warehouse.duckdb $(BIN)/dbt --quiet docs generate --static \
		--project-dir dbt_project --profiles-dir dbt_project --target-path $(CUSTOMER360_HOME)/docs/dbt \
		--vars "as_of_date: $$(date +%F)"
	@echo "Open $(CUSTOMER360_HOME)/docs/dbt/static_index.html"

clean: ## remove the virtual environment and caches; the data stays
	rm -rf $(VENV) .pytest_cache .ruff_cache .hypothesis dbt_project/target dbt_project/logs
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
