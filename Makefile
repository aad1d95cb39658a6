# make demo    build the environment and analyse a sample photo into demo/
# make test    build the environment, check the style and the types, run every test with coverage
# make quick   the tests that need no picture, no network and no other program: half a minute
# make lint    style and types
# make bench   speed and memory, as ratios
# make docs    write the generated parts of the documentation again
# make demo LOCKED=1  the same from the releases in locks/, each checked by its hash
# make release  source distribution, wheel and a list of everything in an installation (SBOM), into dist/
# make audit   ask whether a weakness is known of any release in locks/; needs a network
# make lock    write locks/ anew: the newest releases within the bounds of pyproject.toml
# make language  bring the catalogues of other languages up to date
# make clean   remove everything that make made

# The first of these that runs and is new enough. Another one: make PYTHON=/path/to/python
PYTHON := $(shell for python in python3 python3.13 python3.12 python3.11 python; do \
	if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo "$$python"; break; fi; done)

# So many processes share the tests; each opens the networks once. make test TEST_PROCESSES=4
TEST_PROCESSES := 2

# A locked environment has a folder of its own: what was installed otherwise is not taken for it.
VENV := .venv$(if $(LOCKED),-locked)
BIN := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
INSTALLED := $(VENV)/installed
INSTALLED_DEV := $(VENV)/installed-dev
# What makes a release stays apart from what is released.
TOOLS_VENV := .venv-release
TOOLS := $(TOOLS_VENV)/$(notdir $(BIN))
INSTALLED_TOOLS := $(TOOLS_VENV)/installed
HASHED := install --quiet --require-hashes --only-binary :all:
# The sources count as they are (editable); only these make a new installation necessary.
INGREDIENTS := pyproject.toml $(wildcard models/*.toml models/*.py models/*.onnx models/*.npz models/bundling/*.py) \
	$(if $(LOCKED),locks/build.txt locks/requirements.txt)
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# An environment whose Python has gone (an upgrade of the system, a folder that was moved) is made again.
$(foreach folder,$(VENV) $(TOOLS_VENV),$(shell [ ! -d $(folder) ] || \
	$(folder)/$(notdir $(BIN))/python -m pip --version >/dev/null 2>&1 || rm -rf $(folder)))

.PHONY: demo test quick lint bench docs language release audit lock clean machine
.DELETE_ON_ERROR:

demo: machine $(INSTALLED)
	$(BIN)/posturecam analyze sample_images/front.jpg --out demo/

PYTEST := $(BIN)/python -m pytest -n $(TEST_PROCESSES)

# First what takes a moment, so that a simple mistake is told soon.
test: lint
	$(PYTEST) --part quick --cov --cov-report=
	$(PYTEST) --part rest --dist loadgroup --cov --cov-append --cov-report=term

quick: machine $(INSTALLED_DEV)
	$(PYTEST) --part quick

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

# The list is of an installation from the wheel with every extra, in an environment that holds nothing else.
release: machine $(INSTALLED_TOOLS)
	rm -rf dist build/listed
	$(TOOLS)/python -m build --no-isolation --outdir dist .
	"$(PYTHON)" -m venv --without-pip build/listed
	$(TOOLS)/python -m pip --python build/listed $(HASHED) -r locks/all-extras.txt
	$(TOOLS)/python -m pip --python build/listed install --quiet --no-deps --no-index --find-links dist posturecam
	$(TOOLS)/python release/sbom.py build/listed/$(notdir $(BIN))/python dist/$$(basename dist/*.tar.gz .tar.gz).cdx.json

audit: machine $(INSTALLED_TOOLS)
	$(TOOLS)/python release/audit.py

lock: machine $(INSTALLED_TOOLS)
	$(TOOLS)/python release/lock.py

clean:
	rm -rf .venv .venv-locked .venv-release demo build dist src/posturecam/_models .coverage .mypy_cache .pytest_cache .ruff_cache .hypothesis

machine:
	@if [ -z "$(PYTHON)" ]; then \
		echo "posturecam needs Python 3.11 or newer, and none was found as python3, python3.13, python3.12 or python3.11." >&2; \
		echo "Install one (Debian: sudo apt-get install python3 python3-venv), or name it: make $(MAKECMDGOALS) PYTHON=/path/to/python" >&2; \
		exit 2; \
	fi
	@"$(PYTHON)" src/posturecam/cli/system_libraries.py

$(VENV)/pyvenv.cfg: | machine
	"$(PYTHON)" -m venv --clear $(VENV)

# Without isolation the build takes its own tools from the lock too; the model's networks have checksums of their own.
$(INSTALLED): $(INGREDIENTS) | machine $(VENV)/pyvenv.cfg
ifdef LOCKED
	$(BIN)/python -m pip $(HASHED) -r locks/build.txt -r locks/requirements.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
else
	$(BIN)/python -m pip install --quiet --editable .
endif
	touch $@

$(INSTALLED_DEV): $(INGREDIENTS) | machine $(VENV)/pyvenv.cfg
ifdef LOCKED
	@echo "The tests' own tools are not locked: LOCKED=1 is for make demo." >&2; exit 2
endif
	$(BIN)/python -m pip install --quiet --editable ".[dev]"
	touch $@ $(INSTALLED)

$(TOOLS_VENV)/pyvenv.cfg: | machine
	"$(PYTHON)" -m venv --clear $(TOOLS_VENV)

$(INSTALLED_TOOLS): locks/build.txt locks/tools.txt | machine $(TOOLS_VENV)/pyvenv.cfg
	$(TOOLS)/python -m pip $(HASHED) -r locks/build.txt -r locks/tools.txt
	touch $@
