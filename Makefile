# Every line that CI runs is here, and CI calls the same lines. CARGO_TARGET_DIR is respected.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.NOTPARALLEL:
CARGO ?= cargo
TARGET := $(if $(CARGO_TARGET_DIR),$(CARGO_TARGET_DIR),target)
# A cargo that setup has just installed is found by the lines after it.
export PATH := $(if $(CARGO_HOME),$(CARGO_HOME),$(HOME)/.cargo)/bin:$(PATH)
export RUST_BACKTRACE ?= 1

.PHONY: help setup demo test fmt fmt-check lint doc deny unit soak postgres fuzz bench arm clean-demo

help: ## what there is to make
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

setup: ## installs what is missing; says nothing where nothing is
	@packaging/setup.sh

demo: setup ## builds, seeds a warehouse, and opens the picker's screen (or plays a shift without a display)
	$(CARGO) build --release --locked -p floorhand -p floorhand-erp -p floorhand-demo
	$(TARGET)/release/floorhand-demo --out $(TARGET)/demo $(DEMO)

test: setup fmt-check lint doc deny unit ## every check that CI runs

fmt: ## formats the Rust sources
	$(CARGO) fmt --all

fmt-check:
	$(CARGO) fmt --all --check

lint: ## clippy, warnings are errors
	$(CARGO) clippy --workspace --all-targets --locked -- -D warnings

doc: ## the documentation, warnings are errors
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --workspace --no-deps --locked

deny: ## licences, banned crates and sources, where cargo-deny is there
	@if command -v cargo-deny >/dev/null; then set -x; $(CARGO) deny --locked --log-level error check bans licenses sources; \
	else echo "skipped: cargo deny check (cargo-deny is not installed; cargo install --locked cargo-deny)"; fi

# The same random cases each time, so that a change is judged by what it changed; soak looks for new ones.
unit: ## all tests
	PROPTEST_RNG_SEED=$${PROPTEST_RNG_SEED-20261121} $(CARGO) test --workspace --locked

soak: ## the random tests with new cases, many more of them
	$(CARGO) test --locked -p floorhand-gs1 -p floorhand-domain --test properties
	FLOORHAND_SYNC_CASES=5000 $(CARGO) test --locked -p floorhand --test sync_random

# FLOORHAND_TEST_PG: a URL that may create databases; each test has one of its own.
postgres: ## the core's tests on the PostgreSQL server at FLOORHAND_TEST_PG
	@test -n "$$FLOORHAND_TEST_PG" || { echo "set FLOORHAND_TEST_PG=postgres://user:password@127.0.0.1:5432/postgres (packaging/setup.sh --postgres installs a server)"; exit 2; }
	PROPTEST_RNG_SEED=$${PROPTEST_RNG_SEED-20261121} $(CARGO) test --locked -p floorhand-erp

# Needs the nightly compiler and cargo-fuzz; what is found goes to target/fuzz/found, never to the corpus.
FUZZ_SECONDS ?= 600
fuzz: ## each fuzz target for FUZZ_SECONDS
	@set -e; cd fuzz; export CARGO_TARGET_DIR=$(abspath $(TARGET))/fuzz; \
	for target in $$(ls targets | sed 's/[.]rs$$//'); do \
	  mkdir -p "$$CARGO_TARGET_DIR/found/$$target"; \
	  $(CARGO) +nightly fuzz run --fuzz-dir . "$$target" "$$CARGO_TARGET_DIR/found/$$target" "corpus/$$target" \
	    -- -max_total_time=$(FUZZ_SECONDS) -max_len=1024; \
	done

bench: setup ## figures as ratios, one JSON line each
	$(CARGO) build --release --locked -p floorhand -p floorhand-erp --examples --bins
	$(CARGO) bench --locked -p floorhand-gs1
	$(CARGO) bench --locked -p floorhand --bench scan --bench window
	$(CARGO) bench --locked -p floorhand-erp --bench import
	$(CARGO) bench --locked -p floorhand --bench decode --features zxing-cpp

arm: ## cross-builds both binaries for aarch64 with Debian's own compiler
	@packaging/setup.sh --arm
	packaging/arm.sh $(TARGET)/arm

clean-demo: ## forgets the demo's data
	rm -rf $(TARGET)/demo
