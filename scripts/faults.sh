#!/usr/bin/env bash
# Plays every scenario of the fault suite and the limits of memory in their long form and prints what each showed:
# `faults.sh [--renew] [WORDS of test names...]`.
# With --renew, docs/guarantees.md says what was measured. PROFILE=dev spares a build of its own.
set -euo pipefail
cd "$(dirname "$0")/.."

renew=
if [ "${1:-}" = --renew ]; then renew=1 && shift; fi
. scripts/toolchain.sh

export ALERTFERRY_FAULTS=long
suite=(cargo test --locked --profile "${PROFILE:-swift}" --test it --)
[ $# -gt 0 ] || rm -f target/faults/*.tsv target/limits/*.tsv
[ $# -gt 0 ] || set -- faults:: limits::
failed=0
# They mostly wait, so more of them at a time than there are cores.
"${suite[@]}" "$@" --skip simulator:: --skip faults::documents:: --test-threads "$((2 * $(nproc)))" || failed=1

echo
{ cat target/faults/*.tsv || true; } | awk -F '\t' '
  BEGIN { line = "%-32s %8s %6s %9s %8s %8s   %s\n"; printf line, "scenario", "due", "lost", "repeated", "allowed", "late s", "the operator was told" }
  $2 == "long" { printf line, $1, $3, $4, $5, $6, $7, (length($8) > 110 ? substr($8, 1, 109) "…" : $8) }
'
echo
{ cat target/limits/*.tsv || true; } | awk -F '\t' '
  BEGIN { line = "%-56s %10s %10s\n"; printf line, "the most memory", "MiB", "bound MiB" }
  $1 == "long" { printf line, $2, $3, $4 }
'
if [ -n "$renew" ] && [ "$failed" = 0 ]; then
  ALERTFERRY_RENEW_DOCS=1 "${suite[@]}" faults::documents::rows_say_what_was_measured
fi
exit "$failed"
