import { type Change, compare, kChanges } from "../data/compare";
import { interval, shortInterval, sum } from "../data/format";
import type { Item } from "../data/graph";
import type { Placed } from "../data/layout";
import type { Metric } from "../data/metrics";
import { boundColour, changeColour, heat, heatText, palette } from "../ui/colours";
import { css } from "../ui/dom";
import type { Scene } from "./view";

/** How a box looks, and what is written in it beside its kind. */
export interface Ink {
  fill: string;
  text: string;
  note: string;
}

type Painter = (item: Item) => Ink;

/** What boxes of the graph can be painted by. */
export interface Inks {
  options: [key: string, label: string][];
  /** By the paint that is chosen. */
  of: (placed: Placed) => Painter;
  /** What the paint cannot show. */
  note: () => string;
}

export function inksOf(scene: Scene): Inks {
  const { model } = scene;
  const layers = model.layers;
  const words: [key: string, label: string, word: (layer: number) => string][] = [
    ["type", "Type", (i) => layers[i]!.type],
    ["group", "Fused group", (i) => model.groupOf[i]?.pattern ?? "alone"],
    [
      "bound",
      "What bounds it",
      (i) => scene.target()?.layer_bound?.[i] ?? layers[i]!.bottleneck.replace("-bound", ""),
    ],
  ];
  const other = scene.other();
  const options: [string, string][] = [
    ...model.metrics,
    ...words.map(([key, label]) => ({ key, label })),
  ].map(({ key, label }) => [key, label]);
  if (other) options.push(["change", `Changes since ${other.id}`]);
  let pairs: ReturnType<typeof compare> | undefined;
  const compared = () => (pairs ??= compare(other!, model));
  const paint = () => scene.place().paint;
  const of = (placed: Placed): Painter => {
    if (other && paint() === "change") return changePainter(layers.length, compared());
    const word = words.find(([key]) => key === paint())?.[2];
    if (!word) return metricPainter(model.metric(paint()), placed);
    return wordPainter(word, paint() === "bound" ? boundColour : palette(layers.map((_, i) => word(i))));
  };
  const note = (): string => {
    const removed =
      other && paint() === "change" ? compared().filter(({ change }) => change === "removed").length : 0;
    return removed > 0 ? `; ${removed} removed operators are not in it` : "";
  };
  return { options, of, note };
}

const tinted = (colour: string): string => `color-mix(in oklab, ${colour} 45%, ${css("--panel")})`;

/** A word has one colour; a box with several words in it is not coloured. */
function wordPainter(word: (layer: number) => string, colour: (word: string) => string): Painter {
  return (item) => {
    const found = new Set(item.layers.map(word));
    const [only] = found;
    const one = found.size === 1;
    return {
      fill: one ? tinted(colour(only!)) : css("--panel"),
      text: css("--text"),
      note: one ? only! : `${found.size} kinds`,
    };
  };
}

/** A number is painted by its share of the greatest in sight. */
function metricPainter(metric: Metric, placed: Placed): Painter {
  const value = (item: Item) => sum(item.layers.map((i) => metric.value(i) ?? { least: 0, most: null }));
  const most = greatest(placed, (item) => value(item).least);
  const isPlain = metric.unit === "FLOPs" || metric.unit === "MACs";
  return (item) => {
    const mine = value(item);
    const share = most > 0 ? mine.least / most : 0;
    return {
      fill: heat(share),
      text: heatText(share),
      note: isPlain ? shortInterval(mine) : interval(mine, metric.unit),
    };
  };
}

function greatest(placed: Placed, value: (item: Item) => number): number {
  return placed.open
    ? Math.max(0, ...placed.inner.map((inner) => greatest(inner, value)))
    : value(placed.item);
}

/** Boxes in which something changed have the colour of what is most frequent there. */
function changePainter(layers: number, pairs: ReturnType<typeof compare>): Painter {
  const changes: Change[] = new Array(layers).fill("same");
  for (const { after, change } of pairs) if (after !== undefined) changes[after] = change;
  return (item) => {
    const counts = kChanges
      .filter((kind) => kind !== "same")
      .map((kind) => ({ kind, count: item.layers.filter((i) => changes[i] === kind).length }))
      .filter(({ count }) => count > 0)
      .sort((a, b) => b.count - a.count);
    const [first] = counts;
    return {
      fill: first ? tinted(changeColour(first.kind)) : css("--panel"),
      text: css("--text"),
      note: first ? counts.map(({ kind, count }) => `${count} ${kind}`).join(", ") : "same",
    };
  };
}
