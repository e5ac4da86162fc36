#!/usr/bin/env python3
"""Compares the scheduler of a `roofline` program with simulate_scheduler.py on random scenarios.

This was written from Documentation/scheduler.md alone, as a second opinion on the Swift code.

    compare_scheduler.py ROOFLINE [--scenarios N] [--seed S] [--keep FOLDER] [--files FILE.json ...]

Both play each scenario. The passes have to be the same (instance, takes, victims, free blocks, what was delivered and
what ended), their times and the times at which requests finish equal to 1e-9, and so the figures of the program's
summary that the page defines. Exit status 0 if all is, else 1, with the first pass that differs of each scenario.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from collections import Counter

from simulate_scheduler import simulate

TOLERANCE = 1e-9

# A scenario number n has the theme n mod 20, so that twenty of them exercise all rules; the rest is drawn.
THEMES = [
    {"policy": "mixed", "admit": "chunk", "tight": True},
    {"policy": "mixed", "admit": "prompt", "pressed": True, "prefix": True},
    {"policy": "mixed", "admit": "all", "prefix": True},
    {"policy": "prefill-first", "admit": "prompt", "pressed": True, "chunked": True},
    {"policy": "prefill-first", "admit": "all", "prefix": True},
    {"chunked": False, "tight": True},
    {"chunked": False, "policy": "prefill-first", "prefix": True},
    {"load": "closed", "refuse": True},
    {"load": "in flight", "refuse": True},
    {"replicas": True, "routing": "round-robin", "refuse": True},
    {"replicas": True, "routing": "least-loaded"},
    {"tower": "loop", "tight": True},
    {"tower": "own", "replicas": True},
    {"speculate": True, "pressed": True, "prefix": True},
    {"speculate": True, "policy": "prefill-first", "tight": True},
    {"apart": True, "admit": "chunk", "tight": True, "policy": "mixed"},
    {"apart": True, "policy": "prefill-first", "prefix": True},
    {"apart": True, "speculate": True, "pressed": True, "tower": "own"},
    {"grid": True, "replicas": True, "load": "in flight"},
    {"grid": True, "apart": True, "routing": "least-loaded", "load": "closed"},
]


def make_scenario(n, seed):
    """Scenario number n of a seed."""
    rng = random.Random("%d/%d" % (seed, n))
    theme = dict(THEMES[n % len(THEMES)])

    def pick(name, chance):
        return theme.get(name, rng.random() < chance)

    s = {}
    s["block"] = rng.choice([1, 2, 4, 8, 16, 16, 16])
    s["budget"] = rng.choice([1, 3, 8, 16, 32, 48, 64, 100, 128, 256, 512])
    s["seqs"] = rng.choice([1, 2, 3, 4, 6, 8, 16, 64])
    s["chunked"] = theme.get("chunked", rng.random() < 0.75)
    s["policy"] = theme.get("policy", rng.choice(["mixed", "mixed", "prefill-first"]))
    admits = ["prompt", "all"] + (["chunk"] if s["policy"] == "mixed" else [])
    s["admit"] = theme.get("admit", rng.choice(admits))
    if s["policy"] == "prefill-first" and s["admit"] == "chunk":
        s["admit"] = "prompt"
    s["prefix"] = theme.get("prefix", rng.random() < 0.7)
    s["seed"] = rng.choice([0, 1, 7, rng.randrange(2 ** 31)])

    # Times on a grid of 1/16 s, exact as doubles, make many events fall on one moment.
    grid = pick("grid", 0.2)
    if grid:
        s["price"] = {"pass": rng.choice([1, 2]) / 16}
        if rng.random() < 0.5:
            s["price"]["token"] = 1 / 64
        if rng.random() < 0.3:
            s["h0"] = 1 / 16
        if rng.random() < 0.1:
            del s["price"]  # passes that take no time
    else:
        s["price"] = {"pass": 0.01 * rng.random(), "token": 1e-4 * rng.random(), "context": 1e-6 * rng.random(),
                      "pair": 1e-7 * rng.random(), "logit": 1e-5 * rng.random()}
        for name in list(s["price"]):
            if name != "pass" and rng.random() < 0.15:
                del s["price"][name]
        if rng.random() < 0.5:
            s["h0"] = 0.002 * rng.random()
            s["h1"] = 0.0001 * rng.random()
            s["hr"] = 0.01 * rng.random()

    longest = rng.choice([20, 60, 150, 300])
    most = rng.choice([1, 4, 12, 40])
    # Small blocks, short prompts and long answers press the pool: many victims, whose own blocks are hit or gone.
    pressed = pick("pressed", 0.15)
    if pressed:
        s["block"] = rng.choice([1, 2, 4])
        s["budget"] = rng.choice([5, 8, 16, 24, 32, 64])
        s["seqs"] = rng.choice([3, 4, 6, 8, 16])
        if "admit" not in theme and s["policy"] == "mixed" and rng.random() < 0.8:
            s["admit"] = "chunk"
        longest = rng.choice([8, 20, 40])
        most = rng.choice([20, 40, 60])
    count = rng.randint(3, 40)
    kinds = rng.randint(1, 3)
    shared = {g: rng.randint(0, longest) for g in range(kinds)}
    towers = "tower" in theme or rng.random() < 0.3
    span = count * rng.choice([0.0005, 0.005, 0.02]) if not grid else count * rng.choice([0.02, 0.1])
    requests = []
    for _ in range(count):
        r = {"arrival": rng.random() * span, "prompt": rng.randint(1, longest), "output": rng.randint(1, most)}
        if grid:
            r["arrival"] = round(r["arrival"] * 16) / 16
        if rng.random() < 0.7:
            r["group"] = rng.randrange(kinds)
            if rng.random() < 0.8:
                # Mostly the same leading tokens, with a prompt of its own behind them.
                r["prompt"] = max(r["prompt"], min(longest, shared[r["group"]] + rng.randint(0, 20)), 1)
                r["shared"] = min(shared[r["group"]], r["prompt"])
            else:
                r["shared"] = rng.randint(0, r["prompt"])
        if towers and rng.random() < 0.5:
            r["tower"] = rng.randint(1, 3) / 16 if grid else 0.03 * rng.random()
        requests.append(r)
    if rng.random() < 0.7:
        requests.sort(key=lambda r: r["arrival"])
    s["requests"] = requests

    # The pool: some blocks more than the largest request needs, or fewer, so that it is refused.
    needs = sorted(-(-(r["prompt"] + r["output"]) // s["block"]) for r in requests)
    largest = needs[-1]
    if pick("refuse", 0.15):
        s["blocks"] = max(1, needs[len(needs) * 2 // 3])
    elif pressed or pick("tight", 0.5):
        s["blocks"] = largest + rng.randint(0, 1 + largest // 2)
    else:
        s["blocks"] = largest * rng.randint(2, 5)

    load = theme.get("load", rng.choice(["open", "open", "open", "closed", "in flight"]))
    if load == "closed":
        s["concurrency"] = rng.randint(1, 12)
    elif load == "in flight":
        s["in_flight"] = rng.randint(1, 10)
    s["routing"] = theme.get("routing", rng.choice(["round-robin", "least-loaded"]))
    if pick("apart", 0.15) and not theme.get("replicas"):
        s["apart"] = {"prefill": rng.randint(1, 3), "decode": rng.randint(1, 3), "latency": 0.02 * rng.random(),
                      "per_token": 1e-4 * rng.random()}
        if grid:
            s["apart"]["latency"] = rng.choice([0, 1, 2]) / 16
            s["apart"]["per_token"] = rng.choice([0, 1 / 64])
    elif pick("replicas", 0.25):
        s["replicas"] = rng.randint(2, 4)
    s["tower"] = theme.get("tower", rng.choice(["loop", "own"]))
    if pick("speculate", 0.2):
        s["speculate"] = {"tokens": rng.randint(1, 6), "acceptance": rng.choice([0, 0.3, 0.7, 0.9, 1])}
        if grid:
            s["speculate"]["price"] = {"pass": rng.choice([0, 1]) / 64}
        elif rng.random() < 0.8:
            s["speculate"]["price"] = {"pass": 0.001 * rng.random(), "token": 1e-5 * rng.random(),
                                       "context": 1e-7 * rng.random(), "pair": 1e-8 * rng.random(),
                                       "logit": 1e-6 * rng.random()}
    # Members with the value of the page may be missing.
    plain = {"chunked": True, "policy": "mixed", "admit": "prompt", "prefix": True, "routing": "round-robin",
             "tower": "loop", "block": 16, "seed": 0}
    for name, value in plain.items():
        if s[name] == value and rng.random() < 0.5:
            del s[name]
    return s


def ask(program, path, folder):
    """The program's log and summary of a scenario."""
    passes = os.path.join(folder, "passes.jsonl")
    summary = os.path.join(folder, "summary.json")
    for name in (passes, summary):
        if os.path.exists(name):
            os.remove(name)
    answer = subprocess.run([program, "simulate", "--scenario", path, "--passes", passes, "--format", "json"],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=120)
    if answer.returncode != 0:
        raise RuntimeError("status %d: %s" % (answer.returncode, answer.stderr.strip()))
    with open(passes) as file:
        log = [json.loads(line) for line in file if line.strip()]
    return log, json.loads(answer.stdout)["rows"][0]


