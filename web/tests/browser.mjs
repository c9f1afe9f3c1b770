// Every view in a real browser, from disk, without a network: no error, nothing wider than the screen, nothing that axe-core
// calls serious; and what a person does: choose, search, open, go back.
//   ALIDADE_BIN=... node browser.mjs [FOLDER for screenshots]
// With ALIDADE_WRITE_DOCS the picture of the README is made anew.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { browser, opened as openedIn } from "./chromium.mjs";
import { marks } from "./marks.mjs";
import {
  checkedPage,
  compared,
  expertsPage,
  heldIn,
  kEvil,
  largePage,
  placedPage,
  sweepPage,
  zooPage,
  zooResult,
} from "./results.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const views = [
  "overview",
  "modules",
  "operators",
  "graph",
  "roofline",
  "memory",
  "schedule",
  "placement",
  "crosscheck",
  "compare",
  "other",
];
const kWide = [1280, "light"];
const kNarrow = [400, "dark"];
const pictures = process.argv[2];
const kLargeSeconds = 4; // of the page's thread, on a machine that does other things, too; 3 on one that does not

const folder = mkdtempSync(join(tmpdir(), "alidade-page-"));
const chromium = await browser();
const opened = (width, scheme) => openedIn(chromium, width, scheme);

async function everyView(file, name, screens, places = views.map((view) => ({ view }))) {
  for (const [width, scheme] of screens) {
    const page = await opened(width, scheme);
    for (const place of places) {
      const view = Object.values(place).join("_");
      const what = `${name}, ${view}, ${width} pixels`;
      await page.show(file, new URLSearchParams(place));
      if (pictures) await page.screenshot({ path: join(pictures, `${name}_${view}_${width}.png`) });
      assert.ok(
        await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth),
        `${what}: wider than the screen`,
      );
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() => globalThis.axe.run());
      const bad = violations.filter((v) => ["serious", "critical"].includes(v.impact));
      assert.deepEqual(
        bad.map((v) => `${v.id}: ${v.nodes[0].html}`),
        [],
        what,
      );
    }
    assert.deepEqual(page.faults, [], name);
    await page.context().close();
  }
}

/** A name that is chosen in one view is chosen in all, by links and keys, too. */
async function choosing(file) {
  const page = await opened(1280, "light");
  await page.show(file, new URLSearchParams({ node: "encoder.layers.encoder_layer_3.mlp.0/linear" }));
  assert.match(await page.locator("aside h2").innerText(), /encoder_layer_3\.mlp\.0\/linear/);
  assert.equal(await page.locator(".row.chosen").count(), 1);
  await page.getByRole("button", { name: "In the graph" }).click();
  assert.equal(await page.locator(".box.chosen").count(), 1);
  await page.getByRole("button", { name: "Fold all" }).click();
  assert.ok((await page.locator(".box").count()) < 20, "folded");
  await page.keyboard.press("3");
  await page.keyboard.press("/");
  await page.keyboard.type("mlp.3");
  assert.match(await page.locator("output").innerText(), /^24 of 477 operators$/);
  await page.keyboard.press("Escape");
  assert.ok(await page.locator("aside").isHidden());
  await page.goBack();
  assert.ok(await page.locator("aside").isVisible());
  await page.getByRole("columnheader", { name: "FLOPs", exact: true }).getByRole("button").click();
  assert.match(await page.locator(".rows-body .row").first().innerText(), /930\sM/);
  assert.deepEqual(page.faults, []);
}

