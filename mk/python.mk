# The Python package: its wheel, and tests of the wheel in an environment of its own. It needs Rust, Python 3.10 or newer with venv,
# and pip; all else comes from PyPI. The wheel is built with the profile of tests, below the same target folder as the program, so that
# what both use is compiled once.
.PHONY: wheel test-py

PYTHON ?= $(or $(shell command -v python3.11),python3)
PY_OUT := $(abspath $(TARGET))/python
PY := $(PY_OUT)/venv/bin/python
PY_ENVIRONMENT := CARGO_TARGET_DIR='$(abspath $(TARGET))' PYTHONDONTWRITEBYTECODE=1

$(PY_OUT)/venv/ready: python/tests/requirements.txt
	@mkdir -p $(PY_OUT)
	@rm -rf $(PY_OUT)/venv
	@$(PYTHON) -m venv $(PY_OUT)/venv
	@$(PY) -m pip install -q --disable-pip-version-check 'maturin>=1.9,<2' -r python/tests/requirements.txt
	@touch $@

wheel: tools $(PY_OUT)/venv/ready ## the Python wheel, as it is given to others, in target/python/dist
	@rm -rf $(PY_OUT)/dist
	@$(PY_ENVIRONMENT) $(PY_OUT)/venv/bin/maturin build --quiet --profile release --strip --manifest-path python/Cargo.toml --out $(PY_OUT)/dist
	@ls -1s --block-size=M $(PY_OUT)/dist/*.whl

test-py: tools $(PY_OUT)/venv/ready ## the Python wheel in a clean environment: pytest, typed stubs, the notebook
	@$(PY) python/tests/same_versions.py
	@rm -rf $(PY_OUT)/test
	@$(PY_ENVIRONMENT) $(PY_OUT)/venv/bin/maturin build --profile dev --manifest-path python/Cargo.toml --out $(PY_OUT)/test 2>&1 | grep -v Compiling
	@$(PY) -m pip install -q --disable-pip-version-check --force-reinstall --no-deps $(PY_OUT)/test/*.whl
	@$(PY_ENVIRONMENT) $(CARGO) clippy --quiet --locked --manifest-path python/Cargo.toml -- -D warnings
	@$(CARGO) fmt --check --manifest-path python/Cargo.toml
	@$(PY_OUT)/venv/bin/ruff check --quiet --no-cache python && $(PY_OUT)/venv/bin/ruff format --quiet --no-cache --check python/package python/tests
	@cd $(PY_OUT) && $(PY) -m mypy.stubtest lifering --mypy-config-file '$(CURDIR)/python/pyproject.toml'
	@cd python && $(PY_ENVIRONMENT) $(PY) -m pytest -q -p no:cacheprovider
	@ls -1s --block-size=M $(PY_OUT)/test/*.whl
