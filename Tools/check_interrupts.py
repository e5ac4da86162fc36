#!/usr/bin/env python3
"""Interrupts runs of the command at random moments and looks at what they leave behind.

    Tools/check_interrupts.py [ROOFLINE [COUNT [SEED]]]

ROOFLINE is the built command, COUNT how many runs are interrupted (200), each by SIGINT, SIGTERM, SIGHUP or another signal
that ends programs, some twice. No part of a file may be left, the files that are there must be those that were reported,
whole ones, and old files must be what they were or whole new ones. Long simulations and plans that are interrupted while they
run say within a second what they have done. Needs OpenBLAS, and nothing but Python's own library.
The status is 1 if anything is wrong.
"""

import json
import os
import random
import signal
import struct
import subprocess
import sys
import tempfile
import time
import zlib

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TOWER = os.path.join(ROOT, "Tests/EncodingTests/Fixtures/plain")
PICTURES = os.path.join(ROOT, "Tests/ImagesTests/Fixtures")
SIGNALS = [
    signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGALRM, signal.SIGXCPU,
]
MODEL = """name: tiny
title: Tiny
vision: { image_size: 56, patch_size: 14, channels: 3, layers: 3, width: 32, heads: 4, feed_forward: 64, \
activation: quick_gelu, layers_used: 2 }
connector: { widths: [32, 4096], activation: gelu }
language: { model: vicuna-7b }
sources: { vision: made up, connector: made up, language: vicuna }
"""


FLEET = "--model llama-3.1-8b --gpu h100-sxm --precision bf16 --tokens none --text-tokens 200 --generate 20".split()
# Runs of minutes, by subcommand; and whether they have a result to write from the first moment on.
LONG = [
    (["simulate"] + FLEET + ["--concurrency", "1000000"], True),
    (["simulate"] + FLEET + ["--rate", "5", "--requests", "5000000"], True),
    (["simulate"] + FLEET + ["--rate", "1M", "--requests", "5000000", "--timeline", "time.csv"], True),
    (["simulate"] + FLEET + ["--rate", "1..20000", "--requests", "50"], True),
    (["plan"] + FLEET + ["--rate", "500", "--requests", "1000000", "--ttft", "500ms@p95"], False),
]


def is_whole(path):
    """Whether a file is complete, by its own account of its length."""
    with open(path, "rb") as file:
        data = file.read()
    if path.endswith(".png"):
        return data.endswith(b"IEND" + struct.pack(">I", zlib.crc32(b"IEND")))
    header = json.loads(data[8 : 8 + struct.unpack("<Q", data[:8])[0]])
    ends = [entry["data_offsets"][1] for name, entry in header.items() if name != "__metadata__"]
    return len(data) == 8 + struct.unpack("<Q", data[:8])[0] + max(ends)


def ended(run, wait=None):
    """What `wait` gives of a process that ends within a minute, usually its status."""
    try:
        return wait() if wait else run.wait(timeout=60)
    except subprocess.TimeoutExpired:
        run.kill()
        raise AssertionError(f"{run.args} goes on for a minute") from None