/** Shapes along the lines, what goes in and out, and all of a node: its operands, attributes, every digit, its share. */
async function reading(file) {
  const { layers, graph, totals } = heldIn(file);
  const page = await opened(1280, "light");
  const layer = layers.find(({ name }) => name === "encoder.layers.encoder_layer_3.mlp.0/linear");
  await page.show(file, new URLSearchParams({ view: "graph" }));
  const drawn = (await page.locator(".drawing text").allTextContents()).join("\n");
  for (const { name, type } of [...graph.inputs, ...graph.outputs]) {
    assert.ok(drawn.includes(`${name}\n`), name);
    assert.ok(drawn.includes(type), type);
  }
  await page.show(file, new URLSearchParams({ view: "graph", node: layer.name }));
  const shapes = await page.locator(".flow.mine").allTextContents();
  const taken = layer.operands.filter((operand) => layers.some(({ outputs }) => outputs.includes(operand)));
  const sides = [...taken, ...layer.outputs].map((tensor) => tensor.replace(/.* [a-z0-9]+(?=\[)/, ""));
  assert.deepEqual(shapes.sort(), sides.sort());
  const side = (await page.locator("aside").innerText()).replaceAll("\u00a0", " ");
  for (const operand of layer.operands) assert.ok(side.includes(operand.split(" ").at(-1)), operand);
  const share = (100 * layer.flops) / totals.flops;
  assert.ok(side.includes(`${layer.flops.toLocaleString("en-US")}, ${share.toFixed(1)} % of all`), side);
  await page.keyboard.press("/");
  await page.keyboard.type("conv_proj");
  assert.match(await page.locator("output").innerText(), /^1 found/);
  assert.equal(await page.locator(".box.found").count(), 1);
  await page.keyboard.press("Enter");
  assert.equal(await page.locator("aside h2").innerText(), "conv_proj");
  assert.match(await page.locator("aside").innerText(), /Strides\s+\[16,16\]/);
  assert.deepEqual(page.faults, []);
}

/** The totals of the page are those of the program. */
async function figures(file) {
  const page = await opened(1280, "light");
  await page.show(file, "");
  const cards = await page.locator(".cards").innerText();
  for (const figure of ["35,240,324,688", "17,563,828,224", "86,567,656"])
    assert.ok(cards.includes(figure), figure);
}

async function large(file) {
  const page = await opened(1280, "light");
  const tools = await page.context().newCDPSession(page);
  await tools.send("Performance.enable", { timeDomain: "threadTicks" });
  await page.show(file, "view=operators");
  const { metrics } = await tools.send("Performance.getMetrics");
  const took = metrics.find(({ name }) => name === "ThreadTime").value;
  console.log(`the page of 100,000 operators took ${took.toFixed(2)} s of its thread`);
  assert.ok(took < kLargeSeconds, `the large page took ${took} s`);
  assert.ok((await page.locator(".rows-body .row").count()) < 100, "only the rows in sight are elements");
  const evil = await page.getByTitle(kEvil, { exact: true }).first().innerText();
  assert.ok(evil.length > 20 && kEvil.endsWith(evil.replace("…", "")), `the name is text: ${evil}`);
  assert.equal(await page.locator("img").count(), 0);
  assert.equal(await page.title(), "vit_b_16 · Alidade");
  await page.show(file, "");
  assert.match(await page.locator(".unknown").innerText(), /1 of 100000 operators are not exactly known/);
  for (const view of ["modules", "graph"]) await page.show(file, new URLSearchParams({ view }));
  assert.ok((await page.locator(".box").count()) < 400, "never the whole graph at once");
  assert.deepEqual(page.faults, []);
}

/** A comparison opens on what differs, and paints it on the graph. */
async function comparison(folder) {
  const file = join(folder, "compared.html");
  assert.equal(compared(["resnet18", "resnet50", "--fail-above", "macs=10%,1", "-o", file]), 1);
  await everyView(file, "compared", [kWide, kNarrow], [{}, { view: "graph", paint: "change" }]);
  const page = await opened(1280, "light");
  await page.show(file, "");
  const text = await page.locator("main").innerText();
  for (const said of [
    "FAIL macs grew by 2275110912, 125.41 %",
    "models/resnet18.onnx",
    "34 changed, 106 added",
  ])
    assert.ok(text.includes(said), said);
  await page.getByRole("button", { name: "In the graph" }).click();
  assert.match(
    await page
      .locator(".box title")
      .allTextContents()
      .then((all) => all.join("\n")),
    /fc, Linear, 1 changed/,
  );
  assert.deepEqual(page.faults, []);
}

/** Every partition, transfer and reason of the JSON, joined with the other views. */
async function placement(file) {
  await everyView(
    file,
    "placed",
    [kWide, [1280, "dark"], [400, "light"], kNarrow],
    [{ view: "placement" }, { view: "graph", paint: "device" }, { view: "overview" }],
  );
  const placed = heldIn(file).analyses.placement;
  const page = await opened(1280, "light");
  await page.show(file, "view=placement");
  const rows = (label) =>
    page
      .getByRole("grid", { name: label })
      .getAttribute("aria-rowcount")
      .then((count) => Number(count) - 1);
  assert.equal(await rows("Partitions"), placed.partitions.length);
  assert.equal(await rows("Transfers"), placed.transfers.length);
  const away = placed.operators.filter(({ device }) => device !== placed.devices[0]);
  assert.equal(await rows("Placed operators"), away.length);
  const text = await page.locator("main").innerText();
  const advice = placed.advice[0].toUpperCase() + placed.advice.slice(1);
  for (const said of [placed.summary, advice, ...new Set(away.map(({ reason }) => reason))])
    assert.ok(text.includes(said), said);
  assert.ok(text.includes(`this one takes ${Math.round(100 * placed.gap)}\u00a0% more`), "the gap");
  const timed = (all) => all.filter(({ time_s }) => time_s > 0).length;
  const steps = timed(placed.partitions) + timed(placed.transfers) + (placed.fixed_s > 0 ? 1 : 0);
  assert.match(await page.locator("canvas").getAttribute("aria-label"), new RegExp(`: ${steps} steps$`));
  await page.getByRole("grid", { name: "Partitions" }).focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  const first = placed.operators.find(({ partition }) => partition === 2);
  assert.equal(await page.locator("aside h2").innerText(), first.operator);
  assert.ok((await page.locator("aside").innerText()).includes(`${first.device}, partition #2`));
  assert.match(page.url(), /view=placement/);
  await page.getByRole("button", { name: "Devices in the graph" }).click();
  assert.match(await page.locator(".box.chosen title").textContent(), new RegExp(first.device));
  await page.goBack();
  await page.getByLabel("Show", { exact: true }).selectOption("");
  assert.equal(await rows("Placed operators"), placed.operators.length);
  await page.keyboard.press("Escape");
  await page.keyboard.press("]");
  assert.equal(await page.locator("main").getAttribute("class"), "crosscheck");
  assert.deepEqual(page.faults, []);
}

/** What other tools counted, class by class. */
async function crosscheck({ result, page: file }) {
  await everyView(file, "checked", [kWide, kNarrow], [{ view: "crosscheck" }]);
  const page = await opened(1280, "light");
  await page.show(file, "view=crosscheck");
  const text = await page.locator("main").innerText();
  for (const tool of JSON.parse(readFileSync(result)).analyses.crosscheck.tools) {
    assert.ok(text.includes(`${tool.tool} ${tool.version}`), tool.tool);
    for (const row of tool.classes) assert.ok(text.includes(row.cause ?? row.name), row.name);
  }
  assert.deepEqual(page.faults, []);
}

/** Every chart has the marks that the JSON demands. */
async function marked(file) {
  const found = await marks(await opened(1280, "light"), file);
  for (const [chart, count] of Object.entries(found)) assert.ok(count > 10, `${chart}: ${count} marks`);
}

/** Two results: one in the page, the other opened by hand. */
async function comparing(file, other) {
  const page = await opened(400, "light");
  await page.show(file, "");
  await page.locator("input[type=file]").setInputFiles(other);
  await page.waitForSelector("main.compare");
  assert.match(
    await page.locator("main").innerText(),
    /Operators: 0 changed, 0 added, 0 removed, 0 renamed, 0 moved, 477 same/,
  );
  await page.locator("input[type=file]").setInputFiles({
    name: "x.json",
    mimeType: "application/json",
    buffer: Buffer.from('{"schema": "alidade.result/9"}'),
  });
  assert.match(
    await page.getByRole("alert").innerText(),
    /its schema is "alidade.result\/9", expected "alidade.result\/1"/,
  );
  assert.deepEqual(page.faults, []);
}

/** The points that a page holds, by the names of their columns. */
function pointsIn(file) {
  const { columns, points } = heldIn(file);
  return points.map((cells) => Object.fromEntries(cells.map((cell, i) => [columns[i], cell])));
}

/** A chart for each figure, what bounds each line, what failed, and the least for a goal as a search over all points
 * finds it. */
async function sweep(file) {
  const goal = 0.02;
  await everyView(file, "sweep", [kWide, kNarrow], [{}, { model: "mobilenet_v2", goal, only: "l4" }]);
  const points = pointsIn(file).filter((point) => point.model === "resnet50" && !point.failed);
  const page = await opened(1280, "light");
  await page.show(file, new URLSearchParams({ model: "resnet50", goal }));
  const charts = await page
    .locator("canvas")
    .evaluateAll((all) => all.map((each) => each.getAttribute("aria-label")));
  assert.deepEqual(charts.slice(0, 4), [
    "Latency over batch: 5 lines",
    "Throughput over batch: 5 lines",
    "Energy of an example over batch: 5 lines",
    "Peak memory over batch: 5 lines",
  ]);
  const painted = await page.locator("canvas").evaluateAll((all) =>
    all.map((each) => {
      const { data } = each.getContext("2d").getImageData(0, 0, each.width, each.height);
      return new Set(new Uint32Array(data.buffer)).size;
    }),
  );
  for (const colours of painted) assert.ok(colours > 20, `a chart has ${colours} colours`);
  const spots = await page
    .locator(".legend .spot")
    .evaluateAll((all) => all.map((each) => [each.offsetWidth, getComputedStyle(each).backgroundColor]));
  assert.equal(new Set(spots.map(([, colour]) => colour)).size, 5);
  for (const [width] of spots) assert.ok(width >= 8, `a spot of the legend is ${width} wide`);
  const text = await page.locator("main").innerText();
  assert.match(text, /84 points of 2 models/);
  for (const [price, title] of [
    [(p) => p.energy_j !== null && p.energy_j / p.batch, "Energy of an example"],
    [(p) => p.usd_per_million, "Cost of a million examples"],
  ]) {
    const open = points.filter((p) => price(p) && p.time_s <= goal);
    const least = open.reduce((a, b) => (price(b) < price(a) ? b : a));
    const said = `batch ${least.batch}, ${least.on}, ${least.precision}`;
    const part = page.locator(".front", { hasText: title }).locator(".answer");
    assert.ok(
      (await part.innerText()).includes(said),
      `${title}: ${await part.innerText()}, expected ${said}`,
    );
  }
  for (const on of ["h200_sxm", "l4"]) {
    const line = points.filter((p) => p.on === on && p.precision === "bf16");
    const turn = line.find((p, i) => i > 0 && p.bound !== line[i - 1].bound);
    const said = turn ? `${turn.bound} ` : `${line[0].bound} everywhere`;
    const row = page.locator("tr", { hasText: `${on}, bf16` }).first();
    assert.ok((await row.innerText()).includes(said), `${on}: ${await row.innerText()}, expected ${said}`);
  }
  assert.deepEqual(page.faults, []);
}

/** What the README shows. */
async function picture(file) {
  const page = await opened(1280, "light");
  await page.setViewportSize({ width: 1280, height: 720 });
  await page.show(
    file,
    new URLSearchParams({ view: "graph", node: "encoder.layers.encoder_layer_3.mlp.0/linear" }),
  );
  await page.screenshot({ path: new URL("../../docs/images/page.png", import.meta.url).pathname });
}

try {
  const vit = zooPage(folder, "vit_b_16");
  await everyView(vit, "vit", [kWide, kNarrow]);
  await everyView(zooPage(folder, "llama_tiny", "--bind", "batch=1,seq=128"), "llama", [kNarrow]);
  const experts = expertsPage(folder);
  await everyView(experts, "mixtral", [kWide, kNarrow]);
  await figures(vit);
  await reading(vit);
  await marked(vit);
  await marked(experts);
  await placement(placedPage(join(folder, "placed.html")));
  await crosscheck(checkedPage(folder, "vit_b_16"));
  if (process.env.ALIDADE_WRITE_DOCS) await picture(vit);
  await choosing(vit);
  const kept = vit.replace(/html$/, "json");
  largePage(folder, 100_000);
  zooResult("vit_b_16", kept);
  await large(join(folder, "large.html"));
  await comparing(vit, kept);
  await comparison(folder);
  const swept = sweepPage(folder);
  await sweep(swept);
  await marked(swept);
} finally {
  await chromium.close();
  rmSync(folder, { recursive: true });
}
