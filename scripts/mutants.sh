#!/usr/bin/env bash
# Changes the pipeline, the ledger and the paging engine in one place at a time and runs their tests: `mutants.sh [AREA...]`.
# A change that no test notices is a gap, or changes nothing that anybody could see: docs/mutants.md lists those.
#
# Works on a copy with neither the adapters nor the command line, so that a mutant costs seconds. Needs cargo-mutants.
set -euo pipefail
cd "$(dirname "$0")/.."

. scripts/toolchain.sh
command -v cargo-mutants >/dev/null || { echo "mutants: needs cargo-mutants: cargo install cargo-mutants --locked" >&2; exit 69; }

work=${MUTANTS_FOLDER:-$PWD/.services/mutants}
copy=$work/crate
mkdir -p "$work"
rm -rf "$copy"
mkdir -p "$copy"
cp -r src "$copy/src"
cp Cargo.lock rust-toolchain.toml "$copy"
mkdir -p "$copy/tests"
cp -r tests/fixtures "$copy/tests/fixtures"

# What is left out: whoever wires the parts together, and every adapter but the ledgers.
cut() { # cut FILE MODULE...
  local file=$1 module
  shift
  for module in "$@"; do
    sed -i -E "/^(pub(\([a-z]+\))? )?mod $module;/d" "$copy/src/$file"
    rm -rf "$copy/src/$(dirname "$file")/$module" "$copy/src/$(dirname "$file")/$module.rs"
  done
}
rm "$copy/src/main.rs"
cut lib.rs config admin app cli simulator control shutdown
cut sink/mod.rs bearer cloudevents file kafka settings syslog topic
cut source/mod.rs azure cloud entra foreign geo http microsoft server_clock throttle wire
cut telemetry/mod.rs logging
sed -i '/^#\[cfg(feature = "kafka")\]$/d' "$copy/src/sink/mod.rs"
# Nor are the tests of anything else compiled.
grep -rlZ '^#\[cfg(test)\]' "$copy"/src/{alert,format} "$copy"/src/*.rs | xargs -0 sed -i 's/^#\[cfg(test)\]/#[cfg(any())]/'

# The same dependencies, but no C library that nothing here uses.
sed -E -e '/^\[\[(bin|bench)\]\]/,/^$/d' -e '/^default-run/d' -e '/^\[lints/,$d' -e '/^\[profile/,/^$/d' -e '/^(kafka|default|kafka-gssapi) *=/d' \
  -e '/^(axum|clap|config|openssl|rdkafka|reqwest|hyper|hyper-util|jsonwebtoken|rustls|rustls-platform-verifier|tokio-rustls|mimalloc|rcgen|jsonschema|leef2hashmap|syslog_loose|insta) *=/d' \
  Cargo.toml >"$copy/Cargo.toml"
cat >>"$copy/Cargo.toml" <<'END'
[profile.dev]
debug = 0
[profile.dev.package."*"]
opt-level = 1
END

# Each area with the tests that are about it: the more tests, the more a mutant costs.
areas=("$@")
if [ ${#areas[@]} -eq 0 ]; then areas=(paging ledger pipeline); fi
cd "$copy"
export CARGO_TARGET_DIR=$work/target
survived=0
for area in "${areas[@]}"; do
  case $area in
    paging) folder=src/source/paging tests=(source::paging::) timeout=60 ;;
    ledger) folder=src/ledger tests=(ledger:: pipeline::tests::durability) timeout=60 ;;
    pipeline) folder=src/pipeline tests=(pipeline::) timeout=180 ;;
    *) echo "mutants: $area is none of paging, ledger, pipeline" >&2; exit 64 ;;
  esac
  mkdir -p "$work/$area"
  nice -n 19 cargo mutants --in-place --baseline=run --no-shuffle --colors=never --timeout "$timeout" --output "$work/$area" \
    --file "$folder/**" --exclude '**/tests/**' --exclude '**/tests.rs' --cargo-arg=--offline --cargo-test-arg=--lib -- -- "${tests[@]}" || survived=1
done
echo "mutants: what survived is in $work/{${areas[*]// /,}}/mutants.out/missed.txt"
exit "$survived"
