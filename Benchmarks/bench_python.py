"""How long calls of roofline-kit take, in one process; best of some rounds.

    make python-speed
"""

import threading
import time

import numpy as np

import roofline


def best(call, times, rounds=7):
    """The seconds of a call: of `times` in a row the mean, of the rounds the least."""
    seconds = []
    for _ in range(rounds):
        start = time.perf_counter()
        for number in range(times):
            call(number)
        seconds.append((time.perf_counter() - start) / times)
    return min(seconds)


def say(what, seconds, unit, scale, limit=None):
    print(f"{what:58} {seconds * scale:8.2f} {unit}" + ("" if limit is None else f"   (at most {limit:g})"))


def prefill(number):
    return roofline.estimate(model="llava-1.5-7b", gpu="a100-80gb", precision="fp16", tokens=1 + number % 576).ttft


def request(number):
    return roofline.estimate(
        model="llava-1.5-7b", gpu="a100-80gb", precision="fp16", tokens=1 + number % 576, generate=128
    ).expected_request_seconds


say("estimate of a prefill, one figure read", best(prefill, 2000), "us", 1e6, 15)
say("estimate of a request, one figure read", best(request, 2000), "us", 1e6, 25)

start = time.perf_counter()
columns = ["hardware", "precision", "visual_tokens", "batch", "TTFT", "ideal TTFT", "memory", "fits", "TPOT", "request"]
columns[columns.index("memory")] = "footprint_bytes"
table = roofline.sweep(
    model="llava-1.5-7b", gpu=["a100-80gb", "h100-sxm"], precision=["fp16", "int4"], tokens=range(1, 501),
    batch=range(1, 501), generate=128, columns=columns,
)
arrays = [table[key] for key in table]
seconds = time.perf_counter() - start
say(f"sweep of {table.rows} rows with {len(arrays)} columns", seconds, "s", 1, 8)

features = roofline.Features.sample("text")
inside = min(roofline.reduce(features).seconds for _ in range(200))
whole = best(lambda _: roofline.reduce(features), 20, rounds=10)
say("PruMerge on 577 x 1024, in Swift", inside, "us", 1e6)
say("PruMerge on 577 x 1024, from Python", whole, "us", 1e6, 1.2 * inside * 1e6)

# Python's own work goes on while the library works: a thread that counts is not held up.
count, done = 0, threading.Event()


def work():
    roofline.sweep(model="llava-1.5-7b", gpu="a100-80gb", tokens="1..576", batch="1..200", columns="TTFT")
    done.set()


thread = threading.Thread(target=work)
start = time.perf_counter()
thread.start()
while not done.is_set():
    np.sqrt(2.0)
    count += 1
thread.join()
rate = count / (time.perf_counter() - start)
print(f"steps of Python a second beside a sweep: {rate:.2g}")
