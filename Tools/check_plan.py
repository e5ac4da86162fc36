#!/usr/bin/env python3
"""Holds `roofline plan` against simulating every candidate with `roofline simulate`.

    Tools/check_plan.py ROOFLINE [--questions 30] [--seed 0]

For each of some random small questions every candidate in every number is simulated by calls of `simulate`, and it is
decided here, from its figures alone, what holds, what is cheapest and what is on the front of cost and latency. The plan
must say the same: the cheapest fleets and their costs, the front, that nothing holds where nothing does. What
`--candidates` says was ruled out must not hold. The status is 1 if anything differs.
"""

import argparse
import json
import pathlib
import random
import subprocess
import sys
import tempfile

DEVICES = ["a10", "l4", "t4", "l40s", "rtx-4090", "a100-80gb", "a100-40gb", "h100-sxm", "v100", "mi300x", "a30", "h20"]
MODELS = ["llava-1.5-7b", "llava-1.5-13b", "llama-3.1-8b", "qwen2.5-vl-7b", "mixtral-8x7b"]
STATISTICS = ["mean", "p50", "p90", "p95", "p99"]


def question(draw):
    """A random small question: options that `simulate` takes, those of a plan, and the targets."""
    model = draw.choice(MODELS)
    devices = draw.sample(DEVICES, draw.randint(1, 3))
    shared = {
        "model": model, "gpu": ",".join(devices), "precision": ",".join(draw.sample(["fp16", "int4", "fp8"], draw.randint(1, 2))),
        "tensor-parallel": ",".join(draw.choice([["1"], ["1", "2"], ["2", "4"]])),
        "text-tokens": draw.choice(["40", "200", "uniform:min=20,max=400", "lognormal:mean=200,cv=1"]),
        "generate": draw.choice(["16", "64", "uniform:min=1,max=100", "exponential:mean=40"]),
        "requests": str(draw.choice([60, 120, 200])), "seed": str(draw.randint(0, 99)),
    }
    if draw.random() < 0.8:
        shared["rate"] = str(draw.choice([1, 3, 8, 20, 50]))
    else:
        shared["concurrency"] = str(draw.choice([2, 16, 40]))
    if draw.random() < 0.3:
        shared["arrivals"] = draw.choice(["gamma:cv=2", "constant", "bursts:size=8"]) if "rate" in shared else None
    if model.startswith("llava"):
        shared["tokens"] = draw.choice(["full", "full,adaptive", "full,64,144"])
    elif model.startswith("qwen"):
        shared["tokens"], shared["image-size"] = "full", draw.choice(["640x480", "1280x720"])
    if draw.random() < 0.2:
        shared["shared-prompt"] = "64"
    if draw.random() < 0.2:
        shared["warmup"] = "10"
    if draw.random() < 0.2:
        shared["tower"] = "own"
    if draw.random() < 0.2:
        shared["speculate"] = "tokens=3,acceptance=0.7"
    targets = {}
    if draw.random() < 0.85:
        targets["ttft"] = (draw.choice([0.05, 0.1, 0.2, 0.5, 1.0, 3.0]), draw.choice(STATISTICS))
    if not targets or draw.random() < 0.6:
        targets["tpot"] = (draw.choice([0.01, 0.02, 0.05, 0.1]), draw.choice(STATISTICS))
    plan = {"max-gpus": str(draw.choice([2, 4, 6])), "top": "3"}
    if draw.random() < 0.2:
        plan["split"] = draw.choice(["1:1", "none,1:1", "2:1"])
    if draw.random() < 0.2:
        plan["max-cost-per-hour"] = str(draw.choice([2, 5, 10]))
    return {key: value for key, value in shared.items() if value}, plan, targets


def words(options):
    return [word for key, value in options.items() for word in (f"--{key}", value)]


def key(row):
    return tuple(row[name] for name in (
        "hardware", "engine", "precision", "visual_tokens", "tensor_parallel", "pipeline_parallel", "expert_parallel"))


def simulated(roofline, shared, plan, targets):
    """What of every candidate in every number holds: (key, split, number) to its figures."""
    found, failed = {}, []
    most = int(plan["max-gpus"])
    limit = float(plan.get("max-cost-per-hour", "inf"))
    lists = [shared[name].split(",") for name in ("gpu", "precision", "tensor-parallel")]
    for split in plan.get("split", "none").split(","):
        for device in lists[0]:
            for precision in lists[1]:
                for tensor in lists[2]:
                    for number in range(1, most + 1):
                        one = dict(shared, gpu=device, precision=precision, **{"tensor-parallel": tensor})
                        engines = 1
                        if split == "none":
                            one["replicas"] = str(number)
                        else:
                            prefill, decode = (int(part) * number for part in split.split(":"))
                            one["disaggregate"], engines = f"prefill={prefill},decode={decode}", 2
                        if int(tensor) * number * engines > most:
                            break
                        run = subprocess.run(
                            [roofline, "simulate", *words(one), "--price-per-hour", str(PRICES[device]), "--format", "json"]
                            if device in PRICES else
                            [roofline, "simulate", *words(one), "--format", "json"],
                            capture_output=True, text=True, timeout=600)
                        if run.returncode:
                            failed.append(run.stderr.strip().splitlines()[-1] if run.stderr else "")
                            break
                        for row in json.loads(run.stdout)["rows"]:
                            if row["devices"] > most:
                                continue
                            cost = PRICES[device] * row["devices"] if device in PRICES else None
                            if "max-cost-per-hour" in plan and (cost is None or cost > limit):
                                continue
                            holds = row["refused"] == 0 and row["requests"] > 0 and all(
                                row[f"{name}_{figure}_seconds"] is None
                                or row[f"{name}_{figure}_seconds"] <= seconds
                                for name, (seconds, figure) in targets.items())
                            found[key(row), split, number] = {
                                "holds": holds, "cost": cost, "devices": row["devices"],
                                "latency": row["ttft_p95_seconds" if "ttft" in targets else "tpot_p95_seconds"],
                                "input": (row["reducer"], row["visual_tokens"])}
    return found, failed


