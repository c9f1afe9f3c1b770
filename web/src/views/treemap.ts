import { endOf, interval, percent, sum } from "../data/format";
import type { Metric } from "../data/metrics";
import { isModule, type Module } from "../data/modules";
import { heat, heatText } from "../ui/colours";
import { h, svg } from "../ui/dom";
import type { Scene } from "./view";

interface Part {
  inside: (Module | number)[];
  prefix: string;
  label: string;
  value: number;
  text: string;
  go: () => void;
}
export interface Box {
  x: number;
  y: number;
  w: number;
  h: number;
}
const kMost = 200;
const kFew = 24;
const kSameSize = 0.99;
const kHeight = 240;

/** The parts of the chosen module as areas; a click goes inside. */
export function treemap(scene: Scene, metric: Metric): HTMLElement {
  const home = find(scene.model.root, scene.place().module);
  const parts = opened(
    home.parts.map((part): Part => partOf(scene, metric, part, "")),
    scene,
    metric,
  );
  const width = Math.max(320, document.documentElement.clientWidth - 40);
  const shown = parts.slice(0, kMost);
  const rest = parts.length - shown.length;
  const total = shown.reduce((all, part) => all + part.value, 0);
  const boxes = squarify(
    shown.map((part) => part.value),
    { x: 0, y: 0, w: width, h: kHeight },
  );
  const picture = svg("svg", {
    viewBox: `0 0 ${width} ${kHeight}`,
    class: "treemap",
    preserveAspectRatio: "none",
    role: "group",
    "aria-label": `${metric.label} of the parts of ${home.path || home.label}`,
  });
  shown.forEach((part, i) => picture.append(area(part, boxes[i]!, total, shown[0]!.value)));
  const crumbs = h("nav", { class: "crumbs", "aria-label": "Module" }, ...trail(scene, home));
  const note =
    shown.length === 0
      ? "No part of this module has any."
      : rest > 0
        ? `${rest} smaller parts are left out.`
        : "";
  return h(
    "figure",
    {},
    crumbs,
    picture as unknown as HTMLElement,
    note ? h("p", { class: "note" }, note) : null,
  );
}

function partOf(scene: Scene, metric: Metric, part: Module | number, prefix: string): Part {
  const { model } = scene;
  const value = sum(
    (isModule(part) ? part.all : [part]).map((i) => metric.value(i) ?? { least: 0, most: null }),
  );
  const label = prefix + (isModule(part) ? part.label : model.layers[part]!.name.split("/").pop()!);
  const go = () =>
    scene.go(isModule(part) ? { module: part.path, node: "" } : { node: model.layers[part]!.name });
  return {
    inside: isModule(part) ? part.parts : [],
    prefix: `${label}.`,
    label,
    value: value.least,
    text: interval(value, metric.unit),
    go,
  };
}

/** The greatest modules are opened, those of one size together, until there are some areas to compare. */
function opened(parts: Part[], scene: Scene, metric: Metric): Part[] {
  let out = inOrder(parts);
  while (out.length < kFew) {
    const most = out.find((part) => part.inside.length > 0)?.value;
    if (most === undefined) return out;
    const isGreat = (part: Part) => part.inside.length > 0 && part.value >= kSameSize * most;
    const inside = (part: Part) => part.inside.map((inner) => partOf(scene, metric, inner, part.prefix));
    const next = inOrder(out.flatMap((part) => (isGreat(part) ? inside(part) : [part])));
    if (next.length > kMost) return out;
    out = next;
  }
  return out;
}

const inOrder = (parts: Part[]): Part[] =>
  parts.filter((part) => part.value > 0).sort((a, b) => b.value - a.value);

export function find(root: Module, path: string): Module {
  let at = root;
  while (at.path !== path) {
    const next = at.inner.find((inner) => path === inner.path || path.startsWith(`${inner.path}.`));
    if (!next) return at;
    at = next;
  }
  return at;
}

function trail(scene: Scene, home: Module): Node[] {
  const out: Node[] = [];
  for (let path = home.path; ; path = path.slice(0, Math.max(0, path.lastIndexOf(".")))) {
    const label = path ? path.slice(path.lastIndexOf(".") + 1) : scene.model.root.label;
    out.unshift(h("button", { type: "button", onclick: () => scene.go({ module: path, node: "" }) }, label));
    if (!path) return out;
  }
}

function area(part: Part, box: Box, total: number, most: number): SVGElement {
  const share = part.value / most;
  const title = `${part.label}: ${part.text}, ${percent(part.value / total)}`;
  const rect = svg("rect", {
    x: box.x,
    y: box.y,
    width: Math.max(0, box.w - 1.5),
    height: Math.max(0, box.h - 1.5),
  });
  rect.style.fill = heat(share);
  const out = svg(
    "g",
    {
      tabindex: 0,
      role: "button",
      onclick: part.go,
      onkeydown: (e: KeyboardEvent) => e.key === "Enter" && part.go(),
    },
    svg("title", {}, title),
    rect,
  );
  const room = Math.floor((box.w - 12) / 6.9);
  if (room < 3 || box.h < 20) return out;
  const text = svg("text", { x: box.x + 6, y: box.y + 17, "aria-hidden": "true" }, endOf(part.label, room));
  text.style.fill = heatText(share);
  out.append(text);
  return out;
}

/** Areas in proportion to values (largest first), as near to squares as rows of them get. */
export function squarify(values: number[], room: Box): Box[] {
  const out: Box[] = [];
  let left = { ...room };
  let rest = values.reduce((a, b) => a + b, 0);
  for (let first = 0; first < values.length;) {
    const unit = (left.w * left.h) / rest;
    const side = Math.min(left.w, left.h);
    let last = first + 1;
    while (
      last < values.length &&
      worst(values, first, last + 1, unit, side) <= worst(values, first, last, unit, side)
    )
      last++;
    const row = values.slice(first, last);
    const area = row.reduce((a, b) => a + b, 0);
    const thick = (area * unit) / side;
    let at = 0;
    for (const value of row) {
      const long = (value / area) * side;
      out.push(
        left.w >= left.h
          ? { x: left.x, y: left.y + at, w: thick, h: long }
          : { x: left.x + at, y: left.y, w: long, h: thick },
      );
      at += long;
    }
    left =
      left.w >= left.h
        ? { ...left, x: left.x + thick, w: left.w - thick }
        : { ...left, y: left.y + thick, h: left.h - thick };
    rest -= area;
    first = last;
  }
  return out;
}

function worst(values: number[], first: number, last: number, unit: number, side: number): number {
  let area = 0;
  for (let i = first; i < last; i++) area += values[i]! * unit;
  const thick = area / side;
  const [long, short] = [(values[first]! * unit) / thick, (values[last - 1]! * unit) / thick];
  return Math.max(long / thick, thick / long, short / thick, thick / short);
}
