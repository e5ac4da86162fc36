"use strict";
// The page asks its server whenever something is changed and shows the answer: the words, pictures and tables are the
// command's. `make`, `quantity`, `copy`, `setUpFigure` and `setUpTable` are those of the report's script.

const byId = (id) => document.getElementById(id);
const powers = (last) => Array.from({ length: last + 1 }, (_, power) => 2 ** power);

/** The sliders by the option that each sets: its values, where it stands at first, and what 0 means. */
const sliders = {
  "visual-tokens": { values: [64], start: 0 },
  "text-tokens": {
    values: [0, 8, 16, 24, 32, 40, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048, 3072, 4096, 8192, 16384, 32768],
    start: 5,
  },
  generate: { values: [0, 1, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096], start: 6, none: "none" },
  batch: { values: powers(10), start: 0 },
  context: { values: [0, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536, 131072], start: 0 },
};
/** Fields whose texts go into the question as they are. */
const plainFields = ["tensor-parallel", "pipeline-parallel", "kv-precision", "image-size", "kernels", "price-per-hour", "where"];
const defaults = {
  view: "compare", model: "llava-1.5-7b", "gpu-0": "a100-80gb", "gpu-1": "h100-sxm", "gpu-2": "", "gpu-3": "",
  precision: "fp16", engine: "", tokens: "full,adaptive", reducer: "fastv:K=2,R=0.5", sample: "", over: "tokens",
  figure: "expected_time_to_first_token_seconds", first: "expected_time_to_first_token_seconds",
  second: "expected_tokens_per_second", rate: "1,2,4,8", requests: "500",
  find: "", load: "20", ttft: "500ms@p95", tpot: "50ms@p95", "max-gpus": "",
};
const precisions = [
  "fp16", "fp16,int4", "bf16", "fp32", "fp8", "fp8block", "int8", "w8a16", "int4", "w4a8", "w4a4", "fp4", "mxfp4", "checkpoint",
];
/** The largest sweeps of each quantity. */
const sweeps = {
  "text-tokens": "16..8192*2", batch: "1..256*2", generate: "16..2048*2", context: "1024..131072*2",
};
/** The column that holds what is swept. */
const sweptColumns = {
  tokens: "visual_tokens", "text-tokens": "text_tokens", batch: "batch", generate: "output_tokens", context: "context_tokens",
};
const figures = [
  "expected_time_to_first_token_seconds", "expected_time_per_output_token_seconds", "expected_request_seconds",
  "expected_tokens_per_second", "footprint_bytes", "expected_cost_per_million_tokens", "expected_energy_joules",
];
const fieldNames = [...Object.keys(defaults).filter((name) => name !== "view"), ...plainFields];

let catalog = null;
/** What was sent to the server from here: the configuration, to be put into links, and the features of a picture. */
const sent = { config: null, features: null };

const view = () => document.querySelector("input[name=view]:checked").value;
const sliderValue = (name) => sliders[name].values[Number(byId(name).value)];

/** Sets the values of a slider and where it stands. */
function setSlider(name, values, value) {
  const slider = byId(name);
  sliders[name].values = values;
  slider.max = String(values.length - 1);
  let best = 0;
  values.forEach((other, index) => { if (Math.abs(other - value) < Math.abs(values[best] - value)) best = index; });
  if (values[best] !== value && value >= 0 && Number.isInteger(value)) {
    // A link may say a number that the slider does not have.
    sliders[name].values = [...values, value].sort((a, b) => a - b);
    slider.max = String(values.length);
    best = sliders[name].values.indexOf(value);
  }
  slider.value = String(best);
  showSlider(name);
}

function showSlider(name) {
  const value = sliderValue(name);
  const text = value === 0 && sliders[name].none ? sliders[name].none : String(value);
  byId(`${name}-value`).textContent = text;
  byId(name).setAttribute("aria-valuetext", text);
}

function fill(select, options, label = null) {
  const chosen = select.value;
  select.replaceChildren(
    ...(label === null ? [] : [make("option", { value: "" }, label)]),
    ...options.map(([value, text]) => make("option", { value }, text)));
  if ([...select.options].some((option) => option.value === chosen)) select.value = chosen;
}

