import { withUnit } from "../data/format";
import type { Slot, Target } from "../data/result";
import { boundColour } from "../ui/colours";
import { css, h } from "../ui/dom";
import { Axis, Plot } from "../ui/plot";
import { legend } from "./roofline";
import { targetChoice } from "./targets";
import type { Scene, View } from "./view";

const kLane = 44;
const kHead = 18;

interface Timed extends Slot {
  start_s: number;
  duration_s: number;
}

/** What runs when: a lane for every stream of every engine of the target. */
export function scheduleView(scene: Scene): View {
  const target = scene.target();
  const slots = (target?.schedule ?? []).filter(
    (slot): slot is Timed => slot.start_s !== null && slot.duration_s !== null,
  );
  if (!target || slots.length === 0)
    return {
      element: h(
        "section",
        {},
        h("p", {}, "No schedule: no target was estimated, or its times are not known."),
      ),
      follow: () => {},
    };
  const plot = lanes(scene, target, slots);
  const left = target.schedule.length - slots.length;
  const button = (text: string, factor: number) =>
    h("button", { type: "button", onclick: () => plot.scale(factor, (plot.x.from + plot.x.to) / 2) }, text);
  const note = `${slots.length} kernels in ${withUnit(target.time_s ?? 0, "s")}${left > 0 ? `; ${left} have no known time and are left out` : ""}. Shift and the wheel, or + and −, zoom.`;
  const head = h(
    "div",
    { class: "bar" },
    targetChoice(scene),
    button("−", 1.6),
    button("+", 0.6),
    button("Fit", Infinity),
    legend(),
  );
  return {
    element: h("section", {}, head, plot.element, h("p", { class: "note" }, note)),
    follow: () => plot.draw(),
  };
}

function lanes(scene: Scene, target: Target, slots: Timed[]): Plot {
  const names = [...new Set(slots.map((slot) => laneOf(slot)))].sort();
  const top = (slot: Slot): number => plot.area.top + names.indexOf(laneOf(slot)) * (kLane + kHead) + kHead;
  const end = slots.reduce((most, slot) => Math.max(most, slot.start_s + slot.duration_s), 0);
  const hit = (px: number, py: number): Timed | undefined => {
    const time = plot.xAt(px);
    return slots.find(
      (slot) =>
        slot.start_s <= time &&
        time <= slot.start_s + slot.duration_s &&
        py >= top(slot) &&
        py <= top(slot) + kLane,
    );
  };
  const paint = (pen: CanvasRenderingContext2D): void => {
    pen.textAlign = "left";
    pen.fillStyle = css("--text");
    names.forEach((name, i) =>
      pen.fillText(name, plot.area.left + 2, plot.area.top + i * (kLane + kHead) + 12),
    );
    for (const slot of slots) drawSlot(pen, plot, target, slot, top(slot), scene.place().node);
  };
  const tell = (slot: Timed | undefined) => {
    const kernel = slot && target.kernels[slot.kernel];
    return (
      kernel &&
      `${kernel.name}\n${kernel.kind}, bound by ${kernel.bound}\nfrom ${withUnit(slot.start_s, "s")}, ${slot.at_least ? "at least " : ""}${withUnit(slot.duration_s, "s")}`
    );
  };
  const plot: Plot = new Plot(
    `Schedule of ${target.id}`,
    new Axis(0, end, false, "s"),
    undefined,
    50 + names.length * (kLane + kHead),
    paint,
    (x, y) => tell(hit(x, y)),
    (x, y) => {
      const slot = hit(x, y);
      const layer = slot && target.kernels[slot.kernel]?.layers[0];
      if (layer) scene.go({ node: layer });
    },
  );
  return plot;
}

const laneOf = (slot: Slot): string => `${slot.engine}, stream ${slot.stream}`;

function drawSlot(
  pen: CanvasRenderingContext2D,
  plot: Plot,
  target: Target,
  slot: Timed,
  top: number,
  node: string,
): void {
  const kernel = target.kernels[slot.kernel];
  if (!kernel) return;
  const left = plot.px(slot.start_s);
  const width = Math.max(0.5, plot.px(slot.start_s + slot.duration_s) - left);
  if (left > plot.area.right || left + width < plot.area.left) return;
  const mine = node !== "" && kernel.layers.includes(node);
  pen.fillStyle = boundColour(kernel.bound);
  pen.fillRect(left, top, width > 3 ? width - 1 : width, kLane);
  if (mine)
    ((pen.strokeStyle = css("--text")),
      (pen.lineWidth = 3),
      pen.strokeRect(left + 1, top + 1, Math.max(2, width - 2), kLane - 2));
  const room = Math.floor(width / 7) - 1;
  const label = [kernel.name, kernel.name.split(/[./]/).pop()!, kernel.kind].find(
    (text) => text.length <= room,
  );
  if (!label) return;
  pen.fillStyle = css("--on-kind");
  pen.textAlign = "left";
  pen.fillText(label, Math.max(left, plot.area.left) + 4, top + kLane / 2 + 4);
}
