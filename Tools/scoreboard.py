#!/usr/bin/env python3
"""Hold this program and its peers against published measurements: scoreboard.py ROOFLINE [option ...]

Asks ROOFLINE about every line of Benchmarks/scoreboard/measurements.csv, keeps what it says beside what the peers said in
Benchmarks/scoreboard/answers.json and writes reports/scoreboard.md from these two files.

  --install          make an interpreter below .build/scoreboard for every peer that PyPI has, and ask it
  --python NAME=PATH ask the peer NAME through this interpreter, which has it
  --viewer FOLDER    ask LLM-Viewer, of which this is a checkout
  --prices PROGRAM   .build/release/price-benchmark, which times an estimate within a process
  --check            write nothing; fail if the report or this program's answers are not what would be written now
"""

import argparse
import csv
import json
import pathlib
import statistics
import subprocess
import sys
import time
import venv

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "Tools"))
import scoreboard_peers  # noqa: E402

FOLDER = ROOT / "Benchmarks" / "scoreboard"
REPORT = ROOT / "reports" / "scoreboard.md"
OURS = "roofline"
KERNELS = "roofline, kernels alone"
IDEAL = "roofline, ideal"
# Which of our engines stands for what ran. The notes of tensorrt-llm-2024 say why NVIDIA's own figures are tensorrt-llm's.
ENGINES = {"TensorRT-LLM 0": "tensorrt-llm", "TensorRT-LLM 2024": "tensorrt-llm-2024", "vLLM 2024": "vllm-0.5",
           "gpt-fast": "torch-compile", "calm": "calm"}
FIGURES = {"prefill": "prefill_seconds", "decode": "time_per_output_token_seconds", "request": "request_seconds"}
NOT_RUN = [
    ("AISimulate 0.13.0", "what PyPI has of it cannot be installed, its set-up ends with an error; aiconfigurator-core, which its "
     "authors name as what it estimates with, was"),
    ("InferSim f2293da", "its tables of kernels are of H20 and H800, where none of these was measured"),
    ("vidur, LLMServingSim, inference-sim", "simulate servers under load, from profiles of their own: none of these is such a "
     "measurement"),
    ("LLMCompass, calculon", "no packages of PyPI and no checkout at hand; both take devices as files of their own, which nobody "
     "published for all of these"),
]


def measurements():
    with open(FOLDER / "measurements.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        for key in ("batch", "prompt", "context", "generated", "devices"):
            row[key] = int(row[key])
        row["seconds"] = float(row["seconds"])
    return rows


def engine_of(row):
    return next(ours for name, ours in ENGINES.items() if row["engine"].startswith(name))


def asked(program, row, engine):
    """What the command prints of a measurement, and how long it took; None and what it said instead."""
    command = [program, "--model", row["model"], "--gpu", row["device"], "--precision", row["precision"], "--tokens", "none",
               "--text-tokens", str(row["prompt"]), "--context", str(row["context"]), "--batch", str(row["batch"]),
               "--tensor-parallel", str(row["devices"]), "--engine", engine, "--format", "json"]
    if row["phase"] != "prefill":
        command += ["--generate", str(row["generated"])]
    if row["precision"] == "fp8" and row["phase"] != "prefill":
        command += ["--kv-precision", "fp8"]
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True)
    took = time.perf_counter() - start
    try:
        return json.loads(done.stdout)["rows"][-1], took
    except (ValueError, KeyError, IndexError):
        return None, done.stderr.strip()[-160:]


def ours(program, rows):
    """Our answers: as the engine that ran, as kernels alone, as the roofline itself."""
    told = {name: {"answers": {}, "each": None} for name in (OURS, KERNELS, IDEAL)}
    times = []
    for row in rows:
        for name, engine, prefix in ((OURS, engine_of(row), "expected_"), (KERNELS, "none", "expected_")):
            said, took = asked(program, row, engine)
            key = FIGURES[row["phase"]]
            if said is None:
                told[name]["answers"][row["id"]] = {"refused": took}
                continue
            times.append(took)
            told[name]["answers"][row["id"]] = {"seconds": float(f"{said[prefix + key]:.6g}")}
            if name == KERNELS:
                told[IDEAL]["answers"][row["id"]] = {"seconds": float(f"{said[key]:.6g}")}
    return told, statistics.median(times)


