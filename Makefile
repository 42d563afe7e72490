# Two commands matter: `make run` and `make test`. Everything below needs Python 3.11, 3.12 or 3.13 and nothing else.
VENV   ?= .venv
# Set STAMP to nothing to use an environment as it is.
STAMP  ?= $(VENV)/.installed
BIN    := $(VENV)/bin
PY     := $(BIN)/python
FITS   := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PYTHON ?= $(shell for name in python3.13 python3.12 python3.11 python3 python; do \
            $$name -c '$(FITS)' >/dev/null 2>&1 && { echo $$name; break; }; done)

.DEFAULT_GOAL := help
.PHONY: help run test prove lint chaos soak fuzz mutate install clean

help:            ## List the targets
	@sed -n 's/^\([a-z-]*\): .*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

run: $(STAMP)    ## Install what is missing, then run the whole lifecycle
	@$(PY) -m cli run $(ARGS)

test: $(STAMP) lint    ## Run ruff, mypy, the import contracts and every test
	@$(PY) -m pytest --numprocesses=2 --dist=loadfile --no-loadscope-reorder $(if $(ARGS),$(ARGS),-p tests.recording)

prove: $(STAMP)    ## Plant every known defect, show which the gates catch; ARGS="9 18 --keep" tries some
	@$(PY) -m cli prove $(ARGS)

chaos: $(STAMP)    ## Try hundreds of kills, races and mutations, and print the figures
	@$(PY) -m pytest tests/chaos tests/proving -m chaos -q $(ARGS)

soak: $(STAMP)    ## Swap the champion a hundred times under load, and count what fails
	@$(PY) -m pytest tests/serving -m chaos -q -s $(ARGS)

fuzz: $(STAMP)    ## Send 20,000 random requests to the server; CASES=1000 sends fewer
	@FUZZ_CASES=$(or $(CASES),20000) $(PY) -m pytest tests/serving/test_fuzz.py -q -s --timeout=3600 $(ARGS)

lint: $(STAMP)    ## Run ruff, mypy and the import contracts
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

mutate: $(STAMP)    ## Try small faults in the gates themselves; ARGS=statements names one file
	@$(PY) -m mutation $(ARGS)

install: $(STAMP)    ## Make the environment and stop there

clean:           ## Remove caches; data, models, ledger and environment stay
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	@find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +

# The lock pins every file by its hash, the installer's own included.
$(VENV)/.installed: requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "No Python 3.11, 3.12 or 3.13 found on PATH." \
	  "Install one, or name it: make run PYTHON=/path/to/python3.12" >&2; exit 2; }
	@echo "Installing into $(VENV) with $$($(PYTHON) --version); this is needed once"
	@$(PYTHON) -m venv $(VENV) || { echo "$(PYTHON) cannot make environments" \
	  "(on Debian and Ubuntu: apt install python3-venv)" >&2; exit 2; }
	@awk '/^uv==/ {on = 1} on {print} on && !/\\$$/ {exit}' requirements.lock > $(VENV)/uv.lock
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r $(VENV)/uv.lock
	@UV_SYSTEM_CERTS=true $(BIN)/uv pip install --quiet --python $(PY) --require-hashes --compile-bytecode \
	  -r requirements.lock || { echo "uv could not install; trying pip, which is slower" >&2; \
	  $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock; }
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

# demo-refusal and bench: the example's own, which a generated project does not have
-include examples/targets.mk
