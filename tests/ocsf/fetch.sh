#!/bin/sh
# Writes to .services/ocsf/, for each version of OCSF that can be written, the JSON schemas of the Detection and the Incident Finding
# (detection_finding-1.8.0.schema.json) and what a JSON schema cannot say of their attributes: their types, captions, text siblings and
# profiles (attributes-1.8.0.json). All of it comes out of the compiled schemas that the Python package ocsf-json-schema carries.
# Neither the package nor the files are part of this repository.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
out="$root/.services/ocsf"
versions="1.1.0 1.2.0 1.3.0 1.4.0 1.5.0 1.6.0 1.7.0 1.8.0"
[ -e "$out/complete-1.2.0" ] && exit 0

mkdir -p "$out"
venv="$out/venv"
[ -x "$venv/bin/pip" ] || python3 -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check ocsf-json-schema==1.2.0

# Written beside and renamed: two test runs at once must not read half a file.
mkdir -p "$out/new.$$"
# shellcheck disable=SC2086  # one argument for each version
"$venv/bin/python" - "$out/new.$$" $versions <<'PYTHON'
import json
import sys
from pathlib import Path

from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

FOLDER = Path(sys.argv[1])
CLASSES = ["detection_finding", "incident_finding"]
# Those that alertferry fills, where the class has them.
PROFILES = ["cloud", "datetime", "host", "incident", "security_control"]


def sort_sets(node):
    """Puts enum and required in order, so that the file is the same each time."""
    if isinstance(node, dict):
        return {key: sorted(value) if key in ("enum", "required") and isinstance(value, list) else sort_sets(value)
                for key, value in node.items()}
    if isinstance(node, list):
        return [sort_sets(value) for value in node]
    return node


def attribute(item, dictionary):
    """What the tests ask of one attribute; the dictionary knows what the object leaves unsaid."""
    told = dictionary | {key: value for key, value in item.items() if value is not None}
    about = {"type": told["type"]}
    if "object_type" in told:
        about["object"] = told["object_type"]
    if "enum" in told:
        about["captions"] = {number: value["caption"] for number, value in told["enum"].items()}
    if told.get("sibling"):
        about["sibling"] = told["sibling"]
    return about


def write(name, value):
    (FOLDER / name).write_text(json.dumps(value, sort_keys=True, indent=1), encoding="utf-8")


for version in sys.argv[2:]:
    compiled = get_ocsf_schema(version)
    # Schemas before 1.8.0 were compiled in another form.
    dictionary = compiled["dictionary"]["attributes"] if "dictionary" in compiled else compiled["dictionary_attributes"]
    tables = {name: compiled["classes"][name] for name in CLASSES} | compiled["objects"]
    tables = {name: {key: attribute(item, dictionary.get(key, {})) for key, item in table["attributes"].items()}
              for name, table in tables.items()}
    generator = OcsfJsonSchemaEmbedded(compiled)

    def properties(name, profiles):
        return set(generator.get_class_schema(name, profiles)["properties"])

    profiles = {}
    for name in CLASSES:
        known = [profile for profile in PROFILES if profile in compiled["classes"][name]["profiles"]]
        # What disappears with a profile belongs to it.
        profiles[name] = {profile: sorted(properties(name, known) - properties(name, [other for other in known if other != profile]))
                          for profile in known}
        write(f"{name}-{version}.schema.json", sort_sets(generator.get_class_schema(name, known)))
    write(f"attributes-{version}.json", {"objects": tables, "profiles": profiles})
PYTHON
mv -f "$out/new.$$"/* "$out"
rmdir "$out/new.$$"
touch "$out/complete-1.2.0"