# Prices by hand, so that the script need not know the devices' files; those that are missing have none.
PRICES = {"a10": 1.0, "l4": 0.5, "t4": 0.35, "l40s": 1.1, "rtx-4090": 0.6, "a100-80gb": 2.0, "a100-40gb": 1.5,
          "h100-sxm": 3.5, "v100": 0.8, "mi300x": 2.5}


def expected(found, priced):
    """The cheapest numbers of all candidates that hold, and the front, of devices with or without a price."""
    cost = (lambda fleet: fleet["cost"]) if priced else (lambda fleet: fleet["devices"])
    group = {name: fleet for name, fleet in found.items() if (fleet["cost"] is not None) == priced}
    best = {}
    for (candidate, split, number), fleet in group.items():
        if fleet["holds"] and number < best.get((candidate, split), (10 ** 9,))[0]:
            best[candidate, split] = (number, fleet)
    ranked = sorted((cost(fleet), fleet["devices"], fleet["latency"]) for _, fleet in best.values())
    if not ranked:
        return ranked, [], set()
    inside = [(cost(fleet), fleet["latency"]) for fleet in group.values()
              if fleet["holds"] and cost(fleet) <= 2 * ranked[0][0]]
    front = sorted({point for point in inside
                    if not any(a <= point[0] and b <= point[1] and (a, b) != point for a, b in inside)})
    return ranked, front, {fleet["input"] for _, fleet in best.values()}


def near(a, b):
    return len(a) == len(b) and all(
        abs(x - y) <= 1e-9 * max(1, abs(x)) for one, other in zip(a, b) for x, y in zip(one, other))


def check(roofline, number, shared, plan, targets):
    """What differs, in words."""
    faults = []
    options = dict(shared, **plan)
    for name, (seconds, figure) in targets.items():
        options[name] = f"{seconds}@{figure}"
    call = [roofline, "plan", *words(options)]
    for device in shared["gpu"].split(","):
        if device in PRICES:
            call += ["--price-per-hour", f"{device}={PRICES[device]}"]
    if all(device not in PRICES for device in shared["gpu"].split(",")) and "max-cost-per-hour" in plan:
        return None
    found, failed = simulated(roofline, shared, plan, targets)
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "candidates.jsonl"
        run = subprocess.run([*call, "--format", "json", "--candidates", str(file)], capture_output=True, text=True,
                             timeout=1200)
        if run.returncode not in (0, 2):
            return None if not found else [f"status {run.returncode}: {run.stderr.strip()[:300]}"]
        answer = json.loads(run.stdout)
        verdicts = [json.loads(line) for line in file.read_text().splitlines()]
    for priced, listed in ((True, "cheapest"), (False, "unpriced")):
        ranked, front, inputs = expected(found, priced)
        rows = [row for row in answer["rows"] if row["list"] == listed]
        latency = "ttft_p95_seconds" if "ttft" in targets else "tpot_p95_seconds"
        said = [(row["cost_per_hour"] if priced else row["devices"], row["devices"], row[latency]) for row in rows]
        top = int(plan["top"])
        if not near(said[:top], ranked[:top]):
            faults.append(f"{listed}: plan {said[:top]}, simulated {ranked[:top]}")
        missing = {i for i in inputs if i[0] != "none"} - {(row["reducer"], row["visual_tokens"]) for row in rows}
        if missing:
            faults.append(f"{listed}: ways to drop tokens are missing: {missing}")
        if (priced and ranked) or (not priced and not expected(found, True)[0] and ranked):
            points = sorted((row["cost_per_hour"] if priced else row["devices"], row[latency])
                            for row in answer["rows"] if row["list"] == "front")
            if not near(points, front):
                faults.append(f"front: plan {points}, simulated {front}")
    ruled = 0
    for verdict in verdicts:
        fleet = found.get((key(verdict), verdict["split"], verdict["replicas"]))
        if verdict["outcome"] != "holds":
            ruled += verdict["outcome"] == "ruled out"
            if fleet and fleet["holds"]:
                faults.append(f"{verdict['outcome']} by {verdict['rule']}, but holds: {verdict}")
        elif not fleet or not fleet["holds"]:
            faults.append(f"said to hold, but does not: {verdict}")
    holds = sum(fleet["holds"] for fleet in found.values())
    print(f"question {number}: {len(found)} fleets, {holds} hold, {ruled} ruled out by bounds, "
          f"{len(verdicts)} looked at: {'; '.join(faults) if faults else 'as simulated'}"
          + (f" (cannot run: {failed[0][:120]})" if not found and failed else ""), flush=True)
    if faults:
        print("  " + " ".join(call))
    return faults


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("roofline")
    parser.add_argument("--questions", type=int, default=30)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    roofline = str(pathlib.Path(options.roofline).resolve())
    draw = random.Random(options.seed)
    done = wrong = drawn = 0
    while done < options.questions:
        drawn += 1
        if drawn > 20 * options.questions:
            print(f"of {drawn - 1} questions only {done} could be asked")
            return 1
        faults = check(roofline, done, *question(draw))
        if faults is None:
            continue
        done += 1
        wrong += bool(faults)
    print(f"{done} questions, {wrong or 'none'} answered otherwise than by simulating every candidate")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
