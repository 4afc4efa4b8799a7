#!/usr/bin/env bash
# Chooses the Rust toolchain; sourced by the Makefile, .ci/run and the other scripts before they call cargo.
#
# rust-toolchain.toml pins one version, and rustup downloads it where it is missing. A machine that reaches only package
# registries cannot, although its own Rust may be new enough. So: the pinned one if it is here, else the machine's default if
# that is at least as new, else a download, unless RUSTUP_AUTO_INSTALL=0 forbids it.

pinned_rust() {
  sed -n 's/^channel = "\(.*\)"$/\1/p' "$(dirname "${BASH_SOURCE[0]}")/../rust-toolchain.toml"
}

# at_least VERSION WANTED
at_least() {
  [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]
}

choose_rust() {
  local pinned version default
  pinned=$(pinned_rust)
  # A shell that has not read rustup's profile yet still finds it.
  if ! command -v cargo >/dev/null && [ -x "${CARGO_HOME:-$HOME/.cargo}/bin/cargo" ]; then
    export PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"
  fi
  if ! command -v cargo >/dev/null; then
    echo "alertferry: cargo is not on the PATH; install Rust $pinned or newer (https://rustup.rs), then try again" >&2
    return 1
  fi

  # An explicit choice stands, and so does a Rust without rustup (a distribution's package).
  if [ -z "${RUSTUP_TOOLCHAIN:-}" ] && command -v rustup >/dev/null; then
    if rustup toolchain list | grep -q "^$pinned-"; then
      return 0
    fi
    default=$(rustup default 2>/dev/null | cut -d ' ' -f 1) || default=
    version=
    if [ -n "$default" ]; then
      version=$(RUSTUP_TOOLCHAIN=$default rustc --version 2>/dev/null | cut -d ' ' -f 2) || version=
    fi
    if [ -z "$version" ] || ! at_least "${version%%-*}" "$pinned"; then
      if [ "${RUSTUP_AUTO_INSTALL:-1}" != 0 ]; then
        echo "alertferry: Rust $pinned is not installed; asking rustup for it" >&2
        timeout 600 rustup toolchain install "$pinned" --profile minimal --component rustfmt --component clippy </dev/null && return 0
      fi
      echo "alertferry: Rust $pinned is not installed, and the default toolchain is not as new (found: ${version:-none})." >&2
      echo "  Where there is a network: rustup toolchain install $pinned --component rustfmt --component clippy" >&2
      return 1
    fi
    echo "alertferry: Rust $pinned is not installed; using the default toolchain $default ($version)" >&2
    export RUSTUP_TOOLCHAIN=$default
  fi

  version=$(rustc --version | cut -d ' ' -f 2)
  if ! at_least "${version%%-*}" "$pinned"; then
    echo "alertferry: Rust $version is too old; $pinned or newer is needed" >&2
    return 1
  fi
}

choose_rust