def close(a, b):
    return abs(a - b) <= TOLERANCE * max(1, abs(a), abs(b))


def same_pass(theirs, ours):
    for name in ("instance", "takes", "victims", "free", "delivered", "ended"):
        if theirs.get(name) != ours[name]:
            return False
    return close(theirs["start"], ours["start"]) and close(theirs["end"], ours["end"])


def finish_times(log):
    return {number: line["end"] for line in log for number in line["ended"]}


def differences(log, row, simulation):
    """What differs, as lines of text; none if nothing does."""
    ours = simulation.log
    for i in range(max(len(log), len(ours))):
        a = log[i] if i < len(log) else None
        b = ours[i] if i < len(ours) else None
        if a is None or b is None or not same_pass(a, b):
            return ["pass %d" % i, "  program: %s" % json.dumps(a), "  page:    %s" % json.dumps(b)]
    result = []
    a, b = finish_times(log), finish_times(ours)
    for number in sorted(set(a) | set(b)):
        if number not in a or number not in b or not close(a[number], b[number]):
            result.append("request %d finishes: program %s, page %s" % (number, a.get(number), b.get(number)))
    for name, value in simulation.figures().items():
        if row.get(name) is None or not close(row[name], value):
            result.append("figure %s: program %s, page %s" % (name, row.get(name), value))
    return result


