# make demo    build the environment and analyse a sample photo into demo/
# make test    build the environment, check the style and the types, run every test with coverage
# make quick   the tests that take a moment
# make lint    style and types
# make bench   speed and memory, as ratios
# make docs    write the generated parts of the documentation again
# make language  bring the catalogues of other languages up to date
# make clean   remove everything that make made

# The first of these that runs and is new enough. Another one: make PYTHON=/path/to/python
PYTHON := $(shell for python in python3 python3.13 python3.12 python3.11 python; do \
	if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo "$$python"; break; fi; done)

VENV := .venv
BIN := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
INSTALLED := $(VENV)/installed
INSTALLED_DEV := $(VENV)/installed-dev
# The sources count as they are (editable); only these make a new installation necessary.
INGREDIENTS := pyproject.toml $(wildcard models/*.toml models/*.py models/*.onnx models/*.npz models/bundling/*.py)
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# An environment whose Python has gone (an upgrade of the system, a folder that was moved) is made again.
$(shell [ ! -d $(VENV) ] || $(BIN)/python -m pip --version >/dev/null 2>&1 || rm -rf $(VENV))

.PHONY: demo test quick lint bench docs language clean machine
.DELETE_ON_ERROR:

demo: machine $(INSTALLED)
	$(BIN)/posturecam analyze sample_images/front.jpg --out demo/

test: lint
	$(BIN)/python -m pytest --cov --cov-report=term

quick: machine $(INSTALLED_DEV)
	$(BIN)/python -m pytest -m "not slow"

lint: machine $(INSTALLED_DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: machine $(INSTALLED_DEV)
	$(BIN)/python benchmarks/run.py

docs: machine $(INSTALLED_DEV)
	$(BIN)/python docs/generate.py

language: machine $(INSTALLED_DEV)
	$(BIN)/python translation/update.py --missing

clean:
	rm -rf $(VENV) demo build dist src/posturecam/_models .coverage .mypy_cache .pytest_cache .ruff_cache .hypothesis

machine:
	@if [ -z "$(PYTHON)" ]; then \
		echo "posturecam needs Python 3.11 or newer, and none was found as python3, python3.13, python3.12 or python3.11." >&2; \
		echo "Install one (Debian: sudo apt-get install python3 python3-venv), or name it: make $(MAKECMDGOALS) PYTHON=/path/to/python" >&2; \
		exit 2; \
	fi
	@"$(PYTHON)" src/posturecam/system_libraries.py

$(VENV)/pyvenv.cfg: | machine
	"$(PYTHON)" -m venv --clear $(VENV)

$(INSTALLED): $(INGREDIENTS) | machine $(VENV)/pyvenv.cfg
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(INSTALLED_DEV): $(INGREDIENTS) | machine $(VENV)/pyvenv.cfg
	$(BIN)/python -m pip install --quiet --editable ".[dev]"
	touch $@ $(INSTALLED)
