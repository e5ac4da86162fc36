#!/usr/bin/env python3
"""Tries roofline-web: `check_web.py ROOFLINE-WEB ROOFLINE [--load SECONDS] [--shots FOLDER]`.

Its rows are held against the command's for 100 random questions, its files of simulations and plans likewise, its refusals
against what was asked, its answers against its OpenAPI document (by schemathesis), and its page is used in Chromium: loaded,
changed, fed with files, shared, saved. 100 clients ask for SECONDS, 5 if that is not said; screenshots go to FOLDER.

The parts in a browser need Chromium and Python's playwright and axe-playwright-python, those of the document schemathesis.
Says what is missing and checks what it can.
"""

import argparse
import http.client
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import threading
import time
import zlib

ROOT = pathlib.Path(__file__).resolve().parent.parent
TOWER = ROOT / "Tests/EncodingTests/Fixtures/plain"
PICTURE = ROOT / "Tests/ImagesTests/Fixtures/rgb-rgb.jpg"
# A model that reads pictures by that tower.
CONFIG = {
    "architectures": ["LlavaForConditionalGeneration"], "model_type": "llava", "projector_hidden_act": "gelu",
    "vision_feature_layer": -2, "vision_feature_select_strategy": "default", "image_token_index": 32000,
    "text_config": {"model_type": "llama", "hidden_size": 2048, "intermediate_size": 5632, "num_hidden_layers": 22,
                    "num_attention_heads": 32, "num_key_value_heads": 4, "vocab_size": 32064,
                    "max_position_embeddings": 2048},
    "vision_config": {"model_type": "clip_vision_model", "hidden_size": 32, "intermediate_size": 64,
                      "num_attention_heads": 4, "num_hidden_layers": 3, "image_size": 56, "patch_size": 14},
}
# A question of 32 rows, as a slider asks it.
SLIDER = {"model": "llava-1.5-7b", "gpu": ["v100", "a100-80gb", "h100-sxm", "l40s"], "precision": ["fp16", "int4"],
          "tokens": ["full", "288", "144", "adaptive"], "generate": 64}
faults = []


def fault(words):
    faults.append(words)
    print(f"FAULT {words}", flush=True)


def expect(condition, words):
    if not condition:
        fault(words)
    return condition


class Server:
    """A server that was started, and what it is asked."""

    def __init__(self, program, folder, *options):
        self.start = time.monotonic()
        self.process = subprocess.Popen(
            [program, "--port", "0", *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, "TMPDIR": folder})
        line = self.process.stdout.readline()
        if "http://" not in line:
            sys.exit(f"the server does not start: {line}{self.process.stderr.read()}")
        self.port = int(line.rstrip("/\n").rsplit(":", 1)[1])
        self.url = f"http://127.0.0.1:{self.port}"

    def ask(self, path, body=None, method=None, headers=None, connection=None):
        """Status, fields and body of an answer; a body that is no bytes is sent as JSON."""
        own = connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        fields = {}
        if body is not None and not isinstance(body, bytes):
            body, fields = json.dumps(body).encode(), {"Content-Type": "application/json"}
        own.request(method or ("GET" if body is None else "POST"), path, body=body, headers={**fields, **(headers or {})})
        response = own.getresponse()
        content = response.read()
        if connection is None:
            own.close()
        return response.status, response.headers, content

    def raw(self, *pieces, pause=0.0):
        """What comes back for bytes that are sent as they are."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as wire:
            try:
                for piece in pieces:
                    wire.sendall(piece)
                    time.sleep(pause)
            except OSError:
                pass
            answer = b""
            try:
                while more := wire.recv(65536):
                    answer += more
            except OSError:
                pass
            return answer

    def memory(self):
        """Resident megabytes."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return None