def interpreter(name, package, version):
    """A Python below .build/scoreboard that has the peer."""
    folder = ROOT / ".build" / "scoreboard" / name
    if not folder.exists():
        venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    # What a package pins and what it forgets to pin.
    more = ["pandas<3"] if name == "GenZ" else []
    subprocess.run([python, "-m", "pip", "install", "--quiet", f"{package}=={version}", *more], check=True)
    return python


def ask_peer(python, name, rows, checkout=None):
    command = [python, ROOT / "Tools" / "scoreboard_peers.py", name] + ([checkout] if checkout else [])
    done = subprocess.run(command, input=json.dumps(rows), capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{name} cannot be asked:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout)


def errors(rows, answers):
    """Answer over measurement less 1, of the rows that have one."""
    return [answers[row["id"]]["seconds"] / row["seconds"] - 1 for row in rows if "seconds" in answers.get(row["id"], {})]


def percent(value, sign=False):
    return f"{100 * value:{'+' if sign else ''}.1f} %"


def ninety(values):
    ordered = sorted(map(abs, values))
    return ordered[min(len(ordered) - 1, int(0.9 * len(ordered)))]


def summary(rows, answers):
    found = errors(rows, answers)
    if not found:
        return None
    sizes = [abs(value) for value in found]
    return len(found), statistics.mean(sizes), statistics.median(sizes), ninety(found), statistics.mean(found)


def table(head, lines):
    """A table of Markdown whose columns have the width of what stands in them."""
    cells = [head] + lines
    widths = [max(len(line[column]) for line in cells) for column in range(len(head))]
    rule = ["-" * width if column == 0 else "-" * (width - 1) + ":" for column, width in enumerate(widths)]
    text = []
    for line in [head, rule] + lines:
        padded = [cell.ljust(width) if column == 0 else cell.rjust(width)
                  for column, (cell, width) in enumerate(zip(line, widths))]
        text.append("| " + " | ".join(padded) + " |")
    return "\n".join(text)


def duration(seconds):
    if seconds is None:
        return "-"
    for size, unit in ((1, "s"), (1e-3, "ms"), (1e-6, "us")):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-9:.3g} ns"


def kind(row):
    """What measurements of one kind share: who measured what on which device."""
    phase = {"prefill": "first token", "decode": "a token", "request": "a batch of requests"}[row["phase"]]
    engine = " ".join(row["engine"].split()[:1])
    several = ", several devices" if row["devices"] > 1 else ""
    return f"{engine}, {row['device']} {row['precision']}, {phase}{several}"


