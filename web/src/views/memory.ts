import { interval, withUnit } from "../data/format";
import type { MemoryOrder } from "../data/result";
import { css, h, link, table } from "../ui/dom";
import { Axis, line, Plot } from "../ui/plot";
import type { Scene, View } from "./view";

const kMostListed = 12;
const kNotAsked = "Memory over time was not asked for. Add it: --with memory";
const kLeftOut = "This page is a summary, and memory over time is not in it. The JSON result has it.";

/** Live activations over the steps of the model, what is alive at one, and who owns the peak. */
export function memoryView(scene: Scene): View {
  const memory = scene.model.memory;
  if (!memory || memory.timeline.length === 0)
    return {
      element: h("section", {}, h("p", {}, scene.model.lacks("/timeline") ? kLeftOut : kNotAsked)),
      follow: () => {},
    };
  const alive = h("div", {});
  let cursor = memory.peak_step;
  const stepOf = new Map(memory.timeline.map((point, i) => [point.operator, i]));
  const plot = chart(
    scene,
    memory,
    () => cursor,
    (step) => ((cursor = step), show()),
  );
  function show(): void {
    alive.replaceChildren(aliveAt(memory!, cursor));
    plot.draw();
  }
  const follow = (): void => {
    const at = stepOf.get(scene.place().node);
    if (at !== undefined) cursor = memory.timeline[at]!.step;
    show();
  };
  follow();
  const owners = [...memory.live_at_peak_by_module]
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, kMostListed)
    .map((owner) => [owner.module || "outside of modules", withUnit(owner.bytes, "B")]);
  const peak = h(
    "p",
    {},
    "Peak ",
    h("b", {}, interval({ least: memory.peak_bytes, most: memory.peak_bytes_upper }, "B")),
    ` at step ${memory.peak_step}, `,
    link(memory.peak_operator, () => scene.go({ node: memory.peak_operator })),
    ". Activations only; weights are not in it.",
  );
  return {
    element: h(
      "section",
      {},
      peak,
      plot.element,
      h("div", { class: "two" }, alive, table(["Who owns the peak", "Bytes"], owners)),
    ),
    follow,
  };
}

function aliveAt(memory: MemoryOrder, step: number): HTMLElement {
  const alive = memory.plan
    .filter((tensor) => tensor.first_step <= step && step <= tensor.last_step)
    .sort((a, b) => b.bytes - a.bytes);
  const rows = alive
    .slice(0, kMostListed)
    .map((tensor) => [
      tensor.tensor,
      withUnit(tensor.bytes, "B"),
      `${tensor.first_step}–${tensor.last_step}`,
    ]);
  const more =
    alive.length > kMostListed
      ? h("p", { class: "note" }, `and ${alive.length - kMostListed} smaller ones`)
      : null;
  const at = memory.timeline.find((point) => point.step === step);
  return h(
    "div",
    {},
    table(
      [`Alive at step ${step}`, "Bytes", "Steps"],
      rows,
      at
        ? `${at.operator}: ${interval({ least: at.live_bytes, most: at.live_bytes_upper }, "B")}`
        : undefined,
    ),
    more,
  );
}

/** From where on there are so many bytes; of steps that share a pixel the most, so that no peak is lost between two. */
function levelsOf(points: MemoryOrder["timeline"], plot: Plot): { left: number; bytes: number }[] {
  const out: { left: number; bytes: number }[] = [];
  const narrow = plot.px(1) - plot.px(0) < 1;
  for (const { step, live_bytes: bytes } of points) {
    const left = narrow ? Math.floor(plot.px(step)) : plot.px(step);
    const last = out.at(-1);
    if (last?.left === left) last.bytes = Math.max(last.bytes, bytes);
    else out.push({ left, bytes });
  }
  return out;
}

function chart(scene: Scene, memory: MemoryOrder, cursor: () => number, move: (step: number) => void): Plot {
  const points = memory.timeline;
  const x = new Axis(points[0]!.step, points[points.length - 1]!.step + 1, false, "");
  const y = new Axis(0, Math.max(1, memory.peak_bytes) * 1.08, false, "B");
  const at = (px: number) =>
    points[Math.min(points.length - 1, Math.max(0, Math.floor(plot.xAt(px)) - points[0]!.step))]!;
  const paint = (pen: CanvasRenderingContext2D): void => {
    pen.fillStyle = `color-mix(in oklab, ${css("--kind-0")} 55%, transparent)`;
    pen.beginPath();
    pen.moveTo(plot.px(points[0]!.step), plot.py(0));
    const levels = levelsOf(points, plot);
    levels.forEach(({ left, bytes }, i) => {
      pen.lineTo(left, plot.py(bytes));
      pen.lineTo(levels[i + 1]?.left ?? plot.px(x.to), plot.py(bytes));
    });
    pen.lineTo(plot.px(x.to), plot.py(0));
    pen.fill();
    pen.strokeStyle = css("--kind-1");
    pen.lineWidth = 1.5;
    line(pen, plot.px(cursor() + 0.5), plot.area.top, plot.px(cursor() + 0.5), plot.area.bottom);
  };
  const tell = (px: number): string => {
    const point = at(px);
    return `step ${point.step}: ${point.operator}\n${interval({ least: point.live_bytes, most: point.live_bytes_upper }, "B")}`;
  };
  const plot: Plot = new Plot("Live memory over steps", x, y, 320, paint, tell, (px) => {
    const point = at(px);
    move(point.step);
    if (scene.model.indexOf.has(point.operator)) scene.go({ node: point.operator });
  });
  return plot;
}
