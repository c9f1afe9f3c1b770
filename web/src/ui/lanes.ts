import { css, h } from "./dom";
import { Axis, Plot } from "./plot";

const kLane = 44;
const kHead = 18;

/** What takes a while, in its lane. */
export interface Bar {
  lane: string;
  start: number;
  took: number;
}

export interface LanesOptions<T extends Bar> {
  label: string;
  /** From top to bottom. */
  names: string[];
  bars: T[];
  colour: (bar: T) => string;
  /** What may be written in it: the first that there is room for. */
  words: (bar: T) => string[];
  tell: (bar: T) => string;
  chosen: (bar: T) => boolean;
  choose: (bar: T) => void;
}

/** What runs when: lanes below each other over seconds. */
export function lanes<T extends Bar>(options: LanesOptions<T>): Plot {
  const { names, bars } = options;
  const laneAt = new Map(names.map((name, i) => [name, i]));
  const top = (bar: T): number => plot.area.top + laneAt.get(bar.lane)! * (kLane + kHead) + kHead;
  const end = bars.reduce((most, bar) => Math.max(most, bar.start + bar.took), 0);
  const hit = (px: number, py: number): T | undefined => {
    const time = plot.xAt(px);
    const on = (bar: T) => bar.start <= time && time <= bar.start + bar.took;
    return bars.find((bar) => on(bar) && py >= top(bar) && py <= top(bar) + kLane);
  };
  const paint = (pen: CanvasRenderingContext2D): void => {
    pen.textAlign = "left";
    pen.fillStyle = css("--text");
    names.forEach((name, i) =>
      pen.fillText(name, plot.area.left + 2, plot.area.top + i * (kLane + kHead) + 12),
    );
    for (const bar of bars) draw(pen, plot, options, bar, top(bar));
  };
  const plot: Plot = new Plot(
    options.label,
    new Axis(0, end, false, "s"),
    undefined,
    50 + names.length * (kLane + kHead),
    paint,
    (x, y) => {
      const bar = hit(x, y);
      return bar && options.tell(bar);
    },
    (x, y) => {
      const bar = hit(x, y);
      if (bar) options.choose(bar);
    },
  );
  return plot;
}

function draw<T extends Bar>(
  pen: CanvasRenderingContext2D,
  plot: Plot,
  options: LanesOptions<T>,
  bar: T,
  top: number,
): void {
  const left = plot.px(bar.start);
  const width = Math.max(0.5, plot.px(bar.start + bar.took) - left);
  if (left > plot.area.right || left + width < plot.area.left) return;
  pen.fillStyle = options.colour(bar);
  pen.fillRect(left, top, width > 3 ? width - 1 : width, kLane);
  if (options.chosen(bar))
    ((pen.strokeStyle = css("--text")),
      (pen.lineWidth = 3),
      pen.strokeRect(left + 1, top + 1, Math.max(2, width - 2), kLane - 2));
  const room = Math.floor(width / 7) - 1;
  const word = room > 0 && options.words(bar).find((text) => text.length <= room);
  if (!word) return;
  pen.fillStyle = css("--on-kind");
  pen.textAlign = "left";
  pen.fillText(word, Math.max(left, plot.area.left) + 4, top + kLane / 2 + 4);
}

/** Buttons that scale it along its axis. */
export function scaleButtons(plot: Plot): HTMLElement[] {
  const button = (text: string, factor: number) =>
    h("button", { type: "button", onclick: () => plot.scale(factor, (plot.x.from + plot.x.to) / 2) }, text);
  return [button("−", 1.6), button("+", 0.6), button("Fit", Infinity)];
}
