"""Reads CEF with readers that others wrote.

`{"line": one line of CEF, "readers": [names]}` comes in per line, one JSON object per line goes out: what each reader
made of it, as `{"header": [version, vendor, product, device version, class, name, severity], "pairs": [[key, value], ...]}`, or
`{"refused": why}`. One process serves a whole run of tests.
"""

import json
import os
import re
import subprocess
import sys

import cefp
import jc.parsers.cef

HEADER = re.compile(r"(?:(?:[^\\|]|\\.)*\|){7}")

# stdbuf, because the program keeps its answers back when nobody watches.
liblognorm = subprocess.Popen(
    ["stdbuf", "-oL", "lognormalizer", "-r", os.path.join(os.path.dirname(__file__), "cef.rulebase"), "-e", "json"],
    stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")


def by_cefp(line):
    fields = cefp.CEFParser.split(line)
    if len(fields) != 8:
        return {"refused": f"{len(fields)} fields"}
    # The public function makes a dictionary of the pairs, in which a key that stands twice would go unseen.
    words = cefp.CEFParser.splitext.__func__.__wrapped__(cefp.CEFParser, fields[7])
    if len(words) % 2:
        return {"refused": f"{words[-1]!r} has no value"}
    return {"header": [fields[0].removeprefix("CEF:"), *fields[1:7]], "pairs": list(zip(words[::2], words[1::2]))}


def by_liblognorm(line):
    # It takes the first character of the extension for the space that some senders put there.
    header = HEADER.match(line)
    if header is None:
        return {"refused": "no header"}
    liblognorm.stdin.write(f"{header[0]} {line[header.end():]}\n")
    liblognorm.stdin.flush()
    read = json.loads(liblognorm.stdout.readline())
    if "cef" not in read:
        return {"refused": read}
    cef = read["cef"]
    names = ["DeviceVendor", "DeviceProduct", "DeviceVersion", "SignatureID", "Name", "Severity"]
    return {"header": ["0", *(cef[name] for name in names)], "pairs": list(cef["Extensions"].items())}


def by_jc(line):
    """As the line has them: what it makes of escapes is wrong where one follows another (`C:\\\\new` has no line break)."""
    try:
        read = jc.parsers.cef.parse(line, raw=True, quiet=True)[0]
    except Exception as error:
        return {"refused": repr(error)}
    if "unparsable" in read or "agentSeverity" not in read:
        return {"refused": "its pattern knows no = and no backslash in a header"}
    names = ["CEFVersion", "deviceVendor", "deviceProduct", "deviceVersion", "deviceEventClassId", "name", "agentSeverity"]
    header = [read.pop(name) for name in names]
    return {"header": header, "pairs": list(read.items())}


READERS = {"cefp": by_cefp, "liblognorm": by_liblognorm, "jc": by_jc}

for request in map(json.loads, sys.stdin):
    print(json.dumps({name: READERS[name](request["line"]) for name in request["readers"]}), flush=True)
