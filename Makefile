# make demo   the whole product, with a made-up shop and no account anywhere
# make install  the product alone: what a server needs
# make test   every test, on as many cores as there are, four at the most (JOBS=0: in one process, for a debugger)
# make lint   ruff, mypy, import-linter
# make lock   resolve the dependencies anew
# PYTHON=python3.13 make demo   with a Python of your choice

ENV := .venv
BIN := $(ENV)/bin
# a stamp a content: another checkout of the same files installs nothing
DEMO := $(ENV)/.demo-$(shell cat requirements.lock requirements-models.lock pyproject.toml | cksum | cut -d' ' -f1)
TEST := $(ENV)/.test-$(shell cat requirements.lock requirements-models.lock requirements-test.lock pyproject.toml | cksum | cut -d' ' -f1)
JOBS ?= auto
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: demo install test lint lock clean
.DEFAULT_GOAL := demo

demo: $(DEMO)
	@$(BIN)/shopdesk demo || [ $$? -eq 130 ]  # Ctrl-C is how one ends it

install: $(DEMO)

test: $(TEST)
	@$(BIN)/python -m pytest -n $(JOBS) --maxprocesses 4 $(ARGS)

lint: $(TEST)
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports

lock: $(BIN)/pip
	$(BIN)/python .ci/lock

clean:
	rm -rf $(ENV)

# pip comes last: without it the environment is half made
$(BIN)/pip:
	@PYTHON="$(PYTHON)" .ci/make-env $(ENV)

$(DEMO): | $(BIN)/pip
	@echo "Installing what Shopdesk needs (once, two or three minutes) ..."
	@$(PIP) install --requirement requirements-models.lock
	@$(PIP) install --no-deps --editable .
	@rm -f $(ENV)/.demo-*
	@touch $@

$(TEST): | $(DEMO)
	@echo "Installing what the tests need (once) ..."
	@$(PIP) install --requirement requirements-test.lock
	@rm -f $(ENV)/.test-*
	@touch $@
