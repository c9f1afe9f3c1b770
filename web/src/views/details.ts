import { grouped, interval, named, percent, withUnit } from "../data/format";
import type { Metric } from "../data/metrics";
import type { Layer } from "../data/result";
import { atDots, h, link } from "../ui/dom";
import { secondsOf } from "./kernels";
import { marginText, type ModelPlacement, reasonOf } from "../data/placement";
import { shapeText } from "./operators";
import type { Scene } from "./view";

const kMostLinks = 8;

/** Everything about the chosen operator. */
export function details(scene: Scene): HTMLElement | null {
  const i = scene.chosen();
  const layer = scene.model.layers[i];
  if (!layer) return null;
  const close = h(
    "button",
    { type: "button", class: "close", "aria-label": "Close", onclick: () => scene.go({ node: "" }) },
    "×",
  );
  const jump = (view: string, label: string) =>
    h("button", { type: "button", onclick: () => scene.go({ view, module: layer.module }) }, label);
  const numbers = scene.model.metrics.map((metric): [string, string | Node] => [
    metric.label,
    figure(scene, metric, i),
  ]);
  const facts: [string, string | Node | null][] = [
    ["Type", `${layer.type} (${layer.foreign})`],
    ["Module", layer.module ? h("span", {}, ...atDots(layer.module)) : ""],
    ["Takes", taken(scene, i)],
    ["Gives", given(scene, i)],
    ...attributes(layer),
    ...numbers,
    [
      "Reads, writes, weights",
      `${withUnit(layer.input_bytes, "B")}, ${withUnit(layer.output_bytes, "B")}, ${withUnit(layer.weight_bytes, "B")}`,
    ],
    [
      "Runs",
      layer.runs === 1 && layer.runs_upper === 1
        ? ""
        : interval({ least: layer.runs, most: layer.runs_upper }),
    ],
    [
      "Certainty",
      layer.certainty === "exact"
        ? ""
        : `${layer.certainty}${layer.stated_by ? `, stated by ${layer.stated_by}` : ""}`,
    ],
    ["Folded", layer.folded ? "works on stored tensors only: done once, when the model is loaded" : ""],
    ["Conditional", layer.conditional ? "the data decide whether it runs" : ""],
    ["Source", layer.source ? `${layer.source.file}:${layer.source.line}` : ""],
    ["Node in the file", layer.node],
    ["Feeds", near(scene, scene.model.edges.after[i]!)],
    ...groupFacts(scene, i),
    ...kernelFacts(scene, layer.name),
    ...scene.model.placements.flatMap((placement) => placementFacts(placement, i)),
  ];
  const shown = facts.filter((fact): fact is [string, string | Node] => Boolean(fact[1]));
  return h(
    "div",
    {},
    h("div", { class: "bar" }, h("h2", {}, ...atDots(layer.name)), close),
    h(
      "div",
      { class: "bar" },
      jump("graph", "In the graph"),
      jump("operators", "In the table"),
      jump("modules", "In the tree"),
    ),
    h("dl", {}, ...shown.flatMap(([name, text]) => [h("dt", {}, name), h("dd", {}, text)])),
  );
}

/** What a list has throughout where it changes nothing. */
const kIdle: Record<string, number> = { dilations: 1, pads_begin: 0, pads_end: 0, output_padding: 0 };

type Attribute = number | string | null | number[];

/** Not a switch that is off, no padding, and no bound that there is not. */
function says(name: string, value: Attribute): boolean {
  if (Array.isArray(value)) return value.some((one) => one !== kIdle[name]);
  return value !== null && (value !== 0 || name === "axis");
}

function attributes(layer: Layer): [string, string][] {
  return Object.entries(layer.attributes ?? {})
    .filter(([name, value]) => says(name, value))
    .map(([name, value]) => [
      name[0]!.toUpperCase() + name.slice(1).replaceAll("_", " "),
      Array.isArray(value) ? `[${value.join(",")}]` : String(value),
    ]);
}

