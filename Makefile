# The handful of commands; `make` alone lists them.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help demo test faults soak fuzz mutants docs build fmt lint check-config clean

CARGO := . scripts/toolchain.sh && cargo
RUNS ?= 15000
CONFIG ?= config/minimal.toml config/example.toml

# The examples refer to secrets; checking them needs some words in their place.
check-config: export ALERTFERRY_SECRET_MAIN ?= placeholder
check-config: export KAFKA_PASSWORD ?= placeholder

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' Makefile

demo: ## Show alerts of 25 simulated tenants travelling, one readable line each; needs nothing outside
	@bash scripts/setup.sh build
	@$(CARGO) run --locked -- demo $(ARGS)

test: ## Run every test, Kafka and rsyslog among them on free ports of this machine
	@bash scripts/setup.sh test
	@$(CARGO) test --locked --lib --bins --examples --tests
	@$(CARGO) test --locked --doc

faults: ## Play every fault and the limits of memory in their long form, for half an hour: make faults ARGS=--renew writes what they showed into the documents
	@bash scripts/setup.sh test
	@bash scripts/faults.sh $(ARGS)

fuzz: ## Feed the encoders and parsers with what nobody would send: make fuzz RUNS=1000000 TARGETS="cef leef"
	@bash scripts/setup.sh build
	@bash scripts/fuzz.sh $(RUNS) $(TARGETS)

soak: ## Live through 30 days of 200 tenants and compare their cost with that of day 3: some ten minutes
	@bash scripts/setup.sh test
	@ALERTFERRY_SOAK=long $(CARGO) test --locked --test it soak:: -- --nocapture

mutants: ## Take the guards of pipeline, ledger and paging away one by one, an hour or so: make mutants AREAS="paging ledger"
	@bash scripts/setup.sh build
	@bash scripts/mutants.sh $(AREAS)

docs: ## Renew the table in docs/formats.md from what the encoders do
	@bash scripts/setup.sh build
	@ALERTFERRY_RENEW_DOCS=1 $(CARGO) test --locked --test it formats::table

build: ## Build the program that is shipped: target/release/alertferry
	@bash scripts/setup.sh build
	@$(CARGO) build --locked --release
	@! grep -q ALERTFERRY_CRASH_AT target/release/alertferry || { echo "the program has the points of src/crash.rs, which are for tests" >&2; exit 1; }

fmt: ## Format the code
	@$(CARGO) fmt

lint: ## Check the format and run clippy, warnings being errors
	@$(CARGO) fmt --check
	@$(CARGO) clippy --all-targets --locked -- -D warnings

check-config: ## Check configurations, the examples unless told: make check-config CONFIG=my.toml
	@for file in $(CONFIG); do echo "$$file"; $(CARGO) run --locked --quiet -- check --config "$$file"; done

clean: ## Delete what was built and fetched
	@$(CARGO) clean
	rm -rf .services
