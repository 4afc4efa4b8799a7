#!/bin/sh
# Fetches to .services/readers/ the readers of CEF that the tests hold our lines against: the Python packages cefp and jc.
# A third one, liblognorm, comes with Debian; LEEF is read by the crate leef2hashmap. None of them is part of this repository.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
out="$root/.services/readers"
fetched="$out/cefp-0.0.2-jc-1.26.1"
[ -e "$fetched" ] && exit 0

mkdir -p "$out"
venv="$out/venv"
[ -x "$venv/bin/pip" ] || python3 -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check \
  cefp==0.0.2 jc==1.26.1 Pygments==2.21.0 ruamel.yaml==0.19.1 xmltodict==1.0.4
touch "$fetched"
