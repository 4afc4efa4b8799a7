"""Tries every mutant of some areas: `run.py FOLDER AREA...`, in the root of the repository. See docs/mutants.md."""

import os
import sys
from collections import Counter

import build
import hunt
import plan

# The tests that are asked. Of the whole program those whose subject is nothing but what the areas decide.
TESTS = {"lib": ["source::paging::", "ledger::", "pipeline::"], "test": ["ledger::", "replay::", "alarms::", "routes::", "feeds::"]}


def main(folder, areas):
    copy = os.path.join(folder, "crate")
    found = plan.mutants(".", areas)
    build.copy(".", copy)
    programs, functions, unviable = build.build(".", copy, found)
    viable = [mutant for mutant in found if mutant["name"] not in unviable]
    print(f"mutants: {len(viable)} in one program, {len(unviable)} do not compile", flush=True)
    tests = [test for kind, program in programs.items() for test in hunt.reach(program, copy, TESTS[kind])]
    counts = Counter()
    for line in hunt.all_of(viable, functions, tests, copy, os.path.join(folder, "results.jsonl")):
        counts[line["result"]] += 1
        if line["result"] == "missed":
            print(f"missed: {line['mutant']}", flush=True)
    print(f"mutants: {dict(counts)}, {len(unviable)} unviable", flush=True)
    return 1 if counts["missed"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:] or list(plan.AREAS)))