def random_question(draw, models, devices):
    """A question that makes sense more often than not."""
    asked = {"model": draw.choice(models), "gpu": draw.sample(devices, draw.randint(1, 3))}
    if draw.random() < 0.7:
        asked["precision"] = draw.sample(["fp16", "bf16", "fp8", "int8", "int4", "w4a8", "fp4"], draw.randint(1, 2))
    if draw.random() < 0.5:
        asked["tokens"] = draw.choice([["full"], ["full", "adaptive"], ["16..256:48"], ["none"], 64, ["full", "adaptive+"]])
    elif draw.random() < 0.4:
        asked["reducer"] = draw.sample(["prumerge", "fastv:K=2,R=0.5", "tome:r=8", "random:40,seed=1", "pool:2", "nothing"], 2)
    if draw.random() < 0.6:
        asked["generate"] = draw.choice([1, 16, [8, 64], "1..64*2"])
        if draw.random() < 0.4:
            asked["price-per-hour"] = [2.5]
            asked["pareto"] = "TTFT,cost/1M"
    for name, values in [("text-tokens", [0, 40, "1k", [16, 512]]), ("batch", [1, "1..8*2", 3]), ("context", [0, 1000]),
                         ("tensor-parallel", [1, 2]), ("engine", ["vllm", "kernels", ["vllm", "sglang"]]), ("top", [3]),
                         ("sort", ["TTFT", "memory:desc"]), ("where", ["fits && TTFT<500ms"]), ("kernels", ["eager"]),
                         ("accounting", ["llm-viewer"]), ("kv-precision", ["fp8"]), ("sample", ["objects"])]:
        if draw.random() < 0.2:
            asked[name] = draw.choice(values)
    return asked


