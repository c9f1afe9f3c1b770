// The steps that the page draws of a placement add up to what the program says that it takes.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { frugalPage, heldIn, placedPage, sourced } from "./results.mjs";

const { ModelPlacement, steps } = await sourced("data/placement.ts");
const folder = mkdtempSync(join(tmpdir(), "alidade-placement-"));
const near = (a, b, what) => assert.ok(Math.abs(a - b) <= 1e-9 * Math.abs(b), `${what}: ${a}, expected ${b}`);
const sum = (all) => all.reduce((total, { took }) => total + took, 0);

function addsUp(file) {
  const { analyses, layers } = heldIn(file);
  const indexOf = new Map(layers.map(({ name }, i) => [name, i]));
  const placement = new ModelPlacement("placement", analyses.placement, indexOf);
  const all = steps(placement, indexOf);
  const { time_s, operators_s, transfers_s } = analyses.placement;
  near(sum(all), time_s, "all of it");
  near(sum(all.filter(({ partition }) => partition)), operators_s, "operators");
  near(sum(all.filter(({ transfer }) => transfer)), transfers_s, "transfers");
  all.forEach((step, i) => near(step.start, i === 0 ? 0 : all[i - 1].start + all[i - 1].took, `step ${i}`));
  assert.equal(placement.operatorOf.filter(Boolean).length, analyses.placement.operators.length);
  return placement;
}

try {
  const placed = addsUp(placedPage(join(folder, "greedy.html")));
  assert.equal(placed.value, placed.result.time_s);
  const energy = addsUp(frugalPage(join(folder, "energy.html")));
  assert.equal(energy.unit, "J");
  assert.equal(energy.value, energy.result.energy_j);
} finally {
  rmSync(folder, { recursive: true });
}
