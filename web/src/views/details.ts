import { interval, withUnit } from "../data/format";
import { h, link } from "../ui/dom";
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
  const numbers = scene.model.metrics.map((metric): [string, string] => {
    const value = metric.value(i);
    return [metric.label, value ? interval(value, metric.unit) : "not known"];
  });
  const facts: [string, string | Node | null][] = [
    ["Type", `${layer.type} (${layer.foreign})`],
    ["Module", layer.module],
    ["Output", `${layer.dtype}${shapeText(layer.shape)}`],
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
    ["Operands", layer.operands.filter((o) => o !== null).join("\n")],
    ["Fed by", near(scene, scene.model.edges.before[i]!)],
    ["Feeds", near(scene, scene.model.edges.after[i]!)],
    ...groupFacts(scene, i),
    ...kernelFacts(scene, layer.name),
    ...scene.model.placements.flatMap((placement) => placementFacts(placement, i)),
  ];
  const shown = facts.filter((fact): fact is [string, string | Node] => Boolean(fact[1]));
  return h(
    "div",
    {},
    h("div", { class: "bar" }, h("h2", {}, layer.name), close),
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