/** Three digits to read, every digit below, and which part of the whole that is. */
function figure(scene: Scene, metric: Metric, i: number): string | Node {
  const value = metric.value(i);
  if (!value) return "not known";
  const text = interval(value, metric.unit);
  const all = scene.model.total(metric);
  const exact = value.least === value.most && all.least === all.most && all.least > 0;
  if (!exact || value.least === 0) return text;
  const digits = Number.isInteger(value.least) && value.least > 999 ? `${grouped(value.least)}, ` : "";
  return h("span", {}, text, h("small", {}, digits + partOf(value.least / all.least)));
}

const partOf = (share: number): string =>
  share < 0.0005 ? `less than ${percent(0.001)} of all` : `${percent(share)} of all`;

/** Every operand by its type, and who makes it. */
function taken(scene: Scene, i: number): Node | null {
  const { model } = scene;
  const lines = model.layers[i]!.operands.map((operand) => {
    if (operand === null) return h("div", {}, "(left out)");
    const [name, type] = named(operand);
    const maker = model.makerOf.get(operand);
    const from = maker === undefined ? undefined : model.layers[maker]!.name;
    const said = from ? link(from, () => scene.go({ node: from })) : h("small", {}, ...atDots(name));
    return h("div", {}, type, " ", said);
  });
  return lines.length ? h("div", {}, ...lines) : null;
}

/** Types of what it makes; results of older programs have the first one only. */
function given(scene: Scene, i: number): string {
  const { outputs, dtype, shape } = scene.model.layers[i]!;
  return outputs?.map((output) => named(output)[1]).join("\n") ?? `${dtype}${shapeText(shape)}`;
}

function near(scene: Scene, layers: number[]): Node | null {
  if (layers.length === 0) return null;
  const links = layers
    .slice(0, kMostLinks)
    .map((i) => scene.model.layers[i]!.name)
    .map((name) => link(name, () => scene.go({ node: name })));
  return h(
    "div",
    { class: "links" },
    ...links,
    layers.length > kMostLinks && `and ${layers.length - kMostLinks} more`,
  );
}

function groupFacts(scene: Scene, i: number): [string, string][] {
  const group = scene.model.groupOf[i];
  if (!group) return [];
  return [
    ["Fused group", `${group.group}: ${group.pattern}, ${group.operators.length} operators`],
    ["It ends because", group.boundary ? `${group.boundary}${group.next ? ` (at ${group.next})` : ""}` : ""],
  ];
}

function placementFacts(placement: ModelPlacement, i: number): [string, string][] {
  const operator = placement.operatorOf[i];
  if (!operator) return [];
  const time = operator.placed_time_s === null ? "no price" : withUnit(operator.placed_time_s, "s");
  const placed: [string, string] = [
    placement.key === "placement" ? "Placed on" : `Placed by ${placement.key} on`,
    `${operator.device}, partition #${operator.partition}, ${time}`,
  ];
  if (operator.device === placement.wanted) return [placed];
  return [
    placed,
    [`Not on ${placement.wanted}`, reasonOf(operator)],
    [`Moved to ${placement.wanted}`, marginText(placement.margin(operator), placement.unit)],
  ];
}

function kernelFacts(scene: Scene, name: string): [string, string][] {
  return scene.model.targets.flatMap((target): [string, string][] => {
    const kernel = target.kernels.find((k) => k.layers.includes(name));
    const unsupported = target.unsupported.find((u) => u.node === name);
    const slow = target.slow.find((s) => s.node === name);
    const out: [string, string][] = [];
    if (kernel)
      out.push([
        `Kernel on ${target.id}`,
        kernel.priced
          ? `${kernel.kind}, ${withUnit(secondsOf(kernel), "s")}, bound by ${kernel.bound}, ${kernel.layers.length} operators`
          : `${kernel.kind}, no price`,
      ]);
    if (unsupported) out.push([`Not supported on ${target.id}`, unsupported.reason]);
    if (slow) out.push([`Slow on ${target.id}`, `×${slow.factor}: ${slow.reason}`]);
    return out;
  });
}
