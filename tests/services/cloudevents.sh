#!/bin/sh
# Fetches the CloudEvents SDK for Python into .services/cloudevents/ and prints nothing else than the Python that has it.
# Does nothing, and needs no network, when it is there. Needs python3 with venv, and a Python package index once.
set -eu

services=$(cd "$(dirname "$0")/../.." && pwd)/.services/cloudevents
version=2.2.0
venv=$services/$version

if [ ! -x "$venv/ready/bin/python" ]; then
    mkdir -p "$services"
    # Several test runs may start at once: one fetches, the others wait for it.
    exec 9>"$services/lock"
    flock 9
    if [ ! -e "$venv/ready/bin/python" ]; then
        rm -rf "$venv"
        python3 -m venv "$venv/venv" >&2
        "$venv/venv/bin/pip" install --quiet --disable-pip-version-check "cloudevents==$version" python-dateutil==4.0.0 >&2
        ln -s venv "$venv/ready" # last, so that half an installation is never taken for one
    fi
fi
printf '%s\n' "$venv/ready/bin/python"
