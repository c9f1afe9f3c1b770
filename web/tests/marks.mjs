// Whether every chart of a page has the marks that the page's own JSON demands, where it demands them.
//   node marks.mjs PAGE...
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { browser, opened } from "./chromium.mjs";
import { heldIn } from "./results.mjs";

const kSideOfBars = 44;
const kHeadOfBars = 18;

/** Where a chart of this height and width has its values: inside of a margin for each axis. */
const area = ({ width, height }, left) => ({ left, right: width - 12, top: 12, bottom: height - 34 });
const linear = (from, to) => (v, start, end) => start + ((v - from) / (to - from)) * (end - start);
const log = (from, to) => (v, start, end) => linear(Math.log(from), Math.log(to))(Math.log(v), start, end);
const around = (values, by) => [Math.min(...values) / by, Math.max(...values) * by];

/** For each place of a canvas whether something is painted there: more than a line of the grid. */
const painted = (canvas, places) =>
  canvas.evaluate((element, places) => {
    const pen = element.getContext("2d");
    const panel = getComputedStyle(element.parentElement).backgroundColor.match(/\d+/g).map(Number);
    return places.map(([x, y]) => {
      const { data } = pen.getImageData(Math.floor(x), Math.floor(y), 1, 1);
      const [r, g, b, alpha] = data;
      const away = Math.abs(r - panel[0]) + Math.abs(g - panel[1]) + Math.abs(b - panel[2]);
      return alpha > 0 && (alpha * away) / 255 > 150;
    });
  }, places);

async function all(canvas, places, what) {
  const found = await painted(canvas, places);
  assert.ok(places.length > 0, `${what}: nothing to look for`);
  const missing = places.filter((_, i) => !found[i]);
  assert.deepEqual(missing, [], `${what}: ${missing.length} of ${places.length} marks are missing`);
}

const sizeOf = (canvas) =>
  canvas.evaluate(({ clientWidth: width, clientHeight: height }) => ({ width, height }));
const flopsOf = (kernel) => kernel.matrix_flops + kernel.vector_flops;
const bytesOf = (kernel) => kernel.read_bytes + kernel.written_bytes;

/** A point for every kernel that has a time, FLOPs and bytes. */
async function roofline(page, { hardware: [target] }) {
  const kernels = target.kernels.filter((k) => k.time_s > 0 && flopsOf(k) > 0 && bytesOf(k) > 0);
  if (kernels.length === 0) return 0;
  const rates = kernels.map((kernel) => flopsOf(kernel) / kernel.time_s);
  const tops = new Map();
  for (const kernel of target.kernels.filter((k) => k.priced && k.compute_s))
    tops.set(
      kernel.arithmetic,
      Math.max(tops.get(kernel.arithmetic) ?? 0, flopsOf(kernel) / kernel.compute_s),
    );
  const canvas = page.locator("canvas");
  const { left, right, top, bottom } = area(await sizeOf(canvas), 96);
  const x = log(
    ...around(
      kernels.map((kernel) => flopsOf(kernel) / bytesOf(kernel)),
      2,
    ),
  );
  const y = log(...around([...rates, ...tops.values()], 2));
  const places = kernels.map((kernel, i) => [
    x(flopsOf(kernel) / bytesOf(kernel), left, right),
    y(rates[i], bottom, top),
  ]);
  await all(canvas, places, "roofline");
  return places.length;
}

/** The curve of live bytes: painted below, and not above; of steps that share a pixel the highest. */
async function memory(page, { analyses }) {
  const { timeline, peak_bytes, peak_step } = analyses.memory.as_given;
  const canvas = page.locator("canvas");
  const { left, right, top, bottom } = area(await sizeOf(canvas), 68);
  const x = linear(timeline[0].step, timeline.at(-1).step + 1);
  const y = linear(0, Math.max(1, peak_bytes) * 1.08);
  const narrow = (right - left) / timeline.length < 1;
  const levels = new Map();
  for (const { step, live_bytes } of timeline.filter(({ step }) => narrow || step !== peak_step)) {
    const at = narrow ? Math.floor(x(step, left, right)) + 0.5 : x(step + 0.5, left, right);
    levels.set(at, Math.max(live_bytes, levels.get(at) ?? 0));
  }
  const tall = [...levels].filter(([, bytes]) => bytes > 0.1 * peak_bytes);
  const places = tall.map(([at, bytes]) => [at, y(bytes, bottom, top)]);
  await all(
    canvas,
    places.map(([px, py]) => [px, py + 5]),
    "memory",
  );
  const cursor = x(peak_step + 0.5, left, right);
  const away = places.filter(([px]) => Math.abs(px - cursor) > 2).map(([px, py]) => [px, py - 5]);
  assert.ok(!(await painted(canvas, away)).includes(true), "memory: painted above the curve");
  return places.length;
}

