#!/bin/sh
# Stands between cargo and rustc: counts coverage in alertferry alone, so that everything else is compiled as for the tests.
# The flags are those of cargo-fuzz, without a sanitizer: alertferry has next to no unsafe code.
rustc=$1
shift
case " $* " in
  *' --crate-name alertferry '*)
    set -- "$@" -C passes=sancov-module -C llvm-args=-sanitizer-coverage-level=4 \
      -C llvm-args=-sanitizer-coverage-inline-8bit-counters -C llvm-args=-sanitizer-coverage-pc-table \
      -C llvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing
    ;;
esac
exec "$rustc" "$@"
