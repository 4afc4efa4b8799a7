"""Second opinions on findings: reads one JSON document a line and writes, a line each, what is wrong with it, as a JSON list.

pydantic-ocsf builds its models out of the sources of OCSF 1.1.0 to 1.7.0 by itself (not out of a compiled schema, from which our JSON
schemas come). It checks types, numbers, captions, what is required, type_uid, and, here, that every attribute is known. It does
not read profiles, extensions, and what older sources include from other files; it takes the numbers that a class or an object
adds for all that there are, computes other captions for observables, and wants an object where any JSON may stand, and a number
for a priority of 1.1.0. Those opinions are left out below.

ocsf-emitter has models of OCSF 1.5.0 and rules of its own on class, category, type_uid and their names. It sees documents of that
version as well.
"""

import copy
import json
import sys
from importlib import import_module

from ocsf_emitter import validate
from ocsf_emitter._models import DetectionFinding, IncidentFinding
from pydantic import ValidationError

CLASSES = {2004: "DetectionFinding", 2005: "IncidentFinding"}
# What profiles, the Windows extension and included files add.
OTHERS = set("""action action_id actor assignee assignee_group attacks cloud device disposition disposition_id is_alert malware policy
    priority priority_id reg_key reg_value region risk_score src_url tickets verdict verdict_id
    category_name category_uid class_name class_uid time timezone_offset type_name type_uid""".split())
FREE = {"unmapped", "data"}


def is_misread(error):
    place = tuple(part for part in error["loc"] if isinstance(part, str))
    return (error["type"] == "enum" and (place == ("status_id",) and error["input"] == 0
                                         or place[-2:] in {("device", "type_id"), ("os", "type_id"), ("observables", "type_id")})
            or place[-1:] == ("data",) and error["type"] in {"dict_type", "model_type"}
            or place == ("priority",) and error["type"] == "int_parsing")


def replace_misread(event, place):
    """Puts there what it can read, so that it looks at the rest."""
    *way, last = place
    for step in way:
        event = event[step]
    if last == "priority":
        event.pop("priority_id")
    else:
        event[last] = {} if last == "data" else 99


def unknown(model, place):
    for name in model.model_extra or {}:
        if name not in OTHERS and not name.endswith("_dt"):
            yield f"{place}{name}: unknown"
    for name, field in type(model).model_fields.items():
        name = field.alias or name
        value = getattr(model, name, None)
        for part in value if isinstance(value, list) else [value]:
            if hasattr(part, "model_extra") and name not in FREE:
                yield from unknown(part, f"{place}{name}.")


def without_captions(event):
    """As it is, without the observables' captions, so that the rest of their objects is looked at."""
    return event | {"observables": [{key: value for key, value in observable.items() if key != "type"}
                                    for observable in event.get("observables", [])]}


def first(event):
    version = event["metadata"]["version"].replace(".", "_")
    model = getattr(import_module(f"ocsf.v{version}.events"), CLASSES[event["class_uid"]])
    event = without_captions(copy.deepcopy(event))
    try:
        return list(unknown(model.model_validate(copy.deepcopy(event)), ""))
    except ValidationError as fault:
        faults = [f"{'.'.join(map(str, error['loc']))}: {error['msg']}" for error in fault.errors() if not is_misread(error)]
        misread = [error["loc"] for error in fault.errors() if is_misread(error)]
    if faults or not misread:
        return faults
    for place in misread:
        replace_misread(event, place)
    try:
        return list(unknown(model.model_validate(event), ""))
    except ValidationError as fault:
        return [f"{'.'.join(map(str, error['loc']))}: {error['msg']}" for error in fault.errors()]


def second(event):
    try:
        validate({2004: DetectionFinding, 2005: IncidentFinding}[event["class_uid"]].model_validate(event))
        return []
    except ValidationError as fault:
        return [f"{'.'.join(map(str, error['loc']))}: {error['msg']}" for error in fault.errors()]
    except Exception as fault:  # its own error carries a list
        return getattr(fault, "field_errors", None) or [str(fault)]


for line in sys.stdin:
    event = json.loads(line)
    faults = ["pydantic-ocsf: " + fault for fault in first(event)]
    if event["metadata"]["version"] == "1.5.0":
        faults += ["ocsf-emitter: " + fault for fault in second(event)]
    print(json.dumps(faults), flush=True)
