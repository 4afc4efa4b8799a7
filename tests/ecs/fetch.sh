#!/bin/sh
# Writes to .services/ecs/ what programs that read ECS know of its fields. The registries have no package of Elastic's with ECS 9.4's
# own list, so two programs that are not ours speak for it: Howler's models, with types, and stix-shifter's map of fields; and
# stix-shifter itself, which the tests have read our documents. Neither the packages nor the file are part of this repository.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
out="$root/.services/ecs"
fields="$out/fields.json"
[ -s "$fields" ] && [ -e "$out/venv/complete" ] && exit 0

# The tests run at the same time, in processes of their own; the one that comes second waits.
mkdir -p "$out"
exec 9>"$out/lock"
flock 9
[ -s "$fields" ] && [ -e "$out/venv/complete" ] && exit 0

venv="$out/venv"
[ -x "$venv/bin/pip" ] || python3 -m venv "$venv"
pip() { "$venv/bin/pip" --disable-pip-version-check "$@"; }
# Only its models are read: Howler's own dependencies are a web server and more.
pip install --quiet --no-deps --upgrade --target "$out/packages" howler-api==4.1.0.1693 stix-shifter-modules-elastic-ecs==8.1.3
pip install --quiet stix-shifter==8.1.3 stix-shifter-utils==8.1.3 stix-shifter-modules-elastic-ecs==8.1.3
"$venv/bin/python" "$root/tests/ecs/fields.py" "$out/packages" "$fields.new"
mv "$fields.new" "$fields"
touch "$venv/complete"
