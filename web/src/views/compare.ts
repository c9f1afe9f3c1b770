import { type Change, compare, kChanges, more, type Pair } from "../data/compare";
import { exactly, type Interval, interval, percent, withUnit } from "../data/format";
import type { Model } from "../data/model";
import { openFigure } from "../data/placement";
import { totalsOf } from "../data/totals";
import { changeColour } from "../ui/colours";
import { choice, h, table } from "../ui/dom";
import { nameWidth, pathName, Rows } from "../ui/rows";
import type { Scene, View } from "./view";

/** This model beside an earlier one: totals, times, and which operators differ. */
export function compareView(scene: Scene): View {
  const open = h("button", { type: "button", onclick: scene.open }, "Open another result…");
  const other = scene.other();
  if (!other) {
    const none = h("p", {}, "One model only. Open a second result to see what differs.");
    return { element: h("section", {}, none, open), follow: () => {} };
  }
  const after = scene.model;
  const choices = scene.all.filter((model) => model !== after);
  const pick = choice(
    "Compared with",
    choices.map((model) => [model.id, model.id]),
    other.id,
    (value) => scene.go({ other: value }),
  );
  const head = ["Figure", other.id, after.id, "Difference"];
  const pairs = compare(other, after);
  const list = operators(scene, other, pairs);
  const failed = scene.failedGates.map((gate) => h("p", { class: "unknown" }, `FAIL ${gate}`));
  const parts = [
    h("div", { class: "bar" }, pick, open),
    ...failed,
    given(other, after),
    table(head, figures(other, after), "Totals and estimates"),
  ];
  return {
    element: h("section", { class: "fill" }, ...parts, ...list.elements),
    follow: () => list.rows.draw(),
  };
}

/** What the figures were counted from and how. */
function given(before: Model, after: Model): HTMLElement {
  const ends = (values: { name: string; type: string }[]) =>
    values.map((v) => `${v.name} ${v.type}`).join(", ");
  const facts: [string, (model: Model) => string][] = [
    ["File", (model) => model.result.path],
    ["Convention", (model) => model.result.convention ?? "none"],
    ["Inputs", (model) => ends(model.result.graph.inputs)],
    ["Counted by", (model) => model.result.program ?? ""],
  ];
  const rows = facts
    .map(([name, text]): [string, string, string] => [name, text(before), text(after)])
    .filter(([, a, b]) => a || b)
    .map(([name, a, b]) => [name, a, h("span", { class: a === b ? undefined : "differs" }, b)]);
  return table(["What was read", before.id, after.id], rows, undefined, [1, 2]);
}

function figures(before: Model, after: Model): (string | Node)[][] {
  const totals = new Map(totalsOf(after).map((total) => [total.key, total.value]));
  const rows = totalsOf(before).flatMap(({ key, label, unit, value }) => {
    const mate = totals.get(key);
    return mate ? [row(label, unit, value, mate)] : [];
  });
  for (const a of before.targets) {
    const b = after.targets.find((target) => target.id === a.id);
    if (!b) continue;
    const add = (
      label: string,
      unit: string,
      x: number | null,
      y: number | null,
      xMost: number | null,
      yMost: number | null,
    ) => {
      if (x !== null && y !== null)
        rows.push(row(`${label} on ${a.id}`, unit, { least: x, most: xMost }, { least: y, most: yMost }));
    };
    add("Time", "s", a.time_s, b.time_s, a.time_s_upper, b.time_s_upper);
    add("Energy", "J", a.energy_j, b.energy_j, a.energy_j_upper, b.energy_j_upper);
    const [need, mate] = [a.memory_need, b.memory_need];
    add("Memory", "B", need.total_bytes, mate.total_bytes, need.total_bytes_upper, mate.total_bytes_upper);
  }
  return [...rows, ...placements(before, after)];
}

