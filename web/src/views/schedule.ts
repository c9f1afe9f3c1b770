import { withUnit } from "../data/format";
import type { Kernel, Slot, Target } from "../data/result";
import { boundColour } from "../ui/colours";
import { h } from "../ui/dom";
import { type Bar, lanes, scaleButtons } from "../ui/lanes";
import { boundLegend } from "../ui/legend";
import { targetChoice } from "./targets";
import type { Scene, View } from "./view";

const kNone = "No schedule: no target was estimated, or its times are not known.";
const kLeftOut = "This page is a summary, and the schedule is not in it. The JSON result has it.";

interface Timed extends Bar {
  kernel: Kernel;
  atLeast: boolean;
}

/** What runs when: a lane for every stream of every engine of the target. */
export function scheduleView(scene: Scene): View {
  const target = scene.target();
  const bars = target ? barsOf(target) : [];
  if (!target || bars.length === 0) {
    const none = h("p", {}, scene.model.lacks("/schedule") ? kLeftOut : kNone);
    return { element: h("section", {}, none), follow: () => {} };
  }
  const plot = drawn(scene, target, bars);
  const left = target.schedule.length - bars.length;
  const note = `${bars.length} kernels in ${withUnit(target.time_s ?? 0, "s")}${left > 0 ? `; ${left} have no known time and are left out` : ""}. Shift and the wheel, or + and −, zoom.`;
  const head = h("div", { class: "bar" }, targetChoice(scene), ...scaleButtons(plot), boundLegend());
  return {
    element: h("section", {}, head, plot.element, h("p", { class: "note" }, note)),
    follow: () => plot.draw(),
  };
}

function barsOf(target: Target): Timed[] {
  return target.schedule.flatMap((slot) => {
    const kernel = target.kernels[slot.kernel];
    if (!kernel || slot.start_s === null || slot.duration_s === null) return [];
    return [
      { lane: laneOf(slot), start: slot.start_s, took: slot.duration_s, kernel, atLeast: slot.at_least },
    ];
  });
}

const laneOf = (slot: Slot): string => `${slot.engine}, stream ${slot.stream}`;

const drawn = (scene: Scene, target: Target, bars: Timed[]) =>
  lanes({
    label: `Schedule of ${target.id}`,
    names: [...new Set(bars.map(({ lane }) => lane))].sort(),
    bars,
    colour: ({ kernel }) => boundColour(kernel.bound),
    words: ({ kernel }) => [kernel.name, kernel.name.split(/[./]/).pop()!, kernel.kind],
    tell: ({ kernel, start, took, atLeast }) =>
      `${kernel.name}\n${kernel.kind}, bound by ${kernel.bound}\nfrom ${withUnit(start, "s")}, ${atLeast ? "at least " : ""}${withUnit(took, "s")}`,
    chosen: ({ kernel }) => scene.place().node !== "" && kernel.layers.includes(scene.place().node),
    choose: ({ kernel }) => kernel.layers[0] && scene.go({ node: kernel.layers[0] }),
  });
