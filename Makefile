# Each target sets up what it needs; see docs/develop.md.
PYTHON ?= python3
VENV ?= .venv
ORACLE_VENV ?= .venv-oracle
CLASP_VENV ?= .venv-clasp
TORCH_VENV ?= .venv-torch
BIN := $(VENV)/bin
# What is imported is compiled then: of all that packages hold, to compile it beforehand takes a minute.
PIP_OPTIONS := --quiet --disable-pip-version-check --no-compile
# Tests start hundreds of processes: each would compile the same sources anew.
unexport PYTHONDONTWRITEBYTECODE
READY := $(VENV)/.ready
NOTEBOOKS := $(wildcard notebooks/*.ipynb)
STUDIES := figure3a_kernels figure3b_smoothing gaussian_factor study_network study_initialisation \
  study_batches study_estimator study_seeds study_transport study_kernel_means \
  study_suggested_k study_merging study_recordings table_real_sequences table_recordings table_rivals \
  table_vasot_alignment table_vasot_segmentation table_lrprop table_masa representation_figures label_transfer table_rtk
EXTRAS := reproduce,test,dev

# The numerical tests run with programs as users have them, compiled for this processor and for older ones: sums
# in other orders, products fused or not. The oldest with NumPy's and OpenBLAS's oldest loops, too, and with the
# older of XLA's two makers of loops, so that both makers are tested: it compiles a fifth faster, and those who
# have an older XLA have no other. All other tests compile at a third of the cost: by it and without optimisation.
PROCESSORS := $(if $(filter x86_64,$(shell uname -m)),SSE4_2 AVX2 $(shell grep -qs avx512f /proc/cpuinfo && echo AVX512))
# `make test` takes this machine's own, CI the oldest besides, `make numerics` all.
OLDEST := $(firstword $(PROCESSORS))
OWN := $(lastword $(PROCESSORS))
# In one piece: pieces are compiled side by side, which helps no test on a core of its own, and cost a tenth
# more; the programs are the same.
UNDIVIDED := --xla_cpu_parallel_codegen_split_count=1
UNOPTIMISED := --xla_backend_optimization_level=0 $(UNDIVIDED)
OLDER_LOOPS := --xla_cpu_use_fusion_emitters=false
# Whether the XLA of an environment, by its folder, knows flags: one that does not ends its process.
KNOWS = (XLA_FLAGS="$$XLA_FLAGS $(2)" $(1)/bin/python -c "import jax; jax.devices()") >/dev/null 2>&1
# Whether it still has both makers.
HAS_BOTH = $(call KNOWS,$(1),$(UNOPTIMISED) $(OLDER_LOOPS))
BY_OLDER_LOOPS = if $(call HAS_BOTH,$(VENV)); then export XLA_FLAGS="$$XLA_FLAGS $(OLDER_LOOPS)"; fi;
# Never the newer maker without optimisation: it then sums the gradient of a batch norm's bias wrongly (jax 0.10).
# The older one errs as well, if more rarely (the gradient of gauss_ntk with erf in float64, compiled whole): what
# differs from its reference here may agree with optimisation, and only the numerical tests say how far off it is.
CHEAPLY = if $(call HAS_BOTH,$(1)); then export XLA_FLAGS="$$XLA_FLAGS $(UNOPTIMISED) $(OLDER_LOOPS)"; fi;
NUMERICAL := $(shell grep -l mark.numerics tests/*.py tests/*/*.py)
OLD_LIBRARIES := OPENBLAS_CORETYPE=Nehalem \
  NPY_DISABLE_CPU_FEATURES="AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL AVX512_SPR AVX2 FMA3 AVX F16C"

.PHONY: help setup reproduce select study studies check figures report test tests fast lint style types numerics \
  numerics-oldest oracle clasp test-torch bench

help:
	@echo "make reproduce  set up, make Moving5, run Tables 2 and 3 and real recordings, draw, check every claim"
	@echo "make check      print the stored tables and claims beside the paper's"
	@echo "make figures    draw every figure from results/ again, into figures/rendered"
	@echo "make report     write the reviewer's report, report.html: tables, claims and figures on one page"
	@echo "make select     choose the settings of Tables 2 and 3 on validation videos"
	@echo "make study      vary what the paper leaves open about Moving5"
	@echo "make studies    kernels, smoothing and settings, one varied at a time (DKVA_DATA: data sets)"
	@echo "make test       set up, then lint, type check, tests, notebooks, smoke runs"
	@echo "make numerics   the numerical tests, compiled for this processor (as make test does) and for older ones"
	@echo "make fast       the tests that take seconds"
	@echo "make bench      measure speed and memory, write results/benchmarks"
	@echo "make oracle     recompute the kernels' golden values with neural-tangents, in its own environment"
	@echo "make clasp      test the change points of ClaSP with claspy, in its own environment"
	@echo "make test-torch compare networks on pixels with PyTorch and torchvision, in an environment of 7 GB"

