"""Which mutants there are, and how all of them get into one program.

A mutated function becomes `match mutant::active(NUMBER) { 17 => { the body with mutant 17 }, ..., _ => { the body as it was } }`.
cargo-mutants lists the mutants; which one is alive is said by the environment when the program starts.
"""

import json
import os
import re
import subprocess
from collections import defaultdict

AREAS = {"paging": "src/source/paging", "ledger": "src/ledger", "pipeline": "src/pipeline"}

# Beside the answer to "which mutant is alive", it notes in the file MUTANT_TRACE which functions were called.
SWITCH = """
use std::io::Write as _;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

pub fn active(function: usize) -> u32 {
    static CALLED: [AtomicBool; 4096] = [const { AtomicBool::new(false) }; 4096];
    static ALIVE: OnceLock<(u32, Option<String>)> = OnceLock::new();
    let (alive, trace) = ALIVE.get_or_init(|| {
        let alive = std::env::var("MUTANT").ok().and_then(|number| number.parse().ok());
        (alive.unwrap_or(0), std::env::var("MUTANT_TRACE").ok())
    });
    if let Some(path) = trace && !CALLED[function].swap(true, Ordering::Relaxed) {
        let mut file = std::fs::OpenOptions::new().create(true).append(true).open(path).expect("the trace can be written");
        file.write_all(format!("{function}\\n").as_bytes()).expect("the trace can be written");
    }
    *alive
}
"""


def mutants(folder, areas):
    """What cargo-mutants would change, numbered from 1 on. Left out is what cannot be switched: what stands in no function, or in
    one whose variants would each have a type of its own."""
    chosen = [word for area in areas for word in ("--file", f"{AREAS[area]}/**")]
    left_out = ["--exclude", "**/tests/**", "--exclude", "**/tests.rs"]
    command = ["cargo", "mutants", "--list", "--json", *chosen, *left_out]
    found = json.loads(subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout)
    switched = []
    for number, mutant in enumerate(found, 1):
        mutant["number"] = number
        if mutant["function"] and "impl " not in mutant["function"]["return_type"]:
            switched.append(mutant)
        else:
            print(f"mutants: to be tried by hand: {mutant['name']}")
    return switched


def weave(source, copy, found, unviable):
    """Writes the changed files into the copy. Answers the number of the function of each mutant, and of each line of a file
    the mutant that it belongs to (0: none)."""
    functions, lines = {}, {}
    by_file = defaultdict(list)
    for mutant in found:
        by_file[mutant["file"]].append(mutant)
    for file, of_file in by_file.items():
        with open(os.path.join(source, file), encoding="utf-8") as text:
            woven = weave_file(text.read(), of_file, unviable, functions)
        write(os.path.join(copy, file), woven)
        owner, owners = 0, []
        for line in woven.split("\n"):
            marks = re.findall(r"/\*mutant (\d+)\*/", line)
            owner = int(marks[-1]) if marks else owner
            owners.append(owner)
        lines[file] = owners
    write(os.path.join(copy, "src/mutant.rs"), SWITCH)
    with open(os.path.join(source, "src/lib.rs"), encoding="utf-8") as text:
        write(os.path.join(copy, "src/lib.rs"), text.read() + "\npub mod mutant;\n")
    return functions, lines


def weave_file(text, found, unviable, functions):
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)

    def span(of):
        return tuple(starts[of[end]["line"] - 1] + of[end]["column"] - 1 for end in ("start", "end"))

    spans = {span(mutant["function"]["span"]) for mutant in found}
    outermost = sorted(s for s in spans if not any(o != s and o[0] <= s[0] and s[1] <= o[1] for o in spans))
    woven, done = [], 0
    for start, end in outermost:
        opening = body(text, start)
        function = max(functions.values(), default=0) + 1
        head = text[start:opening].replace("const fn ", "fn ")
        woven.append(f"{text[done:start]}{head}{{ match crate::mutant::active({function}) {{\n")
        for mutant in found:
            if not start <= span(mutant["function"]["span"])[0] < end:
                continue
            functions[mutant["number"]] = function
            if mutant["name"] not in unviable:
                first, last = span(mutant["span"])
                changed = f"{text[opening + 1 : first]} {mutant['replacement']} {text[last : end - 1]}"
                woven.append(f"/*mutant {mutant['number']}*/ {mutant['number']} => {{{changed}\n}}\n")
        woven.append(f"/*mutant 0*/ _ => {{{text[opening + 1 : end - 1]}\n}}\n}} }}")
        done = end
    return "".join(woven) + text[done:]


def body(text, start):
    """Where the body of the function that starts there begins."""
    place, depth = text.index("fn ", start), 0
    while text[place] != "{" or depth > 0:
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(text[place], 0)
        place += 1
    return place


def write(path, text):
    """What stays the same keeps its time, so that cargo does not build it again."""
    if os.path.exists(path):
        with open(path, encoding="utf-8") as there:
            if there.read() == text:
                return
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
