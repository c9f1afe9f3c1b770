import { ratio, shortInterval, si } from "../data/format";
import { isFound } from "../data/search";
import { choice, h } from "../ui/dom";
import { nameWidth, numberWidth, pathName } from "../ui/rows";
import { type SortedColumn, SortedRows } from "../ui/sorted_rows";
import type { Scene, View } from "./view";

/** Every operator as a row: sorted by any column, searched, filtered. */
export function operatorsView(scene: Scene): View {
  const { model } = scene;
  const layers = model.layers;
  let word = "";
  let type = "";
  const count = h("output", { class: "count" });
  const rows = new SortedRows({
    label: "Operators",
    columns: columns(scene),
    choose: (i) => scene.go({ node: layers[i]!.name }),
    chosen: scene.chosen,
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
    return !word || isFound(layer, word);
  }
  function refresh(): void {
    const found: number[] = [];
    for (let i = 0; i < layers.length; i++) if (passes(i)) found.push(i);
    count.textContent =
      found.length === layers.length
        ? `${si(found.length)} operators`
        : `${found.length} of ${layers.length} operators`;
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
  return { element, follow: () => rows.rows.reveal() };
}

export function shapeText(shape: (number | string | null)[] | null): string {
  return shape === null ? "[…]" : `[${shape.map((size) => size ?? "?").join(",")}]`;
}

function columns(scene: Scene): SortedColumn[] {
  const { model } = scene;
  const layers = model.layers;
  const target = scene.target();
  const words = (key: string, title: string, width: number, word: (i: number) => string): SortedColumn => ({
    key,
    title,
    width,
    cell: word,
    rank: word,
  });
  const placement = scene.placement();
  const metrics = model.metrics.map((metric): SortedColumn => ({
    key: metric.key,
    title: metric.label,
    width: numberWidth(metric.label),
    number: true,
    cell: (i) => {
      const value = metric.value(i);
      return value ? shortInterval(value, metric.unit) : "not known";
    },
    rank: (i) => metric.value(i)?.least ?? -1,
  }));
  return [
    {
      ...words("name", "Operator", nameWidth(), (i) => layers[i]!.name),
      cell: (i) => pathName(layers[i]!.name),
    },
    words("type", "Type", 110, (i) => layers[i]!.type),
    ...metrics,
    {
      key: "intensity",
      title: "FLOPs per byte",
      width: 146,
      number: true,
      cell: (i) => (layers[i]!.arithmetic_intensity === null ? "–" : ratio(layers[i]!.arithmetic_intensity!)),
      rank: (i) => layers[i]!.arithmetic_intensity ?? -1,
    },
    words(
      "bound",
      target ? `Bound by on ${target.id}` : "Bound by",
      190,
      (i) => target?.layer_bound?.[i] ?? layers[i]!.bottleneck,
    ),
    ...(placement ? [words("device", "Placed on", 170, (i) => placement.operatorOf[i]?.device ?? "–")] : []),
    words("shape", "Output", 190, (i) => `${layers[i]!.dtype}${shapeText(layers[i]!.shape)}`),
  ];
}