const modelEntry = () => catalog.models.find((model) => model.name === byId("model").value);
const fullTokens = () => modelEntry()?.visual_tokens ?? 0;

/** The question that the controls ask, as the command's options by name. */
function question() {
  const asked = { model: byId("model").value, gpu: [0, 1, 2, 3].map((n) => byId(`gpu-${n}`).value).filter(Boolean) };
  asked.gpu = [...new Set(asked.gpu)];
  if (byId("precision").value) asked.precision = byId("precision").value;
  if (byId("engine").value) asked.engine = byId("engine").value;
  const now = view();
  const isFleet = now === "simulate" || now === "plan";
  if (fullTokens() > 0) {
    const choice = byId("tokens").value;
    if (choice === "number") asked.tokens = sliderValue("visual-tokens");
    else if (choice === "reducer") asked.reducer = byId("reducer").value.split(/\s+/).filter(Boolean);
    // Unasked, the answer has what PruMerge leaves where it can run on the sample, and all tokens elsewhere.
    else if (choice !== defaults.tokens) asked.tokens = choice.split(",");
    const runs = choice === "reducer" || choice.includes("adaptive");
    if (runs && byId("sample").value === "features") asked.features = sent.features.file;
    else if (runs && byId("sample").value) asked.sample = byId("sample").value;
  }
  asked["text-tokens"] = sliderValue("text-tokens");
  if (sliderValue("generate")) asked.generate = sliderValue("generate");
  if (!isFleet) {
    asked.batch = sliderValue("batch");
    if (sliderValue("context")) asked.context = sliderValue("context");
  }
  for (const name of plainFields) if (byId(name).value.trim()) asked[name] = byId(name).value.trim();
  if (asked["price-per-hour"] && !asked.generate) delete asked["price-per-hour"];
  if (now === "roofline") asked.top = 6;
  if (now === "sweep") {
    const over = byId("over").value;
    asked[over] = over === "tokens" ? sweepOfTokens() : sweeps[over];
    if (over === "tokens") for (const key of ["reducer", "sample", "features"]) delete asked[key];
    asked.columns = ["hardware", "precision", ...(over === "tokens" ? [] : ["reducer"]), sweptColumns[over],
      byId("figure").value, "fits"];
  }
  if (now === "pareto") {
    asked.batch = "1..256*2";
    asked.pareto = [byId("first").value, byId("second").value];
  }
  if (now === "simulate") {
    asked.rate = byId("rate").value;
  }
  if (now === "plan") {
    for (const name of ["find", "ttft", "tpot", "max-gpus"]) if (byId(name).value.trim()) asked[name] = byId(name).value.trim();
    if (asked.find) delete asked["max-gpus"];
    else asked.rate = byId("load").value;
    delete asked.where;
  }
  if (isFleet && byId("requests").value) asked.requests = byId("requests").value;
  return asked;
}

function sweepOfTokens() {
  const full = fullTokens();
  if (!full) return "none";
  const step = Math.max(1, Math.round(full / 18));
  return full <= step ? String(full) : `${step}..${full}:${step}`;
}

/** How wide pictures are drawn. */
const drawnWidth = () => Math.max(320, Math.min(1000, byId("pictures").clientWidth));

/** What the server is asked of the question. */
const endpoint = () => `${{
  compare: "/api/answer?chart=stages&operators=1&", roofline: "/api/answer?chart=roofline&", sweep: "/api/answer?chart=lines&",
  pareto: "/api/answer?chart=front&", simulate: "/api/simulate?", plan: "/api/plan?",
}[view()]}width=${drawnWidth()}`;

async function post(path, body, type = "application/json") {
  const response = await fetch(path, { method: "POST", headers: { "Content-Type": type }, body });
  if (response.ok) return response;
  let words = `the server answers ${response.status}`;
  try {
    const { error } = await response.json();
    const place = error.line ? `${error.file}:${error.line}:${error.column}: ` : error.file ? `${error.file}: ` : "";
    words = place + error.message;
  } catch { /* The status has to do. */ }
  throw new Error(words);
}

let isAsking = false;
let isStale = false;