def check_questions(server, roofline, count):
    """The rows and the words of random questions are the command's."""
    catalog = json.loads(server.ask("/api/catalog")[2])
    models, devices = ([entry["name"] for entry in catalog[key]] for key in ("models", "devices"))
    draw, answered = random.Random(7), 0
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "question.json"
        for number in range(count):
            asked = random_question(draw, models, devices)
            path.write_text(json.dumps(asked))
            run = subprocess.run(
                [roofline, "--question", path, "--format", "jsonl"], capture_output=True, text=True, cwd=folder)
            status, _, body = server.ask("/api/rows", asked)
            if run.returncode:
                error = json.loads(body).get("error", {})
                expect(status == 400, f"{asked}: status {status}, the command fails: {run.stderr}")
                expect(error.get("message", "?").split("; ")[0] in run.stderr,
                       f"{asked}: {error} is not {run.stderr}")
                continue
            answered += 1
            *rows, end = body.decode().splitlines()
            expect(rows == run.stdout.splitlines(), f"{asked}: rows differ from the command's")
            expect(json.loads(end)["end"]["rows"] == len(rows), f"{asked}: the end says {end}")
            if number % 4 == 0:
                answer = json.loads(server.ask("/api/answer?chart=none", asked)[2])
                line = answer["command"].replace("roofline", str(roofline), 1) + " --format jsonl"
                again = subprocess.run(line, shell=True, capture_output=True, text=True, cwd=folder)
                expect(again.stdout == run.stdout, f"{answer['command']}: not the same rows: {again.stderr}")
                expect(answer["rows"] == [json.loads(row) for row in run.stdout.splitlines()][:200],
                       f"{asked}: the page's rows differ")
    expect(answered >= count // 3, f"only {answered} of {count} questions have an answer")
    print(f"{count} random questions, {answered} answered as the command does, the others refused in its words", flush=True)


def check_fleets(server, roofline):
    """The rows of simulations and plans are the command's, and the call that the page shows gives them."""
    traffic = {"generate": [32], "requests": 200, "precision": ["fp16"], "model": "llava-1.5-7b"}
    count = 0
    for name, asked in [
        ("simulate", {**traffic, "gpu": ["a100-80gb", "l40s"], "rate": ["1", "4"], "tokens": ["full"]}),
        ("simulate", {**traffic, "gpu": ["l4"], "concurrency": [4, 8], "reducer": ["prumerge"]}),
        ("plan", {**traffic, "gpu": ["l40s", "l4"], "rate": 8, "ttft": "500ms@p95", "tensor-parallel": [1, 2], "max-gpus": 8}),
        ("plan", {**traffic, "gpu": ["l40s"], "rate": 3, "tpot": "1ms", "tensor-parallel": [1], "max-gpus": 2}),
        ("plan", {**traffic, "gpu": ["l40s"], "find": "rate", "ttft": "800ms", "seeds": 1, "tolerance": 0.2}),
    ]:
        status, _, body = server.ask(f"/api/{name}", asked)
        answer = json.loads(body)
        if not expect(status == 200, f"{name} {asked}: {answer}"):
            continue
        line = answer["command"].replace("roofline", str(roofline), 1)
        for form in ("json", "csv", "html", "svg"):
            if asked.get("find") and form == "svg":
                continue
            status, _, file = server.ask(f"/api/{name}?format={form}", asked)
            with tempfile.TemporaryDirectory() as folder:
                path = pathlib.Path(folder) / f"out.{form}"
                run = subprocess.run(f"{line} --output {path}", shell=True, capture_output=True, text=True)
                wrote = path.read_bytes() if path.exists() else b""
            expect(run.returncode in (0, 2) and status == 200 and file == wrote,
                   f"{name}?format={form} is not what {line} writes: {run.stderr} {file[:100]} {wrote[:100]}")
            if form == "json":
                expect(answer["rows"] == json.loads(wrote)["rows"], f"{asked}: the page's rows differ")
            count += 1
    print(f"{count} files of simulations and plans are the command's, byte for byte", flush=True)


def check_refusals(server):
    """What is too large, too slow, no HTTP, or from elsewhere gets its status and words, and the server goes on."""
    good = {"model": "vicuna-7b", "gpu": "v100"}

    def refuses(status, got, words=""):
        code, _, body = got
        text = body.decode(errors="replace")
        expect(code == status, f"expected {status} for {words}, found {code}: {text[:200]}")
        expect("error" in json.loads(text or "{}"), f"no words for {words}")

    refuses(404, server.ask("/nothing"), "a path that is not there")
    refuses(405, server.ask("/api/rows"), "GET of a question")
    refuses(405, server.ask("/", b"", "DELETE"), "DELETE")
    refuses(415, server.ask("/api/rows", b"{}", headers={"Content-Type": "text/plain"}), "a question as text")
    refuses(413, server.ask("/api/rows", b" " * 300_000, headers={"Content-Type": "application/json"}), "a long question")
    refuses(413, server.ask("/api/files?name=a.json", b"x", headers={"Content-Length": str(1 << 30)}), "a long file")
    refuses(415, server.ask("/api/files?name=a.exe", b"x"), "an unknown file")
    refuses(400, server.ask("/api/files?name=a.json", b"{"), "a broken configuration")
    refuses(400, server.ask("/api/files?name=a.json", b'{"language": {"model": "/etc/x.json"}}'), "a model file")
    refuses(400, server.ask("/api/files?name=a.png", b"no picture"), "no picture")
    refuses(403, server.ask("/", headers={"Host": "evil.example"}), "another name")
    refuses(403, server.ask("/", headers={"Host": f"127.0.0.1:{server.port + 1}"}), "another port")
    refuses(403, server.ask("/api/rows", good, headers={"Origin": "http://evil.example"}), "another origin")
    refuses(403, server.ask("/api/rows", good, headers={"Origin": "null"}), "no origin")
    refuses(400, server.ask("/api/rows?format=xml", good), "an unknown format")
    for key, values in {
        "model": ["/etc/passwd", "../a.json", ".", "a.yaml", "meta/llama", "x.gguf", "~/a.json"], "gpu": ["/dev/stdin", "a.yaml"],
        "engine": ["./x.yaml"], "features": ["/etc/hostname", "a.safetensors"], "image": ["a.png", "@list"], "trace": ["/etc/passwd"],
        "encoder": ["/tmp"], "text-tokens": ["histogram:/etc/passwd:a"], "price-per-hour": ["/etc/x.yaml=2"],
        "speculate": ["tokens=4,draft=/etc/x.json"],
    }.items():
        for value in values:
            path = "/api/simulate" if key in ("trace", "speculate") else "/api/rows"
            refuses(400, server.ask(path, {**good, "generate": 8, "rate": 1, key: value}
                                    if path == "/api/simulate" else {**good, key: value}), f"{key} {value}")
    refuses(400, server.ask("/api/rows", {**good, "batch": "1..60000", "text-tokens": "1..1000"}), "many rows")
    fleet = {**good, "rate": 1, "generate": 8}
    refuses(400, server.ask("/api/simulate", {**fleet, "requests": 10_000_000}), "many requests")
    refuses(400, server.ask("/api/plan", {**fleet, "rate": 100_000, "ttft": "1s"}), "many requests of a plan")
    refuses(400, server.ask("/api/plan", {**fleet, "max-num-seqs": "1..64", "tensor-parallel": "1..64", "ttft": "1s"}), "many plans")
    refuses(400, server.ask("/api/plan", fleet), "a plan without a target")
    refuses(400, server.ask("/api/plan", {**good, "generate": 8, "find": "rate", "ttft": "1s"}), "a rate of unknown runs")
    for text, status in [
        (b"nonsense\r\n\r\n", b"400"), (b"GET / HTTP/9.9\r\nHost: x\r\n\r\n", b"400"), (b"GET / HTTP/1.1\r\n\r\n", b"400"),
        (b"\x00\xff\xfe\r\n\r\n", b"400"), (b"GET / HTTP/1.1\r\nHost: localhost\r\n broken\r\n\r\n", b"400"),
        (f"POST /api/rows HTTP/1.1\r\nHost: localhost:{server.port}\r\nTransfer-Encoding: chunked\r\n\r\n".encode(), b"411"),
        (b"GET / HTTP/1.1\r\nX: " + b"a" * 40_000, b"431"), (b"A" * 40_000, b"431"),
        (f"POST /api/rows HTTP/1.1\r\nHost: localhost:{server.port}\r\nContent-Length: -5\r\n\r\n".encode(), b"400"),
    ]:
        answer = server.raw(text)
        expect(answer.split(b" ")[1:2] == [status], f"expected {status} for {text[:40]}, found {answer[:60]}")
    start = time.monotonic()
    slow = server.raw(b"GET / HT", pause=0.1)
    expect(b" 408 " in slow[:20] and time.monotonic() - start < 20, f"expected 408 for a slow head, found {slow[:60]}")
    expect(server.ask("/api/rows", good)[0] == 200, "no answer behind all the refusals")
    print("refusals checked", flush=True)


def check_load(server, seconds):
    """100 clients ask for a while: nothing fails and the memory stays bounded."""
    stop, errors, times, lock = time.monotonic() + seconds, [], [], threading.Lock()
    before = server.memory()

    def client(number):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        draw = random.Random(number)
        while time.monotonic() < stop:
            asked = {**SLIDER, "text-tokens": draw.randint(1, 2000)}
            start = time.monotonic()
            try:
                status, _, body = server.ask("/api/answer?chart=stages&operators=1", asked, connection=connection)
                wrong = None if status == 200 else f"{status}: {body[:200]}"
            except Exception as error:  # pylint: disable=broad-except
                wrong, connection = repr(error), http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
            with lock:
                times.append(time.monotonic() - start)
                if wrong:
                    errors.append(wrong)

    threads = [threading.Thread(target=client, args=(number,)) for number in range(100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    after = server.memory()
    expect(not errors, f"{len(errors)} of {len(times)} answers failed under load: {errors[:1]}")
    expect(after < 1000, f"{after:.0f} MB resident after load")
    print(f"100 clients for {seconds} s: {len(times)} answers, {len(errors)} errors, {before:.0f} MB before, {after:.0f} MB after",
          flush=True)


def measure(server):
    """How long a slider's answer takes: said, not judged, as other programs run beside."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    times = []
    for number in range(200):
        asked = {**SLIDER, "text-tokens": 16 + number}
        start = time.monotonic()
        status, _, body = server.ask("/api/answer?chart=stages&operators=1", asked, connection=connection)
        times.append(1000 * (time.monotonic() - start))
    answer = json.loads(body)
    expect(status == 200 and len(answer["rows"]) == 32 and len(answer["operators"]) == 32, "a slider's answer has no 32 rows")
    print(f"a slider's answer of 32 rows with operators: median {statistics.median(times):.1f} ms, "
          f"95 of 100 within {statistics.quantiles(times, n=20)[-1]:.1f} ms, {len(body) // 1000} kB", flush=True)


def check_document(server):
    """Random requests by the OpenAPI document: no 5xx, nothing that the document does not say."""
    document = json.loads(server.ask("/api/openapi.json")[2])
    for key in document["components"]["schemas"]["Question"]["properties"]:
        words = server.ask("/api/rows", {key: []})[2].decode()
        expect("has no" not in words and "unknown key" not in words, f"the document has {key}, which no question has: {words[:200]}")
    program = shutil.which("schemathesis") or shutil.which(pathlib.Path(sys.executable).parent / "schemathesis")
    if not program:
        print("Without schemathesis the OpenAPI document is not tried")
        return
    run = subprocess.run(
        [program, "run", f"{server.url}/api/openapi.json", "--max-examples", "40", "--seed", "1", "--checks",
         "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance",
         "--phases", "examples,coverage,fuzzing", "--request-timeout", "60"],
        capture_output=True, text=True, cwd=tempfile.gettempdir())
    expect(run.returncode == 0, f"schemathesis: {run.stdout[-3000:]} {run.stderr[-500:]}")
    counts = [line.strip() for line in run.stdout.splitlines() if "Operations:" in line or "generated" in line]
    print(f"schemathesis: {'; '.join(counts) or 'passed'}", flush=True)


def png(width, height):
    """A picture of one colour."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    lines = (b"\0" + b"\x50\x90\xd0" * width) * height
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b""))


class Page:
    """The page in a browser, and what is wrong with it."""

    def __init__(self, browser, server, width, scheme):
        self.server = server
        self.context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, accept_downloads=True)
        self.page = self.context.new_page()
        self.page.set_default_timeout(120_000)
        self.where, self.is_wrong = f"{width} {scheme}", False
        # The browser itself notes each answer with an error, which is what a wrong question is meant to get.
        self.page.on("console", lambda message: message.type in ("error", "warning")
                     and not (self.is_wrong and "400" in message.text) and fault(f"{self.where}: console: {message.text}"))
        self.page.on("pageerror", lambda error: fault(f"{self.where}: {error}"))
        self.page.on("request", lambda request: expect(
            request.url.startswith((server.url, "data:", "blob:")), f"{self.where}: asked for {request.url}"))

    def open(self, fragment=""):
        self.page.goto(f"{self.server.url}/{fragment}")
        self.wait()

    def wait(self):
        """Until all that was asked is answered."""
        self.until("document.documentElement.dataset.answers && document.getElementById('answer').ariaBusy === 'false'")

    def until(self, condition):
        """The page's own policy lets no text be run, so it is not waited for in the page."""
        for _ in range(600):
            if self.page.evaluate(condition):
                return
            self.page.wait_for_timeout(50)
        fault(f"{self.where}: {condition} does not come true; {self.page.locator('#file-note').inner_text()}")

    def text(self, selector):
        return self.page.locator(selector).inner_text()

    def check(self, axe, what):
        what = f"{self.where}: {what}"
        if self.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            fault(f"{what}: wider than the screen")
        for violation in axe.run(self.page).response["violations"]:
            nodes = "; ".join(node["html"][:160] for node in violation["nodes"][:3])
            fault(f"{what}: axe: {violation['id']}: {violation['help']}: {nodes}")