setup: $(READY)

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "error: $(PYTHON) is older than 3.11; run make PYTHON=python3.11 (or newer)"; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install $(PIP_OPTIONS) --editable ".[$(EXTRAS)]"
	@touch $@

reproduce: $(READY)
	$(BIN)/python -m reproduce.all

select: $(READY)
	$(BIN)/python -m reproduce.table2_moving5 --select
	$(BIN)/python -m reproduce.table3_moving5_random_k --select

study: $(READY)
	$(BIN)/python -m reproduce.study_moving5
	$(BIN)/python -m reproduce.claims
	$(BIN)/python -m reproduce.figures

studies: $(READY)
	@for each in $(STUDIES); do $(BIN)/python -m reproduce.$$each || exit; done
	$(BIN)/python -m reproduce.claims
	$(BIN)/python -m reproduce.figures

check: $(READY)
	$(BIN)/python -m reproduce.check

figures: $(READY)
	$(BIN)/python -m reproduce.figures

report: $(READY)
	$(BIN)/python -m reproduce.report

lint: style types

style: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy

# mypy has one process and takes most of a minute: beside the tests, no core waits for it.
test: $(READY) style
	$(MAKE) --no-print-directory -j2 types tests

tests: $(READY)
	$(call CHEAPLY,$(VENV)) \
	  $(BIN)/python -m pytest --nbmake -m "not numerics" -n logical --dist worksteal tests $(NOTEBOOKS)
	$(MAKE) --no-print-directory numerics PROCESSORS="$(OWN)"

numerics: $(READY)
	@if $(call KNOWS,$(VENV),$(UNDIVIDED)); then export XLA_FLAGS="$$XLA_FLAGS $(UNDIVIDED)"; fi; \
	for isa in $(or $(PROCESSORS),this); do \
	  echo "numerical tests, compiled for $$isa"; \
	  ( if [ $$isa = SSE4_2 ]; then export $(OLD_LIBRARIES); $(BY_OLDER_LOOPS) fi; \
	    if [ $$isa != this ]; then export XLA_FLAGS="$$XLA_FLAGS --xla_cpu_max_isa=$$isa"; fi; \
	    $(BIN)/python -m pytest -q -m numerics -n logical --dist worksteal $(NUMERICAL) ) || exit; \
	done

numerics-oldest: $(READY)
	@$(if $(filter-out $(OWN),$(OLDEST)),$(MAKE) --no-print-directory numerics PROCESSORS="$(OLDEST)",\
	  echo "no older processor is known of this kind: make test has run the numerical tests")

fast: $(READY)
	$(call CHEAPLY,$(VENV)) $(BIN)/python -m pytest -m fast

bench: $(READY)
	$(BIN)/python -m benchmarks

$(ORACLE_VENV)/.ready: pyproject.toml
	$(PYTHON) -m venv --clear $(ORACLE_VENV)
	$(ORACLE_VENV)/bin/python -m pip install $(PIP_OPTIONS) ".[oracle]"
	@touch $@

oracle: $(READY) $(ORACLE_VENV)/.ready
	$(ORACLE_VENV)/bin/python tests/oracle.py tests/golden/neural_tangents.npz
	$(BIN)/python -m pytest tests/approximation/test_kernels.py

$(CLASP_VENV)/.ready: pyproject.toml
	$(PYTHON) -m venv --clear $(CLASP_VENV)
	$(CLASP_VENV)/bin/python -m pip install $(PIP_OPTIONS) --editable ".[clasp,reproduce,test]"
	@touch $@

clasp: $(CLASP_VENV)/.ready
	$(CLASP_VENV)/bin/python -m pytest tests/baselines/test_clasp_change_points.py

$(TORCH_VENV)/.ready: pyproject.toml
	$(PYTHON) -m venv --clear $(TORCH_VENV)
	$(TORCH_VENV)/bin/python -m pip install $(PIP_OPTIONS) --editable ".[torch,test]"
	@touch $@

test-torch: $(TORCH_VENV)/.ready
	$(call CHEAPLY,$(TORCH_VENV)) $(TORCH_VENV)/bin/python -m pytest tests/against_torch