def main():
    parser = argparse.ArgumentParser(description="Compares a roofline program with Documentation/scheduler.md.")
    parser.add_argument("program")
    parser.add_argument("--scenarios", type=int, default=20)
    parser.add_argument("--seed", type=int, default=8)
    parser.add_argument("--keep", help="a folder for the scenarios that differ")
    parser.add_argument("--files", nargs="*", help="these scenarios instead of random ones")
    options = parser.parse_args()

    scenarios = []
    if options.files:
        for name in options.files:
            with open(name) as file:
                scenarios.append((name, json.load(file)))
    else:
        scenarios = [("scenario-%d-%d" % (options.seed, n), make_scenario(n, options.seed))
                     for n in range(options.scenarios)]

    differing = 0
    passes = 0
    exact = True
    counts = Counter()
    with tempfile.TemporaryDirectory() as folder:
        for name, scenario in scenarios:
            path = os.path.join(folder, "scenario.json")
            with open(path, "w") as file:
                json.dump(scenario, file)
            lines = []
            try:
                simulation = simulate(scenario)
                log, row = ask(options.program, path, folder)
                lines = differences(log, row, simulation)
                passes += len(simulation.log)
                counts.update(set(simulation.counts))
                if not lines or not lines[0].startswith("pass"):
                    exact = exact and all(a["start"] == b["start"] and a["end"] == b["end"]
                                          for a, b in zip(log, simulation.log))
            except (RuntimeError, subprocess.TimeoutExpired) as error:
                lines = [str(error)]
            if lines:
                differing += 1
                print("%s differs:" % name)
                for line in lines:
                    print("  " + line)
                if options.keep:
                    os.makedirs(options.keep, exist_ok=True)
                    with open(os.path.join(options.keep, name + ".json"), "w") as file:
                        json.dump(scenario, file, indent=1)
                sys.stdout.flush()

    print("%d scenarios, %d passes: %d differ%s" % (
        len(scenarios), passes, differing, "; where passes are the same, times are to the last bit" if exact else ""))
    print("exercised in so many of them: " + ", ".join("%s %d" % item for item in sorted(counts.items())))
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
