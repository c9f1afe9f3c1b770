import { exactly, grouped, interval, percent, shortInterval, si, sum, withUnit } from "../data/format";
import type { Model } from "../data/model";
import { countsOf, type Total, totalsOf } from "../data/totals";
import type { Target } from "../data/result";
import { h, link, table } from "../ui/dom";
import { card } from "./card";
import { heaviest } from "./heaviest";
import { unknowns } from "./unknowns";
import type { Scene, View } from "./view";

/** The model on one screen: what is not known first, then totals, targets and the heaviest operators. */
export function overviewView(scene: Scene): View {
  const { model } = scene;
  const element = h(
    "section",
    { class: "overview" },
    unknowns(scene),
    cards(model),
    targets(scene),
    placements(scene),
    heaviest(scene),
    types(model),
    about(model),
  );
  return { element, follow: () => {} };
}

function cards(model: Model): HTMLElement {
  const below = ({ key, value }: Total): string => {
    if (key === "ops")
      return `${grouped(model.result.page_summary?.operators ?? model.layers.length)} with those that cost nothing`;
    return value.least === value.most && value.least >= 1000 ? grouped(value.least) : "";
  };
  const out = totalsOf(model).map((total) =>
    card(total.label, interval(total.value, total.unit), below(total)),
  );
  const { convention } = model.result;
  const counts = countsOf(model).map(([name, counted]) => `${name} ${interval(counted)}`);
  const said = [
    convention ? `Counted by the convention ${convention}; one MAC is two FLOPs.` : "",
    counts.length > 0 ? `Each convention: ${counts.join(", ")}.` : "",
  ].join(" ");
  return h("div", {}, h("div", { class: "cards" }, ...out), h("p", { class: "note" }, said));
}

function targets(scene: Scene): HTMLElement | null {
  if (scene.model.targets.length === 0) return null;
  const rows = scene.model.targets.map((target) => [
    link(target.device || target.id, () => scene.go({ target: target.id, view: "roofline" })),
    time(target),
    band(target),
    target.per_second === null ? "–" : `${si(target.per_second)}/s`,
    energy(target),
    memory(target),
    bounds(target),
    `${target.precision.replaceAll("_", " ")}, ${target.backend}`,
  ]);
  return h(
    "div",
    {},
    h("h2", {}, "Targets"),
    table(
      ["Device", "Time", "Likely between", "Examples", "Energy", "Memory", "Bound by", "Precision, backend"],
      rows,
      undefined,
      [2, 5, 6, 7],
    ),
  );
}

function placements(scene: Scene): HTMLElement | null {
  const all = scene.model.placements;
  if (all.length === 0) return null;
  const rows = all.map(({ key, result }) => [
    link(key, () => scene.go({ placement: key, view: "placement" })),
    [result.summary, result.advice].filter(Boolean).join("; "),
  ]);
  return h(
    "div",
    {},
    h("h2", {}, "Placements"),
    table(["Placement", "What it comes to"], rows, undefined, [1]),
  );
}

function time(target: Target): string {
  if (target.time_s === null) return "not known";
  return interval({ least: target.time_s, most: target.time_s_upper }, "s");
}
function band(target: Target): string {
  if (!target.band || target.time_s === null) return "not scored";
  const { low, high, coverage } = target.band;
  const sure = coverage ? percent(coverage) : "a guess";
  return `${withUnit(target.time_s * low, "s")} to ${withUnit(target.time_s * high, "s")} (${sure})`;
}
function energy(target: Target): string {
  return target.energy_j === null
    ? "not known"
    : interval({ least: target.energy_j, most: target.energy_j_upper }, "J");
}
function memory(target: Target): string {
  const need = target.memory_need;
  const fits = need.fits === null ? "" : need.fits ? ", fits" : ", does not fit";
  return `${interval({ least: need.total_bytes, most: need.total_bytes_upper }, "B")}${need.capacity_bytes ? ` of ${withUnit(need.capacity_bytes, "B")}` : ""}${fits}`;
}
function bounds(target: Target): string {
  return Object.entries(target.bound_shares)
    .filter(([, share]) => share)
    .sort((a, b) => b[1]! - a[1]!)
    .map(([bound, share]) => `${bound} ${percent(share!)}`)
    .join(", ");
}

function types(model: Model): HTMLElement {
  const kNone = { ops: 0, flops: exactly(0), bytes: exactly(0) };
  const sums = new Map<string, typeof kNone>();
  for (const layer of model.layers) {
    const entry = sums.get(layer.type) ?? kNone;
    sums.set(layer.type, {
      ops: entry.ops + (layer.stands_for ?? 1),
      flops: sum([entry.flops, { least: layer.flops, most: layer.flops_upper }]),
      bytes: sum([entry.bytes, { least: layer.memory, most: layer.memory_upper }]),
    });
  }
  const rows = [...sums]
    .sort((a, b) => b[1].flops.least - a[1].flops.least || b[1].bytes.least - a[1].bytes.least)
    .map(([type, s]) => [type, String(s.ops), shortInterval(s.flops), shortInterval(s.bytes, "B")]);
  return h("div", {}, h("h2", {}, "By type"), table(["Type", "Operators", "FLOPs", "Bytes moved"], rows));
}

function about(model: Model): HTMLElement {
  const { graph, path } = model.result;
  const ends = (values: { name: string; type: string }[]) =>
    values.map((v) => `${v.name} ${v.type}`).join(", ");
  const facts: [string, string][] = [
    ["File", path],
    ["Format", graph.format],
    ["Made by", graph.producer],
    ["Inputs", ends(graph.inputs)],
    ["Outputs", ends(graph.outputs)],
    ["Free sizes", graph.free_symbols.join(", ")],
  ];
  return h(
    "div",
    {},
    h("h2", {}, "The model"),
    h(
      "dl",
      {},
      ...facts.filter(([, text]) => text).flatMap(([name, text]) => [h("dt", {}, name), h("dd", {}, text)]),
    ),
  );
}
