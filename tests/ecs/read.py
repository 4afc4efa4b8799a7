"""Reads ECS documents, one a line, as stix-shifter reads those that it finds in Elasticsearch; writes the STIX objects of each."""

import json
import logging
import sys

from stix_shifter.stix_translation import stix_translation

logging.disable(logging.CRITICAL)
IDENTITY = {
    "type": "identity", "id": "identity--00000000-0000-4000-8000-000000000000", "name": "alertferry", "identity_class": "events",
    "created": "2026-01-01T00:00:00.000Z", "modified": "2026-01-01T00:00:00.000Z", "spec_version": "2.1",
}
translation = stix_translation.StixTranslation()
for line in sys.stdin:
    read = translation.translate("elastic_ecs", "results", IDENTITY, [json.loads(line)], {"stix_2.1": True})
    if read.get("type") != "bundle":
        sys.exit(f"stix-shifter cannot read {line[:400]}: {read}")
    print(json.dumps(read["objects"]))