class Check:
    def __init__(self, command, folder):
        self.command, self.folder = command, folder
        self.list = os.path.join(folder, "list.txt")
        self.model = os.path.join(folder, "tiny.yaml")
        with open(self.list, "w") as file:
            file.writelines(f"{PICTURES}/{name}\n" for name in ["gray.jpg", "rgb8.png", "large.png"] * 2000)
        with open(self.model, "w") as file:
            file.write(MODEL)

    def interrupted(self, arguments, delay, numbers):
        """Runs the command and sends the signals; returns its standard output."""
        with tempfile.TemporaryFile() as output:
            run = subprocess.Popen(
                [self.command] + arguments, stdout=output, stderr=subprocess.DEVNULL, cwd=self.folder
            )
            for number in numbers:
                time.sleep(delay)
                run.send_signal(number)
                delay = random.random() * 0.02
            status = ended(run)
            expected = {0} | {128 + number for number in numbers} | {-number for number in numbers}
            assert status in expected, f"status {status} after {numbers}"
            output.seek(0)
            return output.read().decode()

    def check_files(self, output, folder):
        """The files in the folder are those that the lines of the output name, and whole."""
        there = {f"{folder}/{name}" for name in os.listdir(os.path.join(self.folder, folder))}
        reported = {line.rsplit(", ", 1)[1] for line in output.splitlines()}
        assert there == reported, f"unreported {there - reported}, missing {reported - there}"
        for name in there:
            assert is_whole(os.path.join(self.folder, name)), f"{name} is not whole"

    def start_up(self):
        """What a run of two requests takes now, which long ones have behind them before they begin."""
        start = time.monotonic()
        subprocess.run(
            [self.command, "simulate"] + FLEET + ["--rate", "5", "--requests", "2"], stdout=subprocess.DEVNULL, check=True
        )
        return time.monotonic() - start

    def check_long(self, call, has_result):
        """A long run that gets SIGINT ends at once, with 130 and what is done."""
        output = os.path.join(self.folder, "long.json")
        if os.path.exists(output):
            os.remove(output)
        run = subprocess.Popen(
            [self.command] + call + ["--output", output], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=self.folder,
            # A shell's background has it ignored, and the command leaves it so.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)
        )
        time.sleep(4 * self.start_up() + random.random())
        run.send_signal(signal.SIGINT)
        start = time.monotonic()
        error = ended(run, lambda: run.communicate(timeout=60)[1].decode())
        seconds = time.monotonic() - start
        assert run.returncode == 130, f"status {run.returncode} of {call[0]}: {error}"
        assert "interrupted: " in error, error
        assert seconds < 1 + self.start_up(), f"{call[0]} took {seconds:.1f} s to end"
        if has_result:
            with open(output) as file:
                answer = json.load(file)
            assert answer["interrupted"] and answer["rows"], "nothing says that it was interrupted"
        self.check_parts()

    def check_parts(self):
        for folder, _, names in os.walk(self.folder):
            parts = [name for name in names if name.endswith(".part")]
            assert not parts, f"{folder} holds {parts}"

    def run(self, index):
        if index % 6 == 5:
            return self.check_long(*LONG[index // 6 % len(LONG)])
        delay = random.random() * random.choice([0.05, 0.3, 1])
        numbers = random.choices(SIGNALS, k=random.choice([1, 1, 2]))
        picture = f"{PICTURES}/{random.choice(['gray.jpg', 'large.png'])}"
        jobs = ["--jobs", random.choice(["1", "2", "7"])]
        kind = index % 6
        if kind < 2:
            name, ending = [("attention", ".png"), ("encode", ".safetensors")][kind]
            folder = f"out{index}"
            os.mkdir(os.path.join(self.folder, folder))
            call = [name, "--image", f"@{self.list}", "--encoder", TOWER, "--output", folder] + jobs
            self.check_files(self.interrupted(call, delay, numbers), folder)
        elif kind == 2:
            rows = os.path.join(self.folder, "rows.json")
            with open(rows, "w") as file:
                file.write("old")
            call = ["--model", self.model, "--gpu", "v100", "--image", f"@{self.list}", "--encoder", TOWER]
            self.interrupted(call + ["--output", rows] + jobs, delay, numbers)
            with open(rows) as file:
                text = file.read()
            assert text == "old" or json.loads(text)["interrupted"], "rows.json is neither old nor whole"
        else:
            name, options = [("encode", ["--repeat", "100"]), ("reduce", [])][kind - 3]
            file = os.path.join(self.folder, f"one{index}.safetensors")
            call = [name, "--image", picture, "--encoder", TOWER, "--output", file] + options
            self.interrupted(call, delay * 0.1, numbers[:1])
            assert not os.path.exists(file) or is_whole(file), f"{file} is not whole"
        self.check_parts()


def main():
    command = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else os.path.join(ROOT, ".build/release/roofline"))
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 200
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else random.randrange(1 << 32)
    random.seed(seed)
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        check = Check(command, folder)
        for index in range(count):
            try:
                check.run(index)
            except AssertionError as error:
                failures += 1
                print(f"run {index}: {error}")
                for path, _, names in os.walk(folder):
                    for name in names:
                        if name.endswith(".part"):
                            os.remove(os.path.join(path, name))
    print(f"{count} runs interrupted, {failures} wrong (seed {seed})")
    sys.exit(failures > 0)


if __name__ == "__main__":
    main()
