"""Writes what two programs that read ECS know of its fields, as one JSON document.

Howler (an alert triage platform) declares the fields that it takes, with their types; stix-shifter (federated search) maps
fields of documents in Elasticsearch to STIX. Arguments: the folder with both packages, the file to write.
"""

import importlib
import json
import pathlib
import sys
import types

folder, out = map(pathlib.Path, sys.argv[1:3])

# The field sets of ECS, and the models of Howler that hold them.
SETS = {
    "cloud": "Cloud", "container": "Container", "destination": "client.Client", "dns": "DNS", "email": "Email",
    "event": "ECSEvent", "file": "File", "group": "Group", "host": "Host", "network": "Network", "observer": "Observer",
    "organization": "Organization", "process": "Process", "registry": "Registry", "related": "Related", "rule": "Rule",
    "source": "client.Client", "threat": "Threat", "url": "URL", "user": "User", "user_agent": "UserAgent",
}


class Field:
    def __init__(self, kind, many=False, model=None, values=None):
        self.kind, self.many, self.model, self.values = kind, many, model, values


class Odm(types.ModuleType):
    """Stands in for Howler's own, which would bring a web server and a search engine's client along."""

    Model = type("Model", (), {})

    @staticmethod
    def model(**_):
        return lambda model: model

    @staticmethod
    def Optional(field, **_):
        return field

    @staticmethod
    def List(field, **_):
        return Field(field.kind, True, field.model, field.values)

    @staticmethod
    def Compound(model, **_):
        return Field("object", model=model)

    @staticmethod
    def Enum(values=(), **_):
        return Field("keyword", values=sorted(values))

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *_, **__: Field(name.lower())


def package(name, path, module=types.ModuleType):
    sys.modules[name] = module(name)
    sys.modules[name].__path__ = [str(path)]
    return sys.modules[name]


howler = package("howler", folder / "howler")
howler.odm = package("howler.odm", folder / "howler/odm", Odm)
package("howler.odm.models", folder / "howler/odm/models")

fields = {}


def walk(model, path, above):
    members = {name: field for base in reversed(model.__mro__) for name, field in vars(base).items() if isinstance(field, Field)}
    for name, field in members.items():
        # Python keeps `from` and `class` for itself.
        at = f"{path}.{name.removesuffix('_')}"
        if field.kind == "object":
            # Some models hold themselves: the parent of a process has a parent.
            if field.model not in above:
                walk(field.model, at, above | {field.model})
        else:
            fields[at] = {"type": field.kind, "many": field.many, "values": field.values}


for group, place in SETS.items():
    module, _, name = place.rpartition(".")
    module = importlib.import_module(f"howler.odm.models.ecs.{module or group}")
    walk(getattr(module, name), group, {getattr(module, name)})

names = set()


def leaves(node, path):
    if isinstance(node, dict) and "key" not in node:
        for name, inner in node.items():
            leaves(inner, f"{path}.{name}" if path else name)
    else:
        names.add(path)


mapping = folder / "stix_shifter_modules/elastic_ecs/stix_translation/json/stix_2_1/to_stix_map.json"
leaves(json.loads(mapping.read_text(encoding="utf-8")), "")

assert len(fields) > 300 and len(names) > 300, f"only {len(fields)} and {len(names)} fields were found"
out.write_text(json.dumps({"howler": fields, "stix_shifter": sorted(names)}, sort_keys=True, indent=1), encoding="utf-8")
