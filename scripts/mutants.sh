#!/usr/bin/env bash
# Changes the pipeline, the ledger and the paging engine in one place at a time and runs their tests: `mutants.sh [AREA...]`.
# A change that no test notices is a gap, or changes nothing that anybody could see: docs/mutants.md lists those.
#
# All mutants are built into one program at once, so that each costs only the tests that reach it. Needs cargo-mutants and Python.
set -euo pipefail
cd "$(dirname "$0")/.."

. scripts/toolchain.sh
command -v cargo-mutants >/dev/null || { echo "mutants: needs cargo-mutants: cargo install cargo-mutants --locked" >&2; exit 69; }

work=${MUTANTS_FOLDER:-$PWD/.services/mutants}
mkdir -p "$work"
export CARGO_TARGET_DIR=$work/target PYTHONDONTWRITEBYTECODE=1
python3 scripts/mutants/run.py "$work" "$@"
