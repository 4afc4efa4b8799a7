#!/bin/sh
# Gets two more validators of OCSF ready in .services/ocsf-second: the Python packages pydantic-ocsf and ocsf-emitter, which
# tests/ocsf/second.py asks. Neither they nor what they hold are part of this repository.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
venv="$root/.services/ocsf-second"
[ -e "$venv/complete-1" ] && exit 0

[ -x "$venv/bin/pip" ] || python3 -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check pydantic==2.12.5 pydantic-ocsf==3.0.0 ocsf-emitter==0.3.0
touch "$venv/complete-1"