def check_page(server, roofline, shots):
    """Uses the page as a person would."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    try:
        from axe_playwright_python.sync_playwright import Axe
        from playwright.sync_api import sync_playwright
    except ImportError:
        print("Skipped the check of the page: needs Python with playwright and axe-playwright-python")
        return
    if not chromium:
        print("Skipped the check of the page: needs Chromium")
        return
    axe = Axe()
    with sync_playwright() as play, tempfile.TemporaryDirectory() as temporary:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        use(browser, server, roofline, axe, pathlib.Path(temporary))
        views = {"compare": "", "roofline": "#view=roofline", "sweep": "#view=sweep", "pareto": "#view=pareto",
                 "simulate": "#view=simulate&requests=100", "plan": "#view=plan&requests=150&max-gpus=8",
                 "rate": "#view=plan&find=rate&requests=100&gpu-1=&tpot="}
        for width in (400, 900, 1600):
            for scheme in ("light", "dark"):
                for name, fragment in views.items():
                    page = Page(browser, server, width, scheme)
                    page.open(fragment)
                    page.page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
                    expect(not page.page.locator("#error").is_visible(), f"{page.where} {name}: {page.text('#error')}")
                    page.check(axe, name)
                    if shots:
                        shots.mkdir(parents=True, exist_ok=True)
                        page.page.screenshot(path=shots / f"{name}-{width}-{scheme}.png", full_page=True)
                    page.context.close()
        browser.close()
    print("the page was used in Chromium, 7 views at 3 widths, light and dark", flush=True)


def use(browser, server, roofline, axe, folder):
    """Loads, changes, moves, drops, compares, shares and saves."""
    one = Page(browser, server, 1600, "light")
    page = one.page
    one.open()
    expect("sooner" in one.text("#words"), f"no answer at first: {one.text('#words')}")
    expect(page.locator(".card").count() == 4, f"{page.locator('.card').count()} cards of two devices and two inputs")
    page.select_option("#model", "llava-1.5-13b")
    page.select_option("#gpu-0", "v100")
    page.select_option("#gpu-2", "l40s")
    page.select_option("#gpu-3", "a10")
    one.wait()
    expect(page.locator(".card").count() == 8, "four devices are not side by side")
    # By keyboard alone: the slider moves, and the answer with it.
    before = one.text("#cards")
    page.focus("#text-tokens")
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    one.wait()
    page.wait_for_timeout(300)
    one.wait()
    expect(one.text("#cards") != before, "a slider that moves changes nothing")
    expect(one.text("#text-tokens-value") == "192", f"the slider says {one.text('#text-tokens-value')}")
    shown = page.locator("pre#command").inner_text()
    rows = subprocess.run(shown.replace("roofline", str(roofline), 1) + " --format json", shell=True, capture_output=True, text=True)
    rows = json.loads(rows.stdout)["rows"]
    big = [text.split("\n")[0] for text in page.locator(".card .big").all_inner_texts()]
    for text, row in zip(big, rows):
        seconds = row["expected_time_to_first_token_seconds"]
        value, unit = text.split()[:2]
        scale = {"ms": 1e-3, "s": 1, "\u00b5s": 1e-6}[unit]
        expect(abs(float(value) * scale - seconds) <= 0.006 * seconds, f"the card says {text}, the command {seconds}")
    # A configuration and a picture that are dropped.
    (folder / "config.json").write_text(json.dumps(CONFIG))
    (folder / "photo.png").write_bytes(png(64, 48))
    data = page.evaluate_handle(
        "(text) => { const data = new DataTransfer(); data.items.add(new File([text], 'config.json')); return data; }",
        json.dumps(CONFIG))
    page.dispatch_event("#drop", "drop", {"dataTransfer": data})
    one.until("document.getElementById('file-note').textContent.includes('config.json:')")
    one.wait()
    expect("--model config.json" in one.text("#command"), f"the configuration is not asked: {one.text('#command')}")
    expect("16 visual tokens" in one.text("#words"), "the model's 16 visual tokens are not there")
    page.set_input_files("#file", folder / "photo.png")
    one.until("document.getElementById('file-note').textContent.includes('looked at')")
    expect(page.locator("#sample").input_value() == "features", "reducers do not run on the picture")
    one.wait()
    expect("features of photo.safetensors" in one.text("#words"), f"nothing is said of the picture: {one.text('#words')}")
    expect(one.text("#command").startswith("roofline encode --image photo.png"), f"no call makes it: {one.text('#command')}")
    page.select_option("#sample", "")
    expect(not page.locator("#error").is_visible(), f"a configuration gives {one.text('#error')}")
    page.select_option("#precision", "int4")
    one.wait()
    # A link says it all, also to a server that was not sent the file.
    link, words = page.url, one.text("#words")
    two = Page(browser, server, 1600, "light")
    two.page.goto(link)
    two.wait()
    expect(two.text("#words") == words, f"the link says {two.text('#words')}, not {words}")
    expect(two.page.locator("#precision").input_value() == "int4", "the link forgets the precision")
    two.context.close()
    # Words of an error, and back.
    one.is_wrong = True
    page.goto(f"{server.url}/#where=nonsense")
    page.reload()
    one.wait()
    expect("there is no column" in one.text("#error"), f"no words for a wrong condition: {one.text('#error')}")
    page.goto(f"{server.url}/#gpu-0=v100&tokens=number&visual-tokens=100")
    page.reload()
    one.wait()
    one.is_wrong = False
    expect(one.text("#visual-tokens-value") == "100", "the link forgets the visual tokens")
    for ending, begin in [("csv", "model,"), ("json", "{"), ("svg", "<svg"), ("html", "<!DOCTYPE html>")]:
        with page.expect_download() as download:
            page.click(f"button[data-file={ending}]")
        text = pathlib.Path(download.value.path()).read_text()
        expect(text.startswith(begin), f"the saved {ending} begins with {text[:40]}")
    one.check(axe, "after use")
    one.context.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("web")
    parser.add_argument("roofline")
    parser.add_argument("--load", type=int, default=5)
    parser.add_argument("--questions", type=int, default=100)
    parser.add_argument("--shots", type=pathlib.Path)
    parser.add_argument("--only", help="parts with commas between them: questions, fleets, refusals, load, document, page")
    options = parser.parse_args()
    wanted = options.only.split(",") if options.only else ["questions", "fleets", "refusals", "load", "document", "page"]
    roofline = pathlib.Path(options.roofline).resolve()
    with tempfile.TemporaryDirectory() as elsewhere:
        web = pathlib.Path(options.web).resolve()
        server = Server(web, elsewhere, "--encoder", str(TOWER))
        expect(server.ask("/")[0] == 200, "no page")
        expect(server.ask("/api/catalog")[0] == 200, "no catalog")
        print(f"usable {time.monotonic() - server.start:.2f} s after the start", flush=True)
        try:
            if "questions" in wanted:
                check_questions(server, roofline, options.questions)
            if "fleets" in wanted:
                check_fleets(server, roofline)
            if "refusals" in wanted:
                check_refusals(server)
            measure(server)
            if "document" in wanted:
                check_document(server)
            if "page" in wanted:
                check_page(server, roofline, options.shots)
            if "load" in wanted:
                check_load(server, options.load)
        finally:
            status = server.stop()
        expect(status == 0, f"the server ends with {status}")
        expect(not os.listdir(elsewhere), f"files are left behind: {os.listdir(elsewhere)}")
    print(f"roofline-web: {len(faults) or 'no'} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
