# The same words for a person and for CI. Every target makes what it needs; an environment is
# built again only when pyproject.toml or constraints.txt change (stamp files inside it).

PYTHON ?= python3
PIP := -m pip install -qq --disable-pip-version-check -c constraints.txt
INPUTS := pyproject.toml constraints.txt

# The build backend is pinned too.
export PIP_CONSTRAINT := constraints.txt
export KERAS_BACKEND := torch

.PHONY: help demo test test-slow test-kernels test-kernels-slow check docs bench clean
.NOTPARALLEL:

help:
	@echo "make demo       the example networks with their answers"
	@echo "make test       the tests, with a seeded part of every property"
	@echo "make test-slow  the full counts of every property"
	@echo "make test-kernels  builds the compiled kernels and tests them"
	@echo "make test-kernels-slow  3,000 random convolutions, and the C++ code under the sanitizers"
	@echo "make check      lint, format, types, house rules"
	@echo "make docs       the documentation, warnings are errors"
	@echo "make bench      side by side with the tools people use; writes the tables of the pages"
	@echo "make clean      removes what the targets above made"

demo: .venv/.light
	@.venv/bin/python -m convwise.examples

test: .venv/.test
	OMP_NUM_THREADS=1 .venv/bin/python -m pytest -q -n 2 -m "not slow"

test-slow: .venv/.test
	OMP_NUM_THREADS=1 .venv/bin/python -m pytest -q -n 2 -m slow --durations=5

test-kernels: .venv/.kernels
	cd kernels && OMP_NUM_THREADS=2 ../.venv/bin/python -m pytest -q -n 2 -m "not slow" tests
	OMP_NUM_THREADS=1 .venv/bin/python -m pytest -q -m "not slow" tests/engine/plans tests/engine/test_accelerate.py

test-kernels-slow: .venv/.kernels
	cd kernels && OMP_NUM_THREADS=1 ../.venv/bin/python -m pytest -q -n 2 -m slow tests

check: .venv/.check
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/python -m pytest -q tests/house -m "not slow"

docs: .docs-venv/.stamp
	.docs-venv/bin/python tools/kinds_page.py
	.docs-venv/bin/python -m tools.dialects_page
	.docs-venv/bin/python -m tools.time_page
	.docs-venv/bin/python -m tools.run_pages
	.docs-venv/bin/mkdocs build --strict --quiet
	@echo "site/index.html"

bench: .bench-venv/.stamp
	.bench-venv/bin/python -m benchmarks.costs
	.bench-venv/bin/python -m benchmarks.cost_table
	.bench-venv/bin/python -m benchmarks.precision_costs
	.bench-venv/bin/python -m benchmarks.precision_table
	.bench-venv/bin/python -m benchmarks.accuracy
	.bench-venv/bin/python -m benchmarks.summary_speed
	.bench-venv/bin/python -m benchmarks.accuracy_table
	.bench-venv/bin/python -m benchmarks.table

.venv/.light: $(INPUTS)
	$(PYTHON) -m venv --clear .venv
	.venv/bin/python $(PIP) -e .
	@touch $@

.venv/.test: .venv/.light
	.venv/bin/python $(PIP) -e '.[test]'
	@touch $@

.venv/.kernels: .venv/.test $(shell find kernels/src kernels/CMakeLists.txt kernels/pyproject.toml -type f)
	.venv/bin/python $(PIP) ./kernels
	@touch $@

.venv/.check: .venv/.light
	.venv/bin/python $(PIP) -e '.[check]'
	@touch $@

.docs-venv/.stamp: $(INPUTS)
	$(PYTHON) -m venv --clear .docs-venv
	.docs-venv/bin/python $(PIP) -e '.[docs]'
	@touch $@

.bench-venv/.stamp: $(INPUTS)
	$(PYTHON) -m venv --clear .bench-venv
	.bench-venv/bin/python $(PIP) -e '.[bench]'
	@touch $@

clean:
	rm -rf .venv .docs-venv .bench-venv site dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