def report(rows, stored):
    tools = stored["tools"]
    names = [OURS, KERNELS, IDEAL] + [name for name in scoreboard_peers.PEERS if name in tools]
    # What all can answer that time a batch: the rows are then the same for each of them.
    wide = [name for name in names if len(errors(rows, tools[name]["answers"])) > len(rows) / 2]
    common = [row for row in rows if all("seconds" in tools[name]["answers"].get(row["id"], {}) for name in wide)]
    out = ["<!-- Written by `make scoreboard`; changes made here are lost. -->", "",
           "# This program and its peers against published measurements", "",
           f"{len(rows)} published times of language models on GPUs, each a fact with its source in "
           "[measurements.csv](../Benchmarks/scoreboard/measurements.csv), and what each tool says of them, kept in "
           "[answers.json](../Benchmarks/scoreboard/answers.json). [scoreboard.py](../Tools/scoreboard.py) asks this program, "
           "[scoreboard_peers.py](../Tools/scoreboard_peers.py) the peers, each as its documentation says and with its defaults.",
           "",
           "An error is the estimate over the measurement less 1; mean, median and 90 % are of its size, the bias of itself. "
           "`roofline` is the expected time as the engine that ran, `kernels alone` the expected time with `--engine none`, "
           "`ideal` the bound itself, which no run should beat.", "",
           "**What ours had seen:** the figures of our engines were set near fits to published times, among them those of "
           "gpt-fast, calm, TensorRT-LLM and LLM-Inference-Bench, of which most of these are a part. They are no proof of what "
           "happens elsewhere; [validation.md](validation.md) shows errors of sources that were left out. `kernels alone` was "
           "fitted to times of single operators and has seen none of these but the first tokens, after which a constant was "
           "added. aiconfigurator's kernels were measured on the devices themselves, on later versions of the engines.", ""]

    def line(name, answers, over):
        found = summary(over, answers)
        if found is None:
            return [name, "0", "-", "-", "-", "-"]
        count, mean, median, nine, bias = found
        return [name, str(count), percent(mean), percent(median), percent(nine), percent(bias, True)]

    def there(name):
        """Our mean error on the rows that a tool answers."""
        answered = [row for row in rows if "seconds" in tools[name]["answers"].get(row["id"], {})]
        found = summary(answered, tools[OURS]["answers"])
        return percent(found[1]) if found else "-"

    head = ["tool", "rows", "mean", "median", "90 %", "bias"]
    out += ["## All that each could answer", "",
            table(head + ["roofline there", "time per estimate"],
                  [line(name, tools[name]["answers"], rows) + [there(name), duration(tools[name]["each"])] for name in names]), "",
            "Peers' times are the median of an answer within a process, on two cores that others share, what is loaded once left "
            "out; ours are those of an expected request of 256 tokens and of an ideal prefill of Vicuna 7B within a process (`make "
            "bench`). The command itself, which starts, reads the catalog, answers and prints, takes "
            f"{duration(stored['command'])}. Which rows a tool answers differs: `roofline there` is our mean error on the same rows, and "
            "the next table has the same rows for all in it.", "",
            f"## The {len(common)} that all of {len(wide)} tools answer", "",
            table(head, [line(name, tools[name]["answers"], common) for name in wide]), "",
            "## By kind of measurement", "",
            "The mean size of the error; `-` where a tool cannot be asked. The smallest of a line is bold, of those that answer half of "
            "it at least.", ""]
    kinds = list(dict.fromkeys(map(kind, rows)))
    lines = []
    for name in kinds:
        of_kind = [row for row in rows if kind(row) == name]
        means = {tool: summary(of_kind, tools[tool]["answers"]) for tool in names if tool != IDEAL}
        # Half of the rows at least, so that nobody wins by a single one.
        able = {tool: found[1] for tool, found in means.items() if found and 2 * found[0] >= len(of_kind)}
        best = min(able.values(), default=None)
        lines.append([name, str(len(of_kind))] + [
            "-" if found is None else (f"**{percent(found[1])}**" if found[1] == best else percent(found[1]))
            for found in means.values()])
    shown = [name.removeprefix("roofline, ") for name in names if name != IDEAL]
    out += [table(["measurement", "rows"] + shown, lines), ""]
    winners = [line for line in lines if not line[2].startswith("**")]
    if winners:
        lost = "; ".join(line[0] + " (" + next(
            f"{shown[index]} {cell.strip('*')}" for index, cell in enumerate(line[2:]) if cell.startswith("**"))
            + f", ours {line[2]})" for line in winners)
        out += [f"**Where ours loses:** {lost}.", ""]
    out += ["## Every measurement", "",
            "Measured seconds (a token's where tokens are timed) and the errors.", ""]
    lines = []
    for row in rows:
        cells = []
        for name in names:
            answer = tools[name]["answers"].get(row["id"], {})
            cells.append(f"{100 * (answer['seconds'] / row['seconds'] - 1):+.0f} %" if "seconds" in answer else "-")
        what = f"{row['model']}, {row['device']}" + (f" x {row['devices']}" if row["devices"] > 1 else "")
        size = f"{row['batch']} x {row['context'] + row['prompt']} + {row['generated']}"
        lines.append([row["id"], what, row["engine"], size, row["phase"], f"{row['seconds']:.4g}"] + cells)
    out += [table(["id", "model, device", "engine", "batch x prompt + output", "phase", "measured"]
                  + [name.removeprefix("roofline, ") for name in names], lines), "",
            "## How each was asked", ""]
    for name in names[3:]:
        function, package, version = scoreboard_peers.PEERS[name]
        source = f"{package} {version} of PyPI" if package else f"a checkout at {version}"
        refusals = {}
        for row in rows:
            why = tools[name]["answers"].get(row["id"], {}).get("refused")
            if why:
                refusals[why] = refusals.get(why, 0) + 1
        said = "; ".join(f"{why}: {count}" for why, count in sorted(refusals.items(), key=lambda item: -item[1]))
        how = " ".join(function.__doc__.split())
        out.append(f"- **{name}** ({source}). {how}" + (f" Not answered: {said}." if said else ""))
    out += ["- **roofline** as " + ", ".join(f"`{ours}` for {theirs.strip(' 0')}" for theirs, ours in ENGINES.items()) + ".", "",
            "## What was not run", ""]
    out += [f"- **{name}**: {why}." for name, why in NOT_RUN]
    out += ["", "## Sources", ""]
    for source in dict.fromkeys((row["source"], row["licence"]) for row in rows):
        out.append(f"- {source[0]} ({source[1]}): {sum(row['source'] == source[0] for row in rows)} rows")
    return "\n".join(out) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("roofline")
    parser.add_argument("--install", action="store_true")
    parser.add_argument("--python", action="append", default=[], metavar="NAME=PATH")
    parser.add_argument("--viewer")
    parser.add_argument("--prices")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    rows = measurements()
    path = FOLDER / "answers.json"
    stored = json.loads(path.read_text()) if path.exists() else {"tools": {}}
    told, command = ours(options.roofline, rows)
    if options.check:
        for name, found in told.items():
            for row in rows:
                new, old = found["answers"][row["id"]], stored["tools"][name]["answers"].get(row["id"], {})
                near = "seconds" in new and "seconds" in old and abs(new["seconds"] / old["seconds"] - 1) < 1e-5
                if not near and new != old:
                    sys.exit(f"{name} says {new} of {row['id']}, the report {old}; run: make scoreboard")
        if REPORT.read_text() != report(rows, stored):
            sys.exit("reports/scoreboard.md is out of date; run: make scoreboard")
        return
    pythons = dict(entry.split("=", 1) for entry in options.python)
    for name, (_, package, version) in scoreboard_peers.PEERS.items():
        if package and options.install and name not in pythons:
            pythons[name] = interpreter(name, package, version)
        if name in pythons:
            stored["tools"][name] = ask_peer(pythons[name], name, rows)
            print(f"asked {name}", flush=True)
        elif package is None and options.viewer:
            stored["tools"][name] = ask_peer(sys.executable, name, rows, options.viewer)
            print(f"asked {name}", flush=True)
    stored["command"] = command
    for name, found in told.items():
        found["each"] = stored["tools"].get(name, {}).get("each")
    stored["tools"].update(told)
    if options.prices:
        lines = subprocess.run([options.prices, "20", "vicuna-7b"], check=True, capture_output=True, text=True).stdout
        times = {}
        for line in lines.splitlines():
            name, nanoseconds = line.split("\t")
            times.setdefault(name, []).append(float(nanoseconds) / 1e9)
        request = statistics.median(times["vicuna-7b expected request of 256 tokens"])
        stored["tools"][OURS]["each"] = stored["tools"][KERNELS]["each"] = request
        stored["tools"][IDEAL]["each"] = statistics.median(times["vicuna-7b ideal prefill"])
    path.write_text(json.dumps(stored, indent=1, sort_keys=True) + "\n")
    REPORT.write_text(report(rows, stored))


if __name__ == "__main__":
    main()