/** Asks, and once more when the answer is there if something was changed meanwhile. */
async function ask() {
  if (isAsking) {
    isStale = true;
    return;
  }
  isAsking = true;
  byId("answer").setAttribute("aria-busy", "true");
  const patience = setTimeout(() => { byId("working").textContent = view() === "plan" ? "Trying fleets \u2026" : "Working \u2026"; }, 500);
  do {
    isStale = false;
    const asked = question();
    try {
      const answer = await (await post(endpoint(), JSON.stringify(asked))).json();
      show(answer, asked);
      showError(null);
    } catch (error) {
      showError(error instanceof TypeError ? "the server does not answer; is roofline-web still running?" : error.message);
    }
  } while (isStale);
  isAsking = false;
  clearTimeout(patience);
  byId("working").textContent = "";
  byId("answer").setAttribute("aria-busy", "false");
  document.documentElement.dataset.answers = String(Number(document.documentElement.dataset.answers ?? 0) + 1);
}

function showError(words) {
  const place = byId("error");
  place.hidden = words === null;
  if (words !== null && place.textContent !== words) place.textContent = words;
}

function show(answer, asked) {
  byId("brief").textContent = view() === "plan" ? answer.headings[1] ?? "" : brief(answer.rows);
  byId("words").replaceChildren(...answer.headings.map((words) => make("p", {}, words)));
  byId("cards").replaceChildren(...(view() === "compare" ? cards(answer) : []));
  const pictures = byId("pictures");
  // Markup of the server itself, in which all texts are escaped.
  pictures.innerHTML = answer.html;
  pictures.querySelectorAll("figure").forEach(setUpFigure);
  pictures.querySelectorAll("table[data-name]").forEach(setUpTable);
  byId("command").textContent = answer.command;
  byId("swift").textContent = answer.swift;
  byId("elsewhere").hidden = false;
  showDownloads(asked);
}

/** A card for each of the first rows: times, memory against what there is, and where the time goes. */
function cards(answer) {
  const names = rowNames(answer.rows);
  return answer.rows.slice(0, 8).map((row, index) => {
    const card = make("section", { class: "card", "aria-label": names[index] });
    const time = row.expected_time_to_first_token_seconds ?? row.expected_total_seconds;
    const ideal = row.time_to_first_token_seconds ?? row.total_seconds;
    card.append(
      make("h2", {}, names[index]),
      make("p", { class: "big" }, quantity(time, "s"), " ", make("small", {}, row.expected_time_to_first_token_seconds === null ? "forward pass" : "to the first token")),
      make("p", {}, `ideal ${quantity(ideal, "s")}, bound by ${row.bound ?? "–"}`));
    if (row.expected_request_seconds) {
      const rate = row.expected_tokens_per_second;
      card.append(make("p", {}, `request ${quantity(row.expected_request_seconds, "s")}${rate ? `, ${rate.toFixed(rate < 100 ? 1 : 0)} tokens/s` : ""}`));
    }
    card.append(make("h3", {}, "Memory"), ...memory(row));
    const operators = answer.operators?.[index] ?? [];
    if (operators.length) card.append(make("h3", {}, "Where the time goes"), shares(operators));
    return card;
  });
}

/** What tells rows apart, in words. */
function rowNames(rows) {
  const parts = [
    (row) => row.hardware, (row) => row.precision, (row) => row.engine,
    (row) => (row.reducer && row.reducer !== "none" ? row.reducer : row.visual_tokens ? `${row.visual_tokens} visual tokens` : "no visual tokens"),
  ];
  const telling = parts.filter((part, index) => index === 0 || new Set(rows.map(part)).size > 1);
  return rows.map((row) => telling.map((part) => part(row)).join(", "));
}

/** The first rows in a line, for screens on which the answer is not beside the sliders. */
function brief(rows) {
  if (view() !== "compare") return "";
  const names = rowNames(rows);
  return rows.slice(0, 4).map((row, index) => {
    const time = row.expected_time_to_first_token_seconds ?? row.expected_total_seconds;
    return `${names[index]} ${quantity(time, "s")}`;
  }).join(" \u00b7 ");
}

