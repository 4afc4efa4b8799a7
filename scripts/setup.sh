#!/usr/bin/env bash
# Gets a Debian machine ready: `setup.sh build` to build and run alertferry, `setup.sh test` for its tests as well.
#
# Installs only what is missing, starts no service, asks nothing. Where it may not install, it prints the command that does.
set -euo pipefail
cd "$(dirname "$0")/.."

purpose=${1:-}
case $purpose in
  build | test) ;;
  *) echo "usage: $0 build|test" >&2; exit 64 ;;
esac

missing=()

# need PACKAGE COMMAND...: the package is missing unless the command succeeds.
need() {
  local package=$1
  shift
  "$@" >/dev/null 2>&1 || missing+=("$package")
}
have() { PATH="$PATH:/usr/sbin:/sbin" command -v "$1"; }

need gcc have gcc
need g++ have g++
need make have make
need perl have perl
need pkg-config have pkg-config
need libssl-dev pkg-config --exists openssl
need ca-certificates test -s /etc/ssl/certs/ca-certificates.crt
if [ "$purpose" = test ]; then
  need default-jre-headless have java
  need maven have mvn
  need kcat have kcat
  need libsasl2-dev pkg-config --exists libsasl2 # for the feature kafka-gssapi
  need liblognorm-utils have lognormalizer
  need rsyslog have rsyslogd
  need rsyslog-relp compgen -G '/usr/lib/*/rsyslog/imrelp.so' # its librelp has TLS by GnuTLS and by OpenSSL
  need rsyslog-openssl compgen -G '/usr/lib/*/rsyslog/lmnsd_ossl.so'
  need libfaketime compgen -G '/usr/lib/*/faketime/libfaketimeMT.so.1' # puts the program's dates forward
  need procps test -x /bin/kill # the program; the shell has a kill of its own
  need util-linux have prlimit
  need python3-venv python3 -c 'import ensurepip, venv'
fi

# Packages must not start services, nor fail because there is no init system to start them with (a container).
policy=/usr/sbin/policy-rc.d
install_packages() {
  local root=()
  if [ "$(id -u)" -ne 0 ]; then root=(sudo -n); fi
  # An old package list is better than none: a mirror may be out of reach while the packages are cached.
  "${root[@]}" apt-get update -q </dev/null || echo "setup: apt-get update failed; trying with the lists that are here" >&2
  if [ ! -e $policy ]; then
    printf '#!/bin/sh\n# From the setup.sh of alertferry, which was interrupted if this is still here: delete it.\nexit 101\n' | "${root[@]}" tee $policy >/dev/null
    "${root[@]}" chmod 755 $policy
    # shellcheck disable=SC2064  # the array is to be expanded now
    trap "${root[*]} rm -f $policy" EXIT
  fi
  # Slim images have no manual pages, and without their folder Debian's Java does not configure.
  "${root[@]}" mkdir -p /usr/share/man/man1
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends \
    -o DPkg::Lock::Timeout=300 "${missing[@]}" </dev/null
}

if [ ${#missing[@]} -gt 0 ]; then
  if ! command -v apt-get >/dev/null; then
    echo "setup: this machine has no apt-get; install what Debian calls: ${missing[*]}" >&2
    exit 1
  elif [ "$(id -u)" -ne 0 ] && ! sudo -n true 2>/dev/null; then
    echo "setup: some packages are missing and installing needs root. Run this, then try again:" >&2
    echo "  sudo apt-get update && sudo apt-get install -y --no-install-recommends ${missing[*]}" >&2
    exit 1
  fi
  echo "setup: installing ${missing[*]}" >&2
  install_packages
fi

# shellcheck source=scripts/toolchain.sh
. scripts/toolchain.sh

if [ "$purpose" = test ]; then
  # Each fetches once and is quick when it has.
  for fetch in tests/services/*.sh tests/*/fetch.sh tests/ocsf/second.sh; do
    bash "$fetch" </dev/null >&2
  done
fi
