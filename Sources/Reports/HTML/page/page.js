"use strict";
// What a page answers by itself: tables are sorted, filtered and copied, charts say their figures, sliders look answers
// up in the data of the page. Everything is there without it, but for the sliders.

/** A new element with attributes and content; content is always text, never markup. */
function make(tag, attributes, ...content) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...content);
  return element;
}

const prefixes = { n: 1e-9, "\u00b5": 1e-6, m: 1e-3, "": 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18 };

/** A quantity with an SI prefix and three significant digits, as the tables of the page have it. */
function quantity(value, unit) {
  if (value === null) return "\u2013";
  if (value === 0) return `0 ${unit}`;
  const exponent = Number(value.toExponential(2).split("e")[1]);
  const power = Math.max(unit === "s" ? -9 : 0, Math.min(18, 3 * Math.floor(exponent / 3)));
  const name = Object.keys(prefixes).find((key) => Math.abs(Math.log10(prefixes[key]) - power) < 0.5);
  return `${(value / prefixes[name]).toFixed(Math.max(0, 2 - (exponent - power)))} ${name}${unit}`;
}

async function copy(text, button) {
  const label = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    const area = make("textarea", { "aria-hidden": "true" });
    area.value = text;
    document.body.append(area);
    area.select();
    button.textContent = document.execCommand("copy") ? "Copied" : "Copying is not allowed here";
    area.remove();
  }
  setTimeout(() => { button.textContent = label; }, 1500);
}

/** What a cell holds for machines, already fit for CSV. */
const cellText = (cell) => cell.dataset.v ?? cell.textContent;

/** The number that a cell is sorted by; texts such as "28.8 ms" are read with their prefix. */
function cellNumber(cell) {
  const text = cellText(cell);
  const match = /^([-+]?[\d.]+(?:e[-+]?\d+)?)(?:\s*([n\u00b5mkMGTPE]?)(?:s|B|FLOP|W|J)\b.*|\s*[x%]?)$/i.exec(text);
  return match ? Number(match[1]) * (prefixes[match[2] ?? ""] ?? 1) : null;
}

/** So many rows of a table are shown unasked: more take long to lay out. */
const rowLimit = 60;

function setUpTable(table, index) {
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  const name = table.dataset.name;
  let rows = [...body.rows].map((row) => ({ row, text: row.textContent.toLowerCase(), keys: [], fits: true }));
  let isWhole = false;
  const more = make("button", { type: "button" });
  const fitting = () => rows.filter((entry) => entry.fits);
  function show() {
    const all = fitting();
    const shown = isWhole ? all : all.slice(0, rowLimit);
    body.replaceChildren(...shown.map(({ row }) => row));
    more.hidden = shown.length === all.length;
    more.textContent = `Show all ${all.length} rows`;
  }
  more.addEventListener("click", () => {
    isWhole = true;
    show();
  });
  addEventListener("beforeprint", () => body.replaceChildren(...fitting().map(({ row }) => row)));
  addEventListener("afterprint", show);
  heads.forEach((head, column) => {
    const button = make("button", { type: "button" }, head.textContent);
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const isNumber = rows.some(({ row }) => cellNumber(row.cells[column]) !== null);
      for (const entry of rows) {
        const cell = entry.row.cells[column];
        entry.keys[column] ??= isNumber ? cellNumber(cell) : cellText(cell).toLowerCase();
      }
      const descends = head.getAttribute("aria-sort") === "ascending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", descends ? "descending" : "ascending");
      const sign = descends ? -1 : 1;
      rows = rows.map((entry, place) => ({ entry, place })).sort((a, b) => {
        const [x, y] = [a.entry.keys[column], b.entry.keys[column]];
        // What is not known comes last in both directions.
        if (x === null || y === null) return (x === null) - (y === null) || a.place - b.place;
        return sign * (isNumber ? x - y : x < y ? -1 : x > y ? 1 : 0) || a.place - b.place;
      }).map(({ entry }) => entry);
      show();
    });
  });
  const tools = make("div", { class: "tools" });
  if (rows.length > 3) {
    const field = make("input", { type: "search", id: `filter-${index}` });
    const count = make("span", { class: "note", "aria-live": "polite" });
    field.addEventListener("input", () => {
      const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
      for (const entry of rows) entry.fits = words.every((word) => entry.text.includes(word));
      count.textContent = words.length ? `${fitting().length} of ${rows.length} rows` : "";
      show();
    });
    tools.append(make("label", { for: `filter-${index}` }, "Filter"), field, count);
  }
  const button = make("button", { type: "button", class: "copy", "aria-label": `Copy as CSV: ${name}` }, "Copy as CSV");
  button.addEventListener("click", () => {
    const lines = [heads.map((head) => head.dataset.k ?? head.textContent)];
    for (const row of [...fitting().map((entry) => entry.row), ...(table.tFoot?.rows ?? [])]) {
      lines.push([...row.cells].map(cellText));
    }
    copy(lines.map((cells) => cells.join(",")).join("\n") + "\n", button);
  });
  tools.append(button, more);
  show();
  table.closest(".scroll").before(tools);
}

