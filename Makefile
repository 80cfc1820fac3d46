# Two commands: `make demo` and `make test`. Both set up .venv once and again only when the pins change.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: pictures keys ghostty demo demo-modal demo-modal-cockpit test check setup clean
.DEFAULT_GOAL := demo

setup: $(READY)

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "golfer needs Python 3.11 or newer; '$(PYTHON)' is older. Try: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 2; }
	@if command -v uv >/dev/null 2>&1; then \
		uv venv --quiet --allow-existing --python $(PYTHON) $(VENV) && \
		uv pip install --quiet --python $(BIN)/python -c constraints.txt -e '.[dev]'; \
	else \
		$(PYTHON) -m venv $(VENV) || { echo "Python's venv module is missing. On Debian and Ubuntu: apt install python3-venv" >&2; exit 2; }; \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'; \
	fi
	@touch $(READY)

demo: $(READY)
	@$(BIN)/golfer --demo

# The same with workers on Modal, where Modal is a plane on the loopback: no account, no network, no costs. A kill, a
# restart, a crash and a resume come along; demo-modal-cockpit opens the cockpit there.
demo-modal: $(READY)
	@$(BIN)/python benchmarks/modal_demo.py

demo-modal-cockpit: $(READY)
	@PYTHONPATH=tests $(BIN)/python -m loopback.modal_plane $(BIN)/golfer --demo --backend modal

test: $(READY)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/pytest -n 3

# The pictures of README and docs, taken from a real run of the demo.
pictures: $(READY)
	@$(BIN)/python docs/pictures.py

# The page of all keys, out of the table of actions.
keys: $(READY)
	@$(BIN)/python docs/keys.py

# The tables of the terminal emulator's calls, out of the declarations of the pinned pyghostty.
ghostty: $(READY)
	@$(BIN)/python docs/ghostty_abi.py

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .hypothesis
