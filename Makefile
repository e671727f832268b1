# Two commands matter: `make demo` and `make test`. Both set everything up in .venv first.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help demo demo-trial calibrate test test-postgres check bench docs validate-body site soak data lock clean

help:  ## this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "setting up $(VENV) (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(READY)  ## a safe evening for one example person
	@$(BIN)/anmin plan --example taiwan-34
	@$(BIN)/anmin new --list

demo-trial: $(READY)  ## a whole self-trial on a simulated person: design, sealed schedule, verdict, next plan
	@mkdir -p build && $(BIN)/python tools/demo_trial.py build/self-trial.html

test: $(READY)  ## everything that must hold: types, style, layers, tests
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/pytest -n 2

test-postgres: $(READY)  ## the store's tests against a PostgreSQL server started for them
	@tools/test_postgres.sh

check: $(READY)  ## types, style and layers only (seconds)
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports

bench: $(READY)  ## speed, as ratios against a peer measured in the same run
	@for file in benchmarks/bench_*.py; do echo "== $$file"; $(BIN)/python $$file || exit 1; done

calibrate: $(READY)  ## error rates of the trial analysis by simulation, into docs/calibration.md (minutes)
	@$(BIN)/python benchmarks/calibrate.py

docs: $(READY)  ## write docs/reference (commands, schemas, data coverage) anew
	@$(BIN)/python tools/build_docs.py

validate-body: $(READY)  ## hold the body's models against what was published, into docs/body
	@$(BIN)/python tools/validate_bath.py
	@$(BIN)/python tools/validate_body_models.py

site: $(READY)  ## the evidence as plain web pages, into build/site
	@mkdir -p build && $(BIN)/anmin evidence site build/site

soak: $(READY)  ## the property tests on a million people (hours)
	@ANMIN_PEOPLE=1000000 $(BIN)/pytest -m soak

data: $(READY)  ## compile the facts and rebuild the effects after an edit
	@$(BIN)/python -m anmin.knowledge.compile
	@$(BIN)/python -m anmin.body.clock_table
	@$(BIN)/python -m anmin.plan.bath_table
	@$(BIN)/anmin evidence build

lock:  ## resolve the dependencies anew
	@$(PYTHON) -m venv .make/lock && .make/lock/bin/pip install --quiet uv
	@.make/lock/bin/uv pip compile --quiet --universal --generate-hashes --no-annotate --no-header \
	  --group dev --all-extras --python-version 3.11 pyproject.toml --output-file requirements.lock

clean:  ## remove what make made
	@rm -rf $(VENV) .make .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
