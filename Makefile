# Commands for developers and operators; `make help` lists them. It creates the virtual environment and calls programs.

VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --quiet install
RUN_READY := $(VENV)/run-$(shell cat requirements.txt | cksum | cut -d ' ' -f 1)
TEST_READY := $(VENV)/test-$(shell cat requirements.txt requirements-dev.txt | cksum | cut -d ' ' -f 1)
BENCH_READY := $(VENV)/bench-$(shell cat benchmarks/requirements.txt | cksum | cut -d ' ' -f 1)

# The first Python that is new enough and can create a virtual environment; searched only while there is no .venv.
CANDIDATES := $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11 python
fits = $(shell $(1) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(1))
complete = $(shell $(1) -c 'import venv, ensurepip' 2>/dev/null && echo $(1))
NEW_ENOUGH = $(foreach candidate,$(CANDIDATES),$(call fits,$(candidate)))
USABLE = $(firstword $(foreach candidate,$(NEW_ENOUGH),$(call complete,$(candidate))))
VENV_PACKAGE = $(shell $(firstword $(NEW_ENOUGH)) -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')

.PHONY: help run test lint worker bench faults fuzz docs pictures papers translations
.DEFAULT_GOAL := help

help: ## Daftar perintah ini
	@echo 'AKU Online. Perintah:'
	@sed -n 's/^\([a-z]*\):.*## /  make \1#/p' Makefile | awk -F '#' '{ printf "%-20s %s\n", $$1, $$2 }'
	@echo 'Setelan lewat lingkungan, misalnya: make run PORT=8001'

run: $(RUN_READY) ## Menjalankan semuanya: Valkey, server web, pekerja (PORT=8000, WORKERS=2)
	@exec $(PY) run.py

worker: $(RUN_READY) ## Menjalankan satu pekerja saja (REDIS_URL menunjuk Redis atau Valkey Anda)
	@exec $(PY) -m flask --app app worker

test: $(TEST_READY) ## Semua pengujian (sebagian saja: make test ARGS="-k nik")
	@$(PY) -m tests.machine
	@exec $(PY) -m pytest -n auto --maxprocesses 4 --dist worksteal $(ARGS)

lint: $(TEST_READY) ## Memeriksa gaya dan tipe kode: ruff dan mypy
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy

faults: $(TEST_READY) ## Pengujian gangguan selengkapnya: proses dimatikan paksa 1.000 kali, disk penuh, server rusak
	@AKU_FULL=1 exec $(PY) -m pytest -m faults --timeout 3600 $(ARGS)

fuzz: $(TEST_READY) ## Pengujian masukan jahat selengkapnya
	@AKU_FULL=1 exec $(PY) -m pytest -m fuzz --timeout 3600 $(ARGS)

bench: $(TEST_READY) $(BENCH_READY) ## Mengukur kecepatan, berdampingan dengan pembanding
	@exec $(PY) -m benchmarks $(ARGS)

docs: $(RUN_READY) ## Membuat ulang docs/prosedur.md dari workflow.py dan docs/layanan dari seed/layanan
	@mkdir -p docs
	@$(PY) -m flask --app app workflow > docs/prosedur.md.new || { rm docs/prosedur.md.new; exit 1; }
	@mv docs/prosedur.md.new docs/prosedur.md
	@$(PY) -m flask --app app services docs/layanan

pictures: $(TEST_READY) ## Membuat ulang gambar di panduan, dari peragaan
	@exec $(PY) -m tests.helpers.guide_screenshots

papers: $(TEST_READY) ## Menggambar semua dokumen yang dibuat di sini, ke build/papers
	@exec $(PY) -m tests.papers build/papers

translations: $(RUN_READY) ## Memperbarui terjemahan dan menyebut yang belum diterjemahkan
	@exec $(PY) -m translations.update

$(PY):
	$(if $(NEW_ENOUGH),,$(error AKU Online memerlukan Python 3.11 atau lebih baru. Di Debian: sudo apt-get install python3 python3-venv))
	$(if $(USABLE),,$(error Python di mesin ini belum bisa membuat lingkungan virtual. Di Debian: sudo apt-get install $(VENV_PACKAGE)))
	@echo 'Membuat lingkungan virtual $(VENV) dengan $(USABLE) ...'
	@$(USABLE) -m venv --clear $(VENV)

$(RUN_READY): | $(PY)
	@echo 'Memasang yang diperlukan program (sekali saja) ...'
	@$(PIP) -r requirements.txt
	@rm -f $(VENV)/run-*
	@touch $@

$(TEST_READY): | $(PY)
	@echo 'Memasang yang diperlukan pengujian (sekali saja) ...'
	@$(PIP) -r requirements-dev.txt
	@rm -f $(VENV)/run-* $(VENV)/test-*
	@touch $(RUN_READY) $@

$(BENCH_READY): | $(TEST_READY)
	@echo 'Memasang pembanding untuk pengukuran (sekali saja) ...'
	@$(PIP) -r benchmarks/requirements.txt
	@rm -f $(VENV)/bench-*
	@touch $@
