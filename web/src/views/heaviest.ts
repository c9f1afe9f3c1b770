import { alike } from "../data/alike";
import { percent, withUnit } from "../data/format";
import { h, link, table } from "../ui/dom";
import type { Scene } from "./view";

const kShown = 10;

/** The operators that take most, those of repeated blocks in one line. */
export function heaviest(scene: Scene): HTMLElement {
  const { model } = scene;
  const target = scene.target();
  const metric = model.metric(target?.layer_time_s ? `time:${target.id}` : "flops");
  const valueOf = (i: number): number => metric.value(i)?.least ?? 0;
  const layers = model.layers.map((_, i) => i).filter((i) => valueOf(i) > 0);
  const total = layers.reduce((all, i) => all + valueOf(i), 0);
  const markOf = (i: number) =>
    `${model.layers[i]!.type} ${JSON.stringify(model.layers[i]!.shape)} ${valueOf(i).toPrecision(3)}`;
  const groups = alike(layers, (i) => model.layers[i]!.name, markOf)
    .map(({ name, all }) => ({ name, all, sum: all.reduce((sum, i) => sum + valueOf(i), 0) }))
    .sort((a, b) => b.sum - a.sum);
  const rows = groups
    .slice(0, kShown)
    .map(({ name, all: [first, ...more], sum }) => [
      link(name, () => scene.go({ node: model.layers[first!]!.name })),
      model.layers[first!]!.type,
      String(1 + more.length),
      withUnit(valueOf(first!), metric.unit),
      withUnit(sum, metric.unit),
      percent(sum / total),
    ]);
  const title = `Heaviest operators by ${metric.label.replace(/^T/, "t")}`;
  const head = ["Operator", "Type", "How many", "Each", "Together", "Share"];
  return h("div", {}, h("h2", {}, title), table(head, rows, undefined, [1]));
}
