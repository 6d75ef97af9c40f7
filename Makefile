# The commands of Counterpart. `make demo` and `make test` need only python3, make and git.
.DEFAULT_GOAL := help
.PHONY: help install demo demo-reset test check bench fmt screenshots

PYTHON ?= python3
JOBS ?= 2
BIN := .venv/bin
# These are arguments here; in the environment, DEMO is a setting with another meaning.
unexport DEMO TESTS BENCH MATCHING SINGLE BOOKS NIGHT PRODUCTS

help:
	@echo "make demo        try it: a sandbox, the web pages and a worker, already connected"
	@echo "                 (other ports: make demo DEMO=\"--port 8801 --sandbox-port 9801\")"
	@echo "make install     what the commands of manage.py need, in .venv"
	@echo "make demo-reset  forget what the demo has done"
	@echo "make test        all tests, on an embedded PostgreSQL"
	@echo "make check       format, lint, types, import rules, migrations"
	@echo "make bench       how fast it is, and how many API calls it needs"
	@echo "make screenshots the pictures of docs/images, taken anew"
	@echo "make fmt         put the code into its form"

install: .venv/ready-to-run

demo: .venv/ready-to-run
	@$(BIN)/python manage.py demo $(DEMO)

demo-reset: .venv/ready-to-run
	@$(BIN)/python manage.py demo --reset

test: .venv/ready-to-test
	$(BIN)/pytest -n $(JOBS) --dist worksteal $(TESTS)

check: .venv/ready-to-test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python manage.py check
	$(BIN)/python manage.py makemigrations --check --dry-run

bench: .venv/ready-to-test
	$(BIN)/python -m benchmarks $(BENCH)
	$(BIN)/python -m benchmarks.matching $(MATCHING)
	$(BIN)/python -m benchmarks.single_match $(SINGLE)
	$(BIN)/python -m benchmarks.address_books $(BOOKS)
	$(BIN)/python -m benchmarks.payment_status $(NIGHT)
	$(BIN)/python -m benchmarks.products $(PRODUCTS)

screenshots: .venv/ready-to-test
	$(BIN)/pytest -q tests/browser/screenshots.py

fmt: .venv/ready-to-test
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/python -m config.environment_page

# Everything is pinned with its hash. uv is used where it is present, as it is ten times faster.
define install
	@PYTHON="$(PYTHON)" sh .ci/install $(1)
	@touch $@
endef

.venv/ready-to-run: requirements.txt .ci/install
	$(call install,requirements.txt)

.venv/ready-to-test: requirements.txt requirements-dev.txt .ci/install
	$(call install,requirements-dev.txt)
	@touch .venv/ready-to-run
