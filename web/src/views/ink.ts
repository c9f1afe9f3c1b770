import { type Change, compare, kChanges } from "../data/compare";
import { interval, shortInterval, sum, withUnit } from "../data/format";
import type { Item } from "../data/graph";
import type { Placed } from "../data/layout";
import type { Metric } from "../data/metrics";
import { boundColour, changeColour, deviceColour, heat, heatText, palette } from "../ui/colours";
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
  /** What the colours stand for, where they are few. */
  legend: (placed: Placed) => [text: string, colour: string][];
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
  const placement = scene.placement();
  if (placement?.operatorOf.some(Boolean))
    words.push(
      ["device", "Device", (i) => placement.operatorOf[i]?.device ?? kNotPlaced],
      ["partition", "Partition", (i) => partitionName(placement.operatorOf[i]?.partition)],
    );
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
    const word = wordOf();
    return word ? wordPainter(word, colours(word)) : metricPainter(model.metric(paint()), placed);
  };
  const wordOf = () => words.find(([key]) => key === paint())?.[2];
  const colours = (word: (layer: number) => string) =>
    colourOf(paint(), scene) ?? palette(layers.map((_, i) => word(i)));
  const legend = (placed: Placed): [string, string][] => {
    if (other && paint() === "change") return [];
    const word = wordOf();
    if (!word) return scaleOf(model.metric(paint()), placed);
    const found = [...new Set(layers.map((_, i) => word(i)))];
    return found.length <= kMostInLegend ? found.map((text) => [text, colours(word)(text)]) : [];
  };
  const note = (): string => {
    const removed =
      other && paint() === "change" ? compared().filter(({ change }) => change === "removed").length : 0;
    return removed > 0 ? `; ${removed} removed operators are not in it` : "";
  };
  return { options, of, legend, note };
}

const kNotPlaced = "not placed";
const partitionName = (partition: number | undefined): string =>
  partition === undefined ? kNotPlaced : `#${partition}`;

/** Colours that words have on the whole page; nothing where the most frequent one takes the first colour. */
function colourOf(paint: string, scene: Scene): ((word: string) => string) | undefined {
  const devices = scene.placement()?.result.devices ?? [];
  if (paint === "bound") return boundColour;
  if (paint === "device") return (word) => deviceColour(devices.indexOf(word));
  if (paint === "partition")
    return (word) => deviceColour(word === kNotPlaced ? -1 : Number(word.slice(1)) - 1);
  return undefined;
}

const tinted = (colour: string): string => `color-mix(in oklab, ${colour} 45%, ${css("--panel")})`;

const kMostWords = 3;
const kMostInLegend = 6;

/** A word has one colour; a box with several words in it is not coloured. */
function wordPainter(word: (layer: number) => string, colour: (word: string) => string): Painter {
  return (item) => {
    const counts = new Map<string, number>();
    for (const layer of item.layers) counts.set(word(layer), (counts.get(word(layer)) ?? 0) + 1);
    const found = [...counts].sort((a, b) => b[1] - a[1]);
    const one = found.length === 1;
    const few = found.map(([text, count]) => `${count} ${text}`).join(", ");
    return {
      fill: one ? tinted(colour(found[0]![0])) : css("--panel"),
      text: css("--text"),
      note: one ? found[0]![0] : found.length <= kMostWords ? few : `${found.length} kinds`,
    };
  };
}

const valueOf = (metric: Metric, item: Item) =>
  sum(item.layers.map((i) => metric.value(i) ?? { least: 0, most: null }));

/** The strongest colour is that of the greatest in sight. */
function scaleOf(metric: Metric, placed: Placed): [string, string][] {
  const most = greatest(placed, (item) => valueOf(metric, item).least);
  return most > 0 ? [[`up to ${withUnit(most, metric.unit)}`, heat(1)]] : [];
}

/** A number is painted by its share of the greatest in sight. */
function metricPainter(metric: Metric, placed: Placed): Painter {
  const value = (item: Item) => valueOf(metric, item);
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