/** Figures where somebody points, or walks along with the arrow keys. */
function setUpFigure(figure) {
  const readout = figure.querySelector(".readout");
  const tip = make("div", { class: "tip", hidden: "" });
  figure.append(tip);
  let current = null;
  const marks = new Map();
  for (const drawing of figure.querySelectorAll("svg")) {
    const found = [];
    for (const title of drawing.querySelectorAll("svg > * > title")) {
      found.push({ element: title.parentNode, text: title.textContent });
      title.remove();
    }
    marks.set(drawing, found);
  }
  function show(mark, x, y) {
    if (mark !== current) {
      current?.element.classList.remove("on");
      mark?.element.classList.add("on");
      current = mark;
      readout.textContent = mark?.text ?? "";
    }
    tip.hidden = !mark || x === undefined;
    if (tip.hidden) return;
    tip.textContent = mark.text;
    tip.style.left = `${Math.max(4, Math.min(x + 14, innerWidth - tip.offsetWidth - 4))}px`;
    tip.style.top = `${y + 18 + tip.offsetHeight > innerHeight ? y - 10 - tip.offsetHeight : y + 18}px`;
  }
  function nearest(found, x, y) {
    let best = null;
    let least = 24;
    for (const mark of found) {
      const box = mark.element.getBoundingClientRect();
      const dx = Math.max(box.left - x, 0, x - box.right);
      const dy = Math.max(box.top - y, 0, y - box.bottom);
      const isWide = box.width > 60 && !mark.element.classList.contains("bar");
      const distance = Math.hypot(dx, dy) + (isWide ? 12 : Math.min(box.width, box.height) / 100);
      if (distance < least) [best, least] = [mark, distance];
    }
    return best;
  }
  for (const [drawing, found] of marks) {
    drawing.addEventListener("pointermove", (event) => {
      show(nearest(found, event.clientX, event.clientY), event.clientX, event.clientY);
    });
    drawing.addEventListener("pointerleave", () => show(null));
  }
  figure.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const drawing = [...marks.keys()].find((one) => one.getBoundingClientRect().width > 0);
    const found = marks.get(drawing) ?? [];
    if (event.key === "Escape") show(null);
    if (!step || !found.length) return;
    event.preventDefault();
    const place = found.indexOf(current);
    show(found[place < 0 ? (step > 0 ? 0 : found.length - 1) : (place + step + found.length) % found.length]);
  });
  figure.addEventListener("blur", () => show(null));
}

/** Sliders whose answers are in the data of the page. */
function setUpExplorer(root) {
  const data = JSON.parse(root.dataset.figures);
  const sliders = data.axes.map((axis, index) => {
    const slider = root.querySelector(`#slider-${index}`);
    slider.addEventListener("input", answer);
    return slider;
  });
  const body = root.querySelector("tbody");
  const words = root.querySelector(".answer");
  const cells = data.settings.map((setting, index) => {
    const row = body.rows[index];
    return [...row.cells];
  });
  function place(indices) {
    return indices.reduce((sum, index, axis) => sum * data.axes[axis].values.length + index, 0);
  }
  function answer() {
    const indices = sliders.map((slider) => Number(slider.value));
    data.axes.forEach((axis, number) => {
      const value = String(axis.values[indices[number]]);
      sliders[number].setAttribute("aria-valuetext", `${value} ${axis.name}`);
      root.querySelector(`#value-${number}`).textContent = value;
    });
    const here = place(indices);
    const full = place([data.axes[0].values.length - 1, ...indices.slice(1)]);
    const longest = Math.max(...data.settings.map((setting) => setting.figures[0][here] ?? 0));
    let best = null;
    data.settings.forEach((setting, number) => {
      const at = (figure) => setting.figures[figure][here] ?? null;
      const [time, ideal, memory] = [at(0), at(1), at(2)];
      const excess = at(3);
      const letter = setting.fits[here];
      const no = excess ? `NO: +${quantity(excess * 1e6, "B")}` : "NO";
      const fits = { y: "yes", t: "tight", N: no, "?": "?" }[letter] ?? "\u2013";
      if (time !== null && "yt".includes(letter) && (best === null || time < best.time)) {
        best = { time, setting };
      }
      const texts = [quantity(time === null ? null : time / 1e3, "s")];
      texts.push(quantity(ideal === null ? null : ideal / 1e3, "s"));
      const all = setting.figures[0][full];
      texts.push(time === null || all === null ? "\u2013" : `${(all / time).toFixed(2)}x`);
      for (let figure = 4; figure < setting.figures.length; figure += 1) {
        const value = at(figure);
        texts.push(quantity(value === null ? null : value / 1e3, "s"));
      }
      texts.push({ c: "compute", v: "vector", m: "memory", l: "link" }[setting.bounds[here]] ?? "\u2013");
      texts.push(quantity(memory === null ? null : memory * 1e6, "B"), fits);
      texts.forEach((text, column) => { cells[number][column + 2].textContent = text; });
      const [outer, inner] = cells[number][1].firstChild.children;
      outer.style.width = `${longest ? (100 * (time ?? 0)) / longest : 0}%`;
      inner.style.width = `${longest ? (100 * (ideal ?? 0)) / longest : 0}%`;
    });
    words.textContent = best === null ? "None of these is known to fit."
      : `Soonest of those that fit: ${best.setting.name}, ${data.what} ${quantity(best.time / 1e3, "s")}.`;
  }
  answer();
  root.hidden = false;
}

document.querySelectorAll("figure").forEach(setUpFigure);
document.querySelectorAll("#explorer").forEach(setUpExplorer);
document.querySelectorAll("table[data-name]").forEach(setUpTable);
document.querySelectorAll("button[data-copy]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => {
    copy(document.getElementById(button.dataset.copy).textContent, button);
  });
});
// What is closed on the screen is printed, too.
addEventListener("beforeprint", () => {
  document.querySelectorAll("details:not([open])").forEach((part) => {
    part.open = true;
    part.dataset.printed = "";
  });
});
addEventListener("afterprint", () => {
  document.querySelectorAll("details[data-printed]").forEach((part) => {
    part.open = false;
    delete part.dataset.printed;
  });
});