/** A bar for every kernel of the schedule that is a pixel wide or more. */
async function schedule(page, { hardware: [target] }) {
  const slots = target.schedule.filter((slot) => slot.start_s !== null && slot.duration_s !== null);
  if (slots.length === 0) return 0;
  const laneOf = (slot) => `${slot.engine}, stream ${slot.stream}`;
  const lanes = [...new Set(slots.map(laneOf))].sort();
  const canvas = page.locator("canvas");
  const { left, right, top } = area(await sizeOf(canvas), 8);
  const x = linear(0, Math.max(...slots.map((slot) => slot.start_s + slot.duration_s)));
  const wide = slots.filter((slot) => x(slot.duration_s, 0, right - left) > 3);
  const places = wide.map((slot) => [
    x(slot.start_s + slot.duration_s / 2, left, right),
    top + lanes.indexOf(laneOf(slot)) * (kSideOfBars + kHeadOfBars) + kHeadOfBars + kSideOfBars - 6,
  ]);
  if (places.length > 0) await all(canvas, places, "schedule");
  return places.length;
}

/** Areas of modules, and a row for each operator. */
async function counts(page, show, { layers }) {
  await show("modules");
  assert.ok((await page.locator(".treemap rect").count()) > 0, "modules: no areas");
  await show("operators");
  const rows = await page.getByRole("grid", { name: "Operators" }).getAttribute("aria-rowcount");
  assert.equal(Number(rows) - 1, layers.length, "operators: rows");
}

async function ofModel(page, file, model) {
  const show = (view) => page.show(file, { view, model: model.model });
  const found = {};
  await counts(page, show, model);
  if (model.hardware?.length) {
    await show("roofline");
    found.roofline = await roofline(page, model);
    await show("schedule");
    found.schedule = await schedule(page, model);
  }
  if (model.analyses?.memory?.as_given?.timeline.length) {
    await show("memory");
    found.memory = await memory(page, model);
  }
  return found;
}

/** A dot for every point of a sweep in each chart that has its figure. */
async function ofSweep(page, file, { columns, points, axes }) {
  const all_ = points.map((cells) => Object.fromEntries(cells.map((cell, i) => [columns[i], cell])));
  const column = axes.map(({ key }) => key).find((key) => key === "batch" || key.startsWith("bind."));
  const figures = { Latency: "time_s", Throughput: "per_second", "Peak memory": "memory_bytes" };
  const found = {};
  for (const model of new Set(all_.map((point) => point.model))) {
    await page.show(file, { model });
    const mine = all_.filter((point) => point.model === model && !point.failed);
    for (const [title, figure] of Object.entries(figures)) {
      const marks = mine.filter((point) => point[figure] > 0);
      const canvas = page.locator(`canvas[aria-label^="${title} over ${column.replace("bind.", "")}:"]`);
      const { left, right, top, bottom } = area(await sizeOf(canvas), 96);
      const sizes = marks.map((point) => point[column]);
      const x = log(Math.max(0.5, Math.min(...sizes)) / 1.1, Math.max(1, ...sizes) * 1.1);
      const y = log(
        ...around(
          marks.map((point) => point[figure]),
          1.3,
        ),
      );
      const places = marks.map((point) => [x(point[column], left, right), y(point[figure], bottom, top)]);
      await all(canvas, places, `${title} of ${model}`);
      found[`${title} of ${model}`] = places.length;
    }
  }
  return found;
}

/** How many marks of each chart were found. */
export async function marks(page, file) {
  const held = heldIn(file);
  const found = held.schema.startsWith("alidade.sweep/")
    ? await ofSweep(page, file, held)
    : Object.assign({}, ...(await inTurn(held.models ?? [held], (model) => ofModel(page, file, model))));
  assert.deepEqual(page.faults, [], file);
  return found;
}

async function inTurn(list, act) {
  const out = [];
  for (const each of list) out.push(await act(each));
  return out;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const chromium = await browser();
  try {
    for (const file of process.argv.slice(2))
      console.log(file, JSON.stringify(await marks(await opened(chromium, 1280, "light"), file)));
  } finally {
    await chromium.close();
  }
}
