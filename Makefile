# Every line that CI runs is here, and CI calls the same lines. CARGO_TARGET_DIR is respected.
SHELL := /bin/bash
.DEFAULT_GOAL := help
CARGO ?= cargo
TARGET := $(if $(CARGO_TARGET_DIR),$(CARGO_TARGET_DIR),target)
export RUST_BACKTRACE ?= 1

.PHONY: help setup demo test fmt lint doc unit deny bench arm clean-demo

help: ## what there is to make
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

setup: ## installs what is missing
	@packaging/setup.sh

demo: setup ## builds, seeds a warehouse, and opens the picker's screen (or plays a shift without a display)
	$(CARGO) build --release --locked -p floorhand -p floorhand-erp -p floorhand-demo
	$(TARGET)/release/floorhand-demo --out $(TARGET)/demo $(DEMO)

test: setup fmt lint doc unit deny ## every check that CI runs

fmt:
	$(CARGO) fmt --all --check

lint:
	$(CARGO) clippy --workspace --all-targets --locked -- -D warnings

doc:
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --workspace --no-deps --locked

unit:
	$(CARGO) test --workspace --locked

deny:
	@if command -v cargo-deny >/dev/null; then $(CARGO) deny --locked check; else echo "cargo-deny is not installed: licences and sources were not checked"; fi

bench: setup ## figures as ratios, one JSON line each
	$(CARGO) build --release --locked -p floorhand -p floorhand-erp --examples --bins
	$(CARGO) bench --locked -p floorhand

arm: ## cross-builds both binaries for aarch64 with Debian's own compiler
	@packaging/setup.sh --arm
	packaging/arm.sh $(TARGET)/arm

clean-demo: ## forgets the demo's data
	rm -rf $(TARGET)/demo