/** Those of one name and one objective. */
function placements(before: Model, after: Model): (string | Node)[][] {
  return before.placements.flatMap((a) => {
    const b = after.placements.find(
      ({ key, result }) => key === a.key && result.objective === a.result.objective,
    );
    const [x, y] = [openFigure(a.value, a.result.at_least), b && openFigure(b.value, b.result.at_least)];
    if (!b || !x || !y) return [];
    return [
      row(`${a.result.objective} of ${a.key}`, a.unit, x, y),
      row(`Moved in ${a.key}`, "B", exactly(a.result.moved_bytes), exactly(b.result.moved_bytes)),
    ];
  });
}

function row(label: string, unit: string, a: Interval, b: Interval): (string | Node)[] {
  const exact = a.least === a.most && b.least === b.most;
  const share = exact && a.least !== 0 && a.least !== b.least ? signed(b.least / a.least - 1, percent) : "";
  const text = exact ? difference(b.least - a.least, unit, share && ` (${share})`) : "not known";
  return [label, interval(a, unit), interval(b, unit), text];
}

const signed = (value: number, text: (size: number) => string): string =>
  `${value > 0 ? "+" : value < 0 ? "−" : ""}${text(Math.abs(value))}`;

function difference(value: number | undefined, unit: string, behind = ""): Node | string {
  if (value === undefined) return "not known";
  if (value === 0) return "the same";
  const text = signed(value, (size) => withUnit(size, unit)) + behind;
  return h("span", { class: value > 0 ? "more" : "less" }, text);
}

/** The operators that differ, or all. */
function operators(scene: Scene, other: Model, pairs: Pair[]): { rows: Rows; elements: HTMLElement[] } {
  const rows = pairTable(scene, other, pairs);
  const all = pairs.map((_, i) => i);
  const differ = all.filter((i) => pairs[i]!.change !== "same");
  const box = h("input", {
    type: "checkbox",
    "aria-label": "Show equal operators, too",
    onchange: () => rows.show(box.checked ? all : differ),
  });
  const count = (kind: Change) => pairs.filter((pair) => pair.change === kind).length;
  const counts = kChanges.map((kind) => `${count(kind)} ${kind}`).join(", ");
  rows.show(differ);
  const graph = h(
    "button",
    { type: "button", onclick: () => scene.go({ view: "graph", paint: "change" }) },
    "In the graph",
  );
  const bar = h(
    "div",
    { class: "bar" },
    h("b", {}, `Operators: ${counts}`),
    h("label", { class: "choice" }, box, h("span", {}, "show equal ones, too")),
    graph,
  );
  return { rows, elements: [bar, rows.element] };
}

function tag(change: Change): HTMLElement {
  const out = h("span", { class: "tag" }, change);
  out.style.borderColor = changeColour(change);
  return out;
}

function pairTable(scene: Scene, other: Model, pairs: Pair[]): Rows {
  const sides = ({ before, after }: Pair) =>
    [
      before === undefined ? undefined : other.layers[before],
      after === undefined ? undefined : scene.model.layers[after],
    ] as const;
  const known = (i: number) => sides(pairs[i]!)[1] ?? sides(pairs[i]!)[0]!;
  const name = (i: number): Node => {
    const [a, b] = sides(pairs[i]!);
    return a && b && a.name !== b.name
      ? h("span", { title: `${a.name} → ${b.name}` }, `${a.name} → ${b.name}`)
      : pathName(known(i).name);
  };
  const number = (title: string, key: "flops" | "memory" | "params", unit: string) => ({
    key,
    title,
    width: 128,
    number: true,
    cell: (i: number) => difference(more(...sides(pairs[i]!), key), unit),
  });
  return new Rows({
    label: "Operators of both models",
    columns: [
      { key: "name", title: "Operator", width: nameWidth(), cell: name },
      { key: "change", title: "Change", width: 104, cell: (i) => tag(pairs[i]!.change) },
      { key: "type", title: "Type", width: 110, cell: (i) => known(i).type },
      number("FLOPs", "flops", ""),
      number("Bytes moved", "memory", "B"),
      number("Parameters", "params", ""),
      { key: "what", title: "What", width: 560, cell: (i) => pairs[i]!.what },
    ],
    choose: (i) => scene.go({ node: known(i).name }),
    chosen: () => (scene.chosen() < 0 ? -1 : pairs.findIndex((pair) => pair.after === scene.chosen())),
  });
}
