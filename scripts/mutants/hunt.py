"""Runs the tests that reach a mutant until one of them notices it."""

import json
import os
import re
import signal
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

# What the machine runs at a time.
HANDS = os.cpu_count() or 2


def run(program, folder, names, limit, **switches):
    """Answers whether the tests passed (`None`: they did not end in time), what was printed, and the seconds."""
    started = time.monotonic()
    command = ["nice", "-n", "19", program, "--exact", *names, "--test-threads", "1"]
    environment = {**os.environ, **switches, "RUST_MIN_STACK": str(1 << 24)}
    child = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
    )
    try:
        words = child.communicate(timeout=limit)[0]
        passed = child.returncode == 0
    except subprocess.TimeoutExpired:
        passed, words = None, b""
    try:
        os.killpg(child.pid, signal.SIGKILL)  # with whatever the tests have started
    except ProcessLookupError:
        pass
    child.wait()
    return passed, words.decode(errors="replace"), time.monotonic() - started


def reach(program, folder, prefixes):
    """For each test the seconds that it takes and the functions that it calls. One that fails as it is tells nothing later."""
    listed = subprocess.run([program, "--list"], cwd=folder, check=True, capture_output=True, text=True).stdout
    names = [line.removesuffix(": test") for line in listed.splitlines() if line.endswith(": test")]

    def alone(name):
        with tempfile.NamedTemporaryFile("r", encoding="utf-8") as trace:
            passed, _, seconds = run(program, folder, [name], 300, MUTANT_TRACE=trace.name)
            if not passed:
                print(f"mutants: fails without any mutant, and is left out: {name}", flush=True)
            return name, program, seconds, {int(line) for line in trace} if passed else set()

    with ThreadPoolExecutor(HANDS) as hands:
        return list(hands.map(alone, [name for name in names if name.startswith(tuple(prefixes))]))


def batches(tests):
    """The quick ones first, ever more at a time: most mutants are noticed at once."""
    batch, spent, most = [], 0.0, 0.5
    for name, program, seconds, _ in sorted(tests, key=lambda test: test[2]):
        if batch and (spent + seconds > most or program != batch[0][1]):
            yield batch, spent
            batch, spent, most = [], 0.0, most * 2
        batch.append((name, program))
        spent += seconds
    if batch:
        yield batch, spent


def hunt(mutant, function, tests, folder):
    """Answers what became of the mutant, and the tests that noticed it."""
    for batch, seconds in batches([test for test in tests if function in test[3]]):
        program, names = batch[0][1], [name for name, _ in batch]
        passed, words, _ = run(program, folder, names, 12 + 5 * seconds, MUTANT=str(mutant["number"]))
        if passed is None:
            return "timeout", names
        if not passed:
            return "caught", re.findall(r"^test (\S+) .*FAILED", words, re.MULTILINE) or names
    return "missed", []


def all_of(found, functions, tests, folder, results):
    """Hunts each mutant; each result is a line of the file `results` as soon as it is known."""

    def one(mutant):
        result, by = hunt(mutant, functions[mutant["number"]], tests, folder)
        return {"mutant": mutant["name"], "result": result, "by": by}

    with ThreadPoolExecutor(HANDS) as hands, open(results, "w", encoding="utf-8") as file:
        for line in hands.map(one, found):
            file.write(json.dumps(line) + "\n")
            file.flush()
            yield line
