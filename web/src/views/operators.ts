import { ratio, shortInterval, si } from "../data/format";
import { choice, h } from "../ui/dom";
import { type Column, nameWidth, numberWidth, pathName, Rows } from "../ui/rows";
import type { Scene, View } from "./view";

/** Every operator as a row: sorted by any column, searched, filtered. */
export function operatorsView(scene: Scene): View {
  const { model } = scene;
  const layers = model.layers;
  let sorted = { key: "", down: true };
  let word = "";
  let type = "";
  const count = h("output", { class: "count" });
  const target = scene.target();
  const columns: Column[] = [
    { key: "name", title: "Operator", width: nameWidth(), cell: (i) => pathName(layers[i]!.name) },
    { key: "type", title: "Type", width: 110, cell: (i) => layers[i]!.type },
    ...model.metrics.map((metric): Column => ({
      key: metric.key,
      title: metric.label,
      width: numberWidth(metric.label),
      number: true,
      cell: (i) => {
        const value = metric.value(i);
        return value ? shortInterval(value, metric.unit) : "not known";
      },
    })),
    {
      key: "intensity",
      title: "FLOPs per byte",
      width: 146,
      number: true,
      cell: (i) => (layers[i]!.arithmetic_intensity === null ? "–" : ratio(layers[i]!.arithmetic_intensity!)),
    },
    {
      key: "bound",
      title: target ? `Bound by on ${target.id}` : "Bound by",
      width: 190,
      cell: (i) => target?.layer_bound?.[i] ?? layers[i]!.bottleneck,
    },
    {
      key: "shape",
      title: "Output",
      width: 190,
      cell: (i) => `${layers[i]!.dtype}${shapeText(layers[i]!.shape)}`,
    },
  ];
  const rows = new Rows({
    label: "Operators",
    columns,
    choose: (i) => scene.go({ node: layers[i]!.name }),
    chosen: scene.chosen,
    sorted: () => sorted,
    sort: (key) => {
      sorted = { key, down: sorted.key === key ? !sorted.down : key !== "name" && key !== "type" };
      refresh();
    },
  });
  const search = h("input", {
    type: "search",
    placeholder: "search name, type, module, source",
    "aria-label": "Search operators",
    oninput: () => ((word = search.value.toLowerCase()), refresh()),
  });
  const types = [...new Set(layers.map((layer) => layer.type))].sort();

  function passes(i: number): boolean {
    const layer = layers[i]!;
    if (type === "?" ? layer.certainty === "exact" : type && layer.type !== type) return false;
    return (
      !word ||
      `${layer.name}\n${layer.type}\n${layer.foreign}\n${layer.source?.file ?? ""}`
        .toLowerCase()
        .includes(word)
    );
  }
  function refresh(): void {
    const found: number[] = [];
    for (let i = 0; i < layers.length; i++) if (passes(i)) found.push(i);
    sortRows(found, scene, sorted);
    count.textContent =
      found.length === layers.length
        ? `${si(found.length)} operators`
        : `${found.length} of ${layers.length} operators`;
    rows.element.scrollTop = 0;
    rows.show(found);
  }
  const filter = choice(
    "Type",
    [
      ["", "all"],
      ...(model.unknown.length ? ([["?", "not exactly known"]] as [string, string][]) : []),
      ...types.map((t): [string, string] => [t, t]),
    ],
    "",
    (value) => ((type = value), refresh()),
  );
  refresh();
  const element = h(
    "section",
    { class: "fill" },
    h("div", { class: "bar" }, search, filter, count),
    rows.element,
  );
  return { element, follow: () => rows.reveal() };
}

export function shapeText(shape: (number | string | null)[] | null): string {
  return shape === null ? "[…]" : `[${shape.map((size) => size ?? "?").join("×")}]`;
}

function sortRows(rows: number[], scene: Scene, sorted: { key: string; down: boolean }): void {
  if (!sorted.key) return;
  const layers = scene.model.layers;
  const sign = sorted.down ? -1 : 1;
  const words: Record<string, (i: number) => string> = {
    name: (i) => layers[i]!.name,
    type: (i) => layers[i]!.type,
    bound: (i) => scene.target()?.layer_bound?.[i] ?? layers[i]!.bottleneck,
    shape: (i) => shapeText(layers[i]!.shape),
  };
  const text = words[sorted.key];
  if (text) return void rows.sort((a, b) => sign * (text(a) < text(b) ? -1 : text(a) > text(b) ? 1 : 0));
  const metric = scene.model.metrics.find((m) => m.key === sorted.key);
  const values = new Float64Array(layers.length);
  for (const i of rows)
    values[i] = metric ? (metric.value(i)?.least ?? -1) : (layers[i]!.arithmetic_intensity ?? -1);
  rows.sort((a, b) => sign * (values[a]! - values[b]!) || a - b);
}