/** What is resident, against what the engine may take and what the device has. */
function memory(row) {
  const rest = Math.max(0, row.footprint_bytes - row.weight_bytes - row.kv_cache_bytes - (row.reserved_bytes ?? 0));
  const parts = [
    ["weights", row.weight_bytes], ["KV cache", row.kv_cache_bytes], ["working memory", rest], ["kept by the engine", row.reserved_bytes ?? 0],
  ].filter(([, bytes]) => bytes > 0);
  const all = Math.max(row.footprint_bytes, row.capacity_bytes ?? 0, row.memory_limit_bytes ?? 0);
  const limit = row.memory_limit_bytes ?? row.capacity_bytes;
  const words = parts.map(([name, bytes]) => `${name} ${quantity(bytes, "B")}`).join(", ");
  const bar = make("div", { class: "parts", role: "img", "aria-label": `${words}; of ${limit ? quantity(limit, "B") : "an unknown memory"}` });
  parts.forEach(([, bytes], index) => {
    const part = make("span", { class: `p${index}` });
    part.style.width = `${(100 * bytes) / all}%`;
    bar.append(part);
  });
  if (limit) {
    const mark = make("span", { class: "limit" });
    mark.style.left = `${Math.min(99.5, (100 * limit) / all)}%`;
    bar.append(mark);
  }
  const fits = row.fits === null ? "not known whether it fits" : row.fits ? "fits" : `does NOT fit: ${quantity(row.excess_bytes, "B")} too much`;
  return [
    bar,
    make("p", { class: row.fits === false ? "too-big" : "" }, `${quantity(row.footprint_bytes, "B")}${limit ? ` of ${quantity(limit, "B")}` : ""}: ${fits}`),
    make("p", { class: "note" }, words),
  ];
}

/** The operators that take longest, of all stages together; in each bar of expected time one of the ideal time. */
function shares(operators) {
  const sums = new Map();
  let total = 0;
  for (const { stage, name, seconds, expected_seconds: expected } of operators) {
    const key = `${stage}: ${name}`;
    const sum = sums.get(key) ?? { expected: 0, ideal: 0 };
    sum.expected += expected;
    sum.ideal += seconds;
    total += expected;
    sums.set(key, sum);
  }
  const list = make("ul", { class: "shares" });
  const longest = [...sums].sort((a, b) => b[1].expected - a[1].expected).slice(0, 6);
  for (const [name, { expected, ideal }] of longest) {
    const meter = make("div", { class: "meter" }, make("i", {}), make("b", {}));
    meter.children[0].style.width = `${(100 * expected) / total}%`;
    meter.children[1].style.width = `${(100 * ideal) / total}%`;
    list.append(make("li", {},
      make("span", { class: "label", title: `${name}: ${quantity(expected, "s")} expected, ${quantity(ideal, "s")} ideal` }, name),
      make("span", { class: "value" }, `${((100 * expected) / total).toFixed(1)} %`), meter));
  }
  return list;
}

/** Buttons that bring the answer as a file. */
function showDownloads(asked) {
  const now = view();
  const chart = { compare: "stages", roofline: "roofline", sweep: "lines", pareto: "front" }[now];
  const isFleet = now === "simulate" || now === "plan";
  const files = ["csv", "json", "svg", "html"].filter((ending) => !(asked.find && ending === "svg")).map((ending) => {
    if (isFleet) return [ending, `/api/${now}?format=${ending}`];
    const isDrawn = ending === "svg" || ending === "html";
    return [ending, isDrawn ? `/api/document?format=${ending}&chart=${chart}` : `/api/rows?format=${ending}`];
  });
  byId("downloads").replaceChildren(...files.map(([ending, path]) => {
    const button = make("button", { type: "button", "data-file": ending }, `Save ${ending.toUpperCase()}`);
    button.addEventListener("click", async () => {
      try {
        const blob = await (await post(path, JSON.stringify(asked))).blob();
        const link = make("a", { href: URL.createObjectURL(blob), download: `roofline.${ending}` });
        link.click();
        setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
      } catch (error) {
        showError(error.message);
      }
    });
    return button;
  }));
}

// The state of the page is its address.

