// The page matches the operators of two results as `alidade compare` does.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sourced, zooResult } from "./results.mjs";

const { compare } = await sourced("data/compare.ts");

const folder = mkdtempSync(join(tmpdir(), "alidade-compare-"));
const read = (file) => JSON.parse(readFileSync(file, "utf8"));

function byProgram(before, after) {
  const out = execFileSync(process.env.ALIDADE_BIN, ["compare", before, after, "--format", "json"]);
  const { changes, same_operators } = JSON.parse(out);
  return {
    same: same_operators,
    changes: changes.map(({ change, before, after, what }) => ({ change, before, after, what })),
  };
}

function byPage(before, after) {
  const [a, b] = [read(before), read(after)];
  const pairs = compare(a, b);
  const nameIn = (model, i) => (i === undefined ? "" : model.layers[i].name);
  const changes = pairs
    .filter(({ change }) => change !== "same")
    .map(({ change, before, after, what }) => ({
      change,
      before: nameIn(a, before),
      after: nameIn(b, after),
      what,
    }));
  return { same: pairs.length - changes.length, changes };
}

/** Numbers that look random and are the same in every run. */
function numbers(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** A copy with layers that are removed, doubled, renamed, moved, and changed. */
function edited(file, seed) {
  const document = read(file);
  const { layers } = document;
  const below = numbers(seed);
  for (let edit = 0; edit < 12; edit++) {
    const at = below(layers.length);
    const layer = { ...layers[at] };
    const edits = [
      () => layers.splice(at, 1),
      () => layers.splice(below(layers.length), 0, { ...layer, name: `new${edit}` }),
      () => (layers[at] = { ...layer, name: `renamed${edit}` }),
      () => (layers.splice(at, 1), layers.splice(below(layers.length), 0, layer)),
      () => (layers[at] = { ...layer, macs: layer.macs + 1, macs_upper: layer.macs + 1, dtype: "f16" }),
    ];
    edits[below(edits.length)]();
  }
  const out = join(folder, `edited${seed}.json`);
  writeFileSync(out, JSON.stringify(document));
  return out;
}

try {
  const small = zooResult("resnet18", join(folder, "resnet18.json"));
  const large = zooResult("resnet50", join(folder, "resnet50.json"));
  const cases = [
    [small, small],
    [small, large],
    [large, small],
    ...Array.from({ length: 10 }, (_, seed) => [small, edited(small, seed)]),
  ];
  for (const [before, after] of cases) assert.deepEqual(byPage(before, after), byProgram(before, after));
} finally {
  rmSync(folder, { recursive: true });
}
