# Two commands do everything on a fresh machine: `make demo` and `make test`. Each makes its own .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# what `make demo` needs: the grader as a student has it, without the developer's tools
DEMO := $(VENV)/.demo
REPORTS := build/demo
# Two torch processes that each take all cores run many times slower than two with one each.
export OMP_NUM_THREADS := 1
export OMP_WAIT_POLICY := PASSIVE
# Bytecode is kept, also where the shell says otherwise: some hundred processes would compile the package anew.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo test tests lint build bench findings mutants fuzz slow clean

demo: $(if $(wildcard $(READY)),,$(DEMO))
	@mkdir -p $(REPORTS)
	@for notebook in right stub five_mistakes; do \
	  echo; echo "$$ grade examples/$$notebook.ipynb"; \
	  $(BIN)/grade examples/$$notebook.ipynb --page $(REPORTS)/$$notebook.html; \
	  code=$$?; test $$code -le 1 -o $$code -eq 4 || exit 1; \
	done
	@echo; echo "The same as pages for a browser:"; ls $(REPORTS)/*.html

# lint beside the tests: mypy has one core only
test: $(READY)
	$(MAKE) --no-print-directory -j 2 lint tests

tests: $(READY)
	$(BIN)/python -m pytest -q -n 3 --dist worksteal

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/grade build --check

# solutions/figures/ (a PNG that has to be made anew needs Chromium), exercises/ from solutions/, the example notebooks, the README's picture (Chromium too), the published schema, docs/understands.md, the list of words in docs/authors.md
build: $(READY)
	$(BIN)/python tools/figures.py --png
	$(BIN)/grade build
	$(BIN)/python tools/make_examples.py
	$(BIN)/python tools/report_picture.py
	$(BIN)/python -c "from grader.report.json import schema; open('docs/report.schema.json', 'w').write(schema())"
	$(BIN)/python -c "from grader.packaging.understands import render; open('docs/understands.md', 'w', encoding='utf-8').write(render())"
	$(BIN)/python -m grader.packaging.author_words

bench: $(READY)
	@for script in bench/*.py; do $(BIN)/python $$script || exit 1; done

# every finding on the whole body of hand-ins, to compare with another state of the grader:
# python tools/findings.py compare before.jsonl findings.jsonl
findings: $(READY)
	$(BIN)/python tools/findings.py record findings.jsonl

# how strong the checks are: docs/mutants.md; only what has changed is measured again
mutants: $(READY)
	$(BIN)/python tools/mutants.py

# strangers' bytes for everything that reads them, until somebody stops it: what breaks the law is written to found/
fuzz: $(READY)
	@for seed in $$(seq 100 1000); do $(BIN)/python tools/fuzz.py --seed $$seed || exit 1; done

# one worker: a test that hangs costs the worker, which is replaced, and not the run
slow: $(READY)
	$(BIN)/python -m pytest -q -n 1 -m slow --timeout 3600

$(DEMO): EXTRAS :=
$(READY): EXTRAS := [dev]
$(DEMO) $(READY): pyproject.toml constraints.txt
	test -d $(VENV) || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --upgrade pip
	$(BIN)/python -m pip install -q -c constraints.txt -e '.$(EXTRAS)'
	touch $@

clean:
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache
