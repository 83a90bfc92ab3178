# make run · make test · make check · make pictures · make bench · make bench-full · make clean   (README.md, CONTRIBUTING.md)
.DEFAULT_GOAL := run
.PHONY: run test check pictures bench bench-full bench-cuda clean venv venv-dev format env texts

BIN := .venv/bin
# The first Python that is new enough; empty when there is none.
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3 python; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)
PYTEST_ARGS ?=

define need_python
@test -n "$(PYTHON)" || { echo "Artel needs Python 3.11 or newer. On Debian or Ubuntu: sudo apt install python3 python3-venv" >&2; exit 1; }
endef

run: venv
	@$(BIN)/artel up

test: venv-dev
	@$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)

check: venv-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

# The whole path in a real browser again, keeping its screenshots for the documentation.
pictures: venv-dev
	@KEEP_PICTURES=1 $(BIN)/python -m pytest tests/e2e/test_the_whole_path.py

bench: venv-dev
	@$(BIN)/python -m benchmarks

# Beside other small GANs, which it installs for the time being; an hour and a half for each set. BENCH_ARGS="--minutes 1"
# for a first look, --sets critters,pixels,lines,avatars,animals for more.
BENCH_ARGS ?=

bench-full: venv-dev
	@$(BIN)/python -m benchmarks peers --minutes 12 --grids docs/pictures $(BENCH_ARGS)

bench-cuda: venv-dev
	@$(BIN)/python -m benchmarks peers --device cuda --minutes 3 $(BENCH_ARGS)

format: venv-dev
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

env: venv
	@$(BIN)/python -m bot.settings > .env.example

# Find the sentences of the code, merge them into bot/locale/*.po, compile; lists what is still to be translated.
texts: venv-dev
	@$(BIN)/python -m scripts.texts

venv:
	$(need_python)
	@$(PYTHON) scripts/bootstrap.py

venv-dev:
	$(need_python)
	@$(PYTHON) scripts/bootstrap.py --dev

# Leaves data/ alone: that is yours.
clean:
	@rm -rf .venv build *.egg-info .mypy_cache .ruff_cache .import_linter_cache .hypothesis .pytest_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
