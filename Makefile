PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
unexport PYTHONDONTWRITEBYTECODE  # the tests start many processes: each would compile everything again

.PHONY: rehearse test quick check install browser prove bench clean

rehearse: install            ## the main job: 1,000 customers against the bundled reference, then the go/no-go page
	$(BIN)/golive rehearse launch

test: install browser check  ## everything: checks, all tests, both suites, a short rehearsal
	$(BIN)/pytest -q -n 2 -m "not slow"
	$(BIN)/pytest -q -n 2 -m slow
	$(BIN)/golive contract -n 2
	$(BIN)/golive security -n 2
	$(BIN)/golive rehearse short

quick: install check         ## the inner loop: no root, no browser, at most a minute
	$(BIN)/pytest -q -n 2 -m "not browser and not slow and not thorough"

check: install               ## style, types, import directions
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m proof.freshness

prove: install               ## every planted bug must be caught, each by its own promise (long: each is a run of its own)
	$(BIN)/python -m proof

bench: install               ## the figures of docs/performance.md
	$(BIN)/python -m benchmarks

install: $(STAMP)

$(STAMP): requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
	touch $(STAMP)

browser:                     ## Debian's Chromium and a Chinese font, where this user may install them
	@sh deploy/browser.sh

clean:
	rm -rf .venv build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
