import { percent, ratio, withUnit } from "../data/format";
import type { Target } from "../data/result";
import { boundColour } from "../ui/colours";
import { css, h } from "../ui/dom";
import { boundLegend } from "../ui/legend";
import { Axis, line, Plot } from "../ui/plot";
import { bytesOf, flopsOf, type KernelGroup, kernelGroups, longestKernels, secondsOf } from "./kernels";
import { targetChoice } from "./targets";
import type { Scene, View } from "./view";

const kLargest = 26; // pixels, of a point that takes all of the time
const kSmallest = 3.5;

/** Kernels that do the same are one point. */
interface Point extends KernelGroup {
  intensity: number;
  rate: number;
}

/** Every kernel of a target as a point: FLOPs per byte to the right, FLOPs per second up. */
export function rooflineView(scene: Scene): View {
  const target = scene.target();
  if (!target)
    return {
      element: h(
        "section",
        {},
        h("p", {}, "No target was estimated. Add one: alidade profile MODEL --on h100_sxm --format html"),
      ),
      follow: () => {},
    };
  const groups = kernelGroups(target);
  const points = pointsOf(groups);
  const shown = points.reduce((all, point) => all + point.count, 0);
  const left = target.kernels.length - shown;
  const head = h("div", { class: "bar" }, targetChoice(scene), boundLegend());
  if (points.length === 0) {
    const none = h("p", {}, "This result has no time of any kernel that computes.");
    return { element: h("section", {}, head, none), follow: () => {} };
  }
  const said = h(
    "p",
    { class: "note" },
    `${shown} kernels${left > 0 ? `; ${left} have no FLOPs, no bytes or no time and are left out` : ""}. `,
    "Kernels that do the same are one point; its area is their time. The lines are the fastest rates that the " +
      "estimate gives any kernel of this model; one that reads from a cache may be faster than the device's memory.",
  );
  const plot = chart(scene, target, points);
  const table = longestKernels(scene, groups);
  return { element: h("section", {}, head, plot.element, said, table), follow: () => plot.draw() };
}

function pointsOf(groups: KernelGroup[]): Point[] {
  return groups.flatMap((group) => {
    const [flops, bytes] = [flopsOf(group.kernel), bytesOf(group.kernel)];
    return flops > 0 && bytes > 0
      ? [{ ...group, intensity: flops / bytes, rate: flops / secondsOf(group.kernel) }]
      : [];
  });
}

/** The fastest memory rate, and the fastest compute rate of every arithmetic. */
function roofs(target: Target): { bandwidth: number; peaks: Map<string, number> } {
  let bandwidth = 0;
  const peaks = new Map<string, number>();
  for (const kernel of target.kernels) {
    if (!kernel.priced) continue;
    if (kernel.memory_s) bandwidth = Math.max(bandwidth, bytesOf(kernel) / kernel.memory_s);
    if (kernel.compute_s)
      peaks.set(
        kernel.arithmetic,
        Math.max(peaks.get(kernel.arithmetic) ?? 0, flopsOf(kernel) / kernel.compute_s),
      );
  }
  return { bandwidth, peaks };
}

function chart(scene: Scene, target: Target, points: Point[]): Plot {
  const { bandwidth, peaks } = roofs(target);
  const bounds = (values: number[]): [number, number] => [
    values.reduce((a, b) => Math.min(a, b)) / 2,
    values.reduce((a, b) => Math.max(a, b)) * 2,
  ];
  const x = new Axis(...bounds(points.map((p) => p.intensity)), true, "FLOPs per byte");
  const y = new Axis(...bounds([...points.map((p) => p.rate), ...peaks.values()]), true, "FLOP/s");
  const radius = (point: Point): number => Math.max(kSmallest, kLargest * Math.sqrt(point.share));
  const nearest = (px: number, py: number): Point | undefined => {
    let best: Point | undefined;
    let least = 14 * 14;
    for (const point of points) {
      const away = (plot.px(point.intensity) - px) ** 2 + (plot.py(point.rate) - py) ** 2;
      if (away < least) [least, best] = [away, point];
    }
    return best;
  };
  const paint = (pen: CanvasRenderingContext2D): void => {
    drawRoofs(pen, plot, bandwidth, peaks);
    const name = scene.place().node;
    for (const point of points) {
      const mine = name !== "" && point.layers.has(name);
      pen.fillStyle = boundColour(point.kernel.bound);
      pen.globalAlpha = mine ? 1 : 0.6;
      pen.beginPath();
      pen.arc(plot.px(point.intensity), plot.py(point.rate), radius(point), 0, 7);
      pen.fill();
      if (mine) ((pen.strokeStyle = css("--text")), (pen.lineWidth = 2), pen.stroke());
    }
    pen.globalAlpha = 1;
  };
  const tell = (p: Point | undefined) => p && told(p);
  const plot: Plot = new Plot(
    `Roofline of ${target.id}: ${points.length} kinds of kernels`,
    x,
    y,
    440,
    paint,
    (px, py) => tell(nearest(px, py)),
    (px, py) => {
      const found = nearest(px, py);
      if (found?.kernel.layers[0]) scene.go({ node: found.kernel.layers[0] });
    },
  );
  return plot;
}

function told({ name, kernel, count, share, rate, intensity }: Point): string {
  return [
    count > 1 ? `${name}, ${count} alike` : name,
    `${kernel.kind}, ${kernel.arithmetic}, bound by ${kernel.bound}`,
    `${withUnit(secondsOf(kernel), "s")}${count > 1 ? " each" : ""}, ${percent(share)} of the time of all kernels`,
    `${withUnit(rate, "FLOP/s")}, ${ratio(intensity)} FLOPs per byte`,
  ].join("\n");
}

function drawRoofs(
  pen: CanvasRenderingContext2D,
  plot: Plot,
  bandwidth: number,
  peaks: Map<string, number>,
): void {
  pen.strokeStyle = pen.fillStyle = css("--soft");
  pen.lineWidth = 1.5;
  pen.textAlign = "right";
  const { from, to } = plot.x;
  for (const [arithmetic, peak] of peaks) {
    const start = bandwidth > 0 ? Math.min(to, Math.max(from, peak / bandwidth)) : from;
    line(pen, plot.px(start), plot.py(peak), plot.px(to), plot.py(peak));
    pen.fillText(`${arithmetic}: ${withUnit(peak, "FLOP/s")}`, plot.px(to) - 4, plot.py(peak) - 5);
  }
  const highest = Math.max(0, ...peaks.values());
  if (bandwidth === 0 || highest === 0) return;
  line(pen, plot.px(from), plot.py(from * bandwidth), plot.px(highest / bandwidth), plot.py(highest));
  pen.textAlign = "left";
  const middle = Math.sqrt(from * Math.min(to, highest / bandwidth));
  const label = `memory: ${withUnit(bandwidth, "B/s")}`;
  pen.fillText(label, plot.px(middle) + 10, plot.py(middle * bandwidth) + 16);
}
