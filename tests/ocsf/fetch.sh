#!/bin/sh
# Writes to .services/ocsf/ the JSON schemas of OCSF 1.8.0's Detection and Incident Findings, and what a JSON schema cannot say of
# their attributes (their types, captions, text siblings and profiles). Both come out of the compiled schema that the Python
# package ocsf-json-schema carries. Neither the package nor the files are part of this repository.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
out="$root/.services/ocsf"
detection="$out/detection_finding-1.8.0.schema.json"
incident="$out/incident_finding-1.8.0.schema.json"
attributes="$out/attributes-of-classes-1.8.0.json"
[ -s "$detection" ] && [ -s "$incident" ] && [ -s "$attributes" ] && exit 0

mkdir -p "$out"
venv="$out/venv"
[ -x "$venv/bin/pip" ] || python3 -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check ocsf-json-schema==1.2.0

# Written beside and renamed: two test runs at once must not read half a file.
"$venv/bin/python" - "$detection.$$" "$incident.$$" "$attributes.$$" <<'PYTHON'
import json
import sys

from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

CLASSES = ["detection_finding", "incident_finding"]
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
    told = dictionary | item
    about = {"type": told["type"]}
    if "object_type" in told:
        about["object"] = told["object_type"]
    if "enum" in told:
        about["captions"] = {number: value["caption"] for number, value in told["enum"].items()}
    if told.get("sibling"):
        about["sibling"] = told["sibling"]
    return about


compiled = get_ocsf_schema("1.8.0")
dictionary = compiled["dictionary"]["attributes"]
tables = {name: compiled["classes"][name] for name in CLASSES} | compiled["objects"]
tables = {name: {key: attribute(item, dictionary.get(key, {})) for key, item in table["attributes"].items()}
          for name, table in tables.items()}
generator = OcsfJsonSchemaEmbedded(compiled)


def properties(name, profiles):
    return set(generator.get_class_schema(name, profiles)["properties"])


def owned(name, profile):
    """What disappears with a profile belongs to it."""
    others = [other for other in PROFILES if other != profile]
    return sorted(properties(name, PROFILES) - properties(name, others))


profiles = {name: {profile: owned(name, profile) for profile in PROFILES} for name in CLASSES}
with open(sys.argv[3], "w", encoding="utf-8") as file:
    json.dump({"objects": tables, "profiles": profiles}, file, sort_keys=True, indent=1)

for name, path in zip(CLASSES, sys.argv[1:3]):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(sort_sets(generator.get_class_schema(name, PROFILES)), file, sort_keys=True, indent=1)
PYTHON
mv "$detection.$$" "$detection"
mv "$incident.$$" "$incident"
mv "$attributes.$$" "$attributes"
