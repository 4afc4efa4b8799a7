"""Builds a copy of the crate that holds every mutant which compiles."""

import json
import os
import subprocess

import plan

PROFILE = '\n[lints.rust]\nwarnings = "allow"\n\n[profile.dev.package.alertferry]\ndebug = 0\n'


def copy(source, folder):
    """The files that git knows or would take, with the compiler told to let odd code pass."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=source, check=True, capture_output=True, text=True).stdout.split("\0")
    for name in filter(None, names):
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(os.path.join(source, name), "rb") as there:
            content = there.read()
        if name == "Cargo.toml":
            content = content[: content.index(b"[lints.rust]")] + PROFILE.encode()
        with open(path, "wb") as here:
            here.write(content)


def build(source, folder, found):
    """Takes out what does not compile until the rest does. Answers the programs with tests, the number of each mutant's function
    and the names of what was taken out."""
    unviable = set()
    names = {mutant["number"]: mutant["name"] for mutant in found}
    for command in (["check", "--lib"], ["test", "--no-run", "--lib", "--bins", "--test", "it"]):
        while True:
            functions, lines = plan.weave(source, folder, found, unviable)
            done = subprocess.run(["cargo", *command, "--message-format=json"], cwd=folder, stdout=subprocess.PIPE, text=True)
            messages = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
            if done.returncode == 0:
                break
            bad = {number for message in messages for number in blamed(message, lines)} - {0}
            if not bad:
                words = [message["message"]["rendered"] for message in messages if message["reason"] == "compiler-message"]
                raise SystemExit("mutants: the copy does not compile:\n" + "\n".join(words))
            unviable |= {names[number] for number in bad}
    programs = [message for message in messages if message.get("executable") and message["profile"]["test"]]
    programs = {message["target"]["kind"][0]: message["executable"] for message in programs if message["target"]["kind"][0] != "bin"}
    return programs, functions, unviable


def blamed(message, lines):
    """The mutants in whose lines the compiler sees an error."""
    if message["reason"] != "compiler-message" or not message["message"]["level"].startswith("error"):
        return
    for span in message["message"]["spans"]:
        while span["expansion"]:
            span = {**span["expansion"]["span"], "is_primary": span["is_primary"]}
        if span["is_primary"] and span["file_name"] in lines:
            yield lines[span["file_name"]][span["line_start"] - 1]