/** Text as deflated bytes in letters that an address may hold, and back. */
async function packed(text) {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
async function unpacked(letters) {
  const bytes = Uint8Array.from(atob(letters.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"))).text();
}

/** Longer configurations are not put into the address. */
const longestConfig = 24_000;

function state() {
  const values = new URLSearchParams();
  if (view() !== defaults.view) values.set("view", view());
  for (const name of fieldNames) {
    const value = byId(name).value;
    if (value !== (defaults[name] ?? "")) values.set(name, value);
  }
  for (const [name, { start, values: all }] of Object.entries(sliders)) {
    const value = sliderValue(name);
    if (name === "visual-tokens" ? byId("tokens").value === "number" : value !== all[start]) values.set(name, String(value));
  }
  if (sent.config && byId("model").value === sent.config.file) {
    values.delete("model");
    values.set("config", `${sent.config.name}~${sent.config.packed}`);
  }
  if (byId("sample").value === "features") {
    values.delete("sample");
    values.set("features", sent.features.file);
  }
  return values.toString();
}

function remember() {
  const text = state();
  if (text === location.hash.slice(1)) return;
  history.replaceState(null, "", text ? `#${text}` : location.pathname);
}

async function restore() {
  const values = new URLSearchParams(location.hash.slice(1));
  const chosen = values.get("view") ?? defaults.view;
  const radio = [...document.querySelectorAll("input[name=view]")].find((one) => one.value === chosen);
  if (radio) radio.checked = true;
  if (values.has("config")) {
    const [name, letters] = values.get("config").split("~");
    try {
      await takeConfig(name, await unpacked(letters ?? ""));
    } catch (error) {
      byId("file-note").textContent = `The configuration in this link cannot be read: ${error.message}`;
    }
  }
  if (values.has("features")) {
    const file = values.get("features");
    sent.features = { file, name: file.split("/").pop() };
    fillSamples();
    values.set("sample", "features");
  }
  for (const name of fieldNames) {
    if (name === "model" && values.has("config")) continue;
    const field = byId(name);
    const value = values.get(name) ?? defaults[name] ?? "";
    if (field.tagName === "SELECT" && ![...field.options].some((option) => option.value === value)) {
      const isLost = value.includes("/");
      if (isLost) byId("file-note").textContent = `This link is about a file that the server does not have: drop it again (${value.split("/").pop()}).`;
      field.value = isLost ? (defaults[name] ?? "") : value;
      if (field.selectedIndex < 0) field.selectedIndex = 0;
    } else {
      field.value = value;
    }
  }
  for (const [name, slider] of Object.entries(sliders)) {
    if (name === "visual-tokens") continue;
    setSlider(name, slider.values, values.has(name) ? Number(values.get(name)) : slider.values[slider.start]);
  }
  setVisualSlider(values.has("visual-tokens") ? Number(values.get("visual-tokens")) : null);
  byId("more").open = plainFields.some((name) => byId(name).value);
  adapt();
}

/** The slider of visual tokens runs over those of the model. */
function setVisualSlider(value) {
  const full = Math.max(1, fullTokens());
  const count = Math.min(full, 32);
  const values = [...new Set(Array.from({ length: count }, (_, index) => Math.max(1, Math.round((full * (index + 1)) / count))))];
  setSlider("visual-tokens", values, value ?? Math.round(full / 4));
}

/** Shows the controls that the view and the model have. */
function adapt() {
  const now = view();
  const hasVision = fullTokens() > 0;
  byId("visual").hidden = !hasVision || (now === "sweep" && byId("over").value === "tokens");
  byId("visual-slide").hidden = byId("tokens").value !== "number";
  byId("reducer-field").hidden = byId("tokens").value !== "reducer";
  byId("sample-field").hidden = !(byId("tokens").value === "reducer" || byId("tokens").value.includes("adaptive"));
  byId("sweep-fields").hidden = now !== "sweep";
  byId("pareto-fields").hidden = now !== "pareto";
  const isFleet = now === "simulate" || now === "plan";
  byId("simulate-fields").hidden = !isFleet;
  byId("rate-field").hidden = now === "plan";
  byId("plan-fields").hidden = now !== "plan";
  byId("where-field").hidden = now === "plan";
  byId("load-field").hidden = byId("find").value !== "";
  byId("max-gpus-field").hidden = byId("find").value !== "";
  byId("batch-slide").hidden = isFleet || now === "pareto";
  byId("context-slide").hidden = isFleet;
}

// Files.

async function takeConfig(name, text) {
  const file = await (await post(`/api/files?name=${encodeURIComponent(name)}`, text, "application/octet-stream")).json();
  const entry = { name: file.file, title: `${name}: ${file.title}`, visual_tokens: file.visual_tokens };
  catalog.models = [entry, ...catalog.models.filter((model) => model.name !== file.file)];
  sent.config = { file: file.file, name, packed: text.length <= longestConfig ? await packed(text) : "" };
  fillModels();
  byId("model").value = file.file;
  byId("file-note").textContent = `${name}: ${file.title}${sent.config.packed ? "" : "; it is too long for a link"}`;
}

async function takeFile(file) {
  const note = byId("file-note");
  note.textContent = `Sending ${file.name} …`;
  try {
    if (file.name.toLowerCase().endsWith(".json")) {
      await takeConfig(file.name, await file.text());
      setVisualSlider(null);
    } else {
      const made = await (await post(`/api/files?name=${encodeURIComponent(file.name)}`, file, "application/octet-stream")).json();
      sent.features = { file: made.file, name: file.name };
      fillSamples();
      byId("sample").value = "features";
      if (!byId("tokens").value.includes("adaptive") && byId("tokens").value !== "reducer") byId("tokens").value = "full,adaptive";
      note.textContent = made.encoder ? `${file.name} was looked at by ${made.encoder}; reducers run on it now.` : `Reducers run on ${file.name} now.`;
    }
    changed();
  } catch (error) {
    note.textContent = error.message.startsWith(file.name) ? error.message : `${file.name}: ${error.message}`;
  }
}

function fillModels() {
  fill(byId("model"), catalog.models.map((model) => [model.name, model.title]));
}
function fillSamples() {
  const select = byId("sample");
  select.querySelector("option[value=features]")?.remove();
  if (sent.features) select.append(make("option", { value: "features" }, sent.features.name));
}

function changed() {
  adapt();
  remember();
  ask();
}

async function start() {
  catalog = await (await fetch("/api/catalog")).json();
  fillModels();
  const devices = catalog.devices.map((device) => [device.name, device.title]);
  for (const number of [0, 1, 2, 3]) fill(byId(`gpu-${number}`), devices, number ? "none" : null);
  fill(byId("precision"), precisions.map((name) => [name, name]), "as usual for the model");
  fill(byId("engine"), [["kernels", "kernels alone"], ...catalog.engines.map((one) => [one.name, one.title])], "each device's usual one");
  byId("reducers").replaceChildren(...catalog.reducers.map((one) => make("option", { value: one.example }, one.summary)));
  const headings = Object.fromEntries(catalog.columns.map((column) => [column.name, column.heading ?? column.name]));
  for (const id of ["figure", "first", "second"]) fill(byId(id), figures.map((key) => [key, headings[key] ?? key]));
  byId("drop-picture").textContent = catalog.encoder ? " or a picture" : "";
  if (!catalog.encoder) byId("file").accept = ".json,.safetensors";
  await restore();
  const form = byId("question");
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", (event) => {
    if (event.target.type === "file") return;
    if (sliders[event.target.id]) showSlider(event.target.id);
    if (event.target.id === "model") setVisualSlider(null);
    if (event.target.type === "text" || event.target.type === undefined) return;
    changed();
  });
  // A text is asked when it is done, not letter by letter.
  form.addEventListener("change", (event) => { if (event.target.type === "text") changed(); });
  byId("file").addEventListener("change", () => { if (byId("file").files.length) takeFile(byId("file").files[0]); });
  const drop = byId("drop");
  for (const name of ["dragenter", "dragover"]) {
    addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.add("over");
    });
  }
  addEventListener("dragleave", () => drop.classList.remove("over"));
  addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    if (event.dataTransfer?.files.length) takeFile(event.dataTransfer.files[0]);
  });
  let width = drawnWidth();
  addEventListener("resize", () => {
    if (Math.abs(drawnWidth() - width) < 40) return;
    width = drawnWidth();
    ask();
  });
  addEventListener("hashchange", async () => {
    await restore();
    ask();
  });
  byId("share").addEventListener("click", () => copy(location.href, byId("share")));
  document.querySelectorAll("button[data-copies]").forEach((button) => {
    button.addEventListener("click", () => copy(byId(button.dataset.copies).textContent, button));
  });
  ask();
}

start().catch((error) => showError(`the page cannot start: ${error.message}`));
