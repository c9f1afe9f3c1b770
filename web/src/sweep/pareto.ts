import { ratio, withUnit } from "../data/format";
import { cheapest, front, type Point, type Sweep } from "../data/sweep";
import { css, h, table } from "../ui/dom";
import { Axis, Plot, line as stroke } from "../ui/plot";
import { around, dot, nearest, ring } from "./charts";

/** What is to be little beside the latency. */
interface Price {
  title: string;
  unit: string;
  of: (point: Point) => number | undefined;
  text: (value: number) => string;
}
const kEnergy: Price = {
  title: "Energy of an example",
  unit: "J",
  of: (point) => point.perExample("energy_j"),
  text: (value) => withUnit(value, "J"),
};
const kCost: Price = {
  title: "Cost of a million examples",
  unit: "USD",
  of: (point) => point.number("usd_per_million"),
  text: (value) => `${ratio(value)} USD`,
};

/** What takes least for a latency goal, by energy and, where a device has a price, by cost. */
export function paretoSection(
  sweep: Sweep,
  model: string,
  goal: number | undefined,
  ask: (goal: number) => void,
) {
  const points = sweep.of(model);
  const parts = [kEnergy, kCost].flatMap((price) => {
    const best = front(points, price.of);
    return best.length > 0 ? [frontOf(sweep, points, best, price, goal)] : [];
  });
  if (parts.length === 0)
    return h(
      "p",
      { class: "note" },
      "What takes least for a latency goal is not known: no device of this sweep has figures for its energy " +
        "(active_watts), or a price (usd_per_hour).",
    );
  const field = h("input", {
    type: "number",
    "aria-label": "Latency goal in ms",
    placeholder: "ms",
    min: 0,
    step: "any",
    value: goal === undefined ? "" : String(goal * 1e3),
    onchange: () => ask(Number(field.value) / 1e3),
  });
  const goalField = h("label", { class: "choice" }, h("span", {}, "Latency goal in ms"), field);
  return h(
    "div",
    {},
    h("h2", {}, "Least for a latency goal"),
    h("div", { class: "bar" }, goalField),
    ...parts,
  );
}

function frontOf(
  sweep: Sweep,
  points: Point[],
  best: Point[],
  price: Price,
  goal: number | undefined,
): HTMLElement {
  const rows = best.map((point) => [
    sweep.nameOf(point),
    withUnit(point.number("time_s")!, "s"),
    price.text(price.of(point)!),
    point.text("bound"),
  ]);
  const head = ["Least of all that are as fast", "Latency", price.title, "Bound by"];
  const chart = frontChart(sweep, points, best, price, goal);
  queueMicrotask(() => chart.draw());
  return h(
    "div",
    { class: "front" },
    h("h3", {}, price.title),
    goal === undefined ? null : h("p", { class: "answer" }, answer(sweep, best, price, goal)),
    h("div", { class: "two" }, chart.element, table(head, rows, undefined, [3])),
  );
}

function answer(sweep: Sweep, best: Point[], price: Price, goal: number): string {
  const found = cheapest(best, goal);
  const fastest = withUnit(best[0]!.number("time_s")!, "s");
  if (!found) return `Nothing is done within ${withUnit(goal, "s")}; the fastest takes ${fastest}.`;
  const [time, costs] = [withUnit(found.number("time_s")!, "s"), price.text(price.of(found)!)];
  return `Within ${withUnit(goal, "s")}: ${sweep.nameOf(found)}, with ${costs} in ${time}.`;
}

function frontChart(
  sweep: Sweep,
  points: Point[],
  best: Point[],
  price: Price,
  goal: number | undefined,
): Plot {
  const marks = points.flatMap((point) => {
    const [x, y] = [point.number("time_s"), price.of(point)];
    return x === undefined || y === undefined || x <= 0 || y <= 0 ? [] : [{ x, y, point }];
  });
  const paint = (pen: CanvasRenderingContext2D): void => {
    pen.fillStyle = css("--soft");
    for (const mark of marks) dot(pen, plot.px(mark.x), plot.py(mark.y), 3);
    pen.strokeStyle = pen.fillStyle = css("--accent");
    pen.lineWidth = 2;
    best.forEach((point, i) => {
      const [x, y] = [plot.px(point.number("time_s")!), plot.py(price.of(point)!)];
      const next = best[i + 1];
      const end = next ? plot.px(next.number("time_s")!) : plot.area.right;
      stroke(pen, x, y, end, y);
      if (next) stroke(pen, end, y, end, plot.py(price.of(next)!));
      dot(pen, x, y, 4);
    });
    if (goal === undefined || goal <= 0) return;
    pen.strokeStyle = css("--more");
    stroke(pen, plot.px(goal), plot.area.top, plot.px(goal), plot.area.bottom);
    const found = cheapest(best, goal);
    if (found) ring(pen, plot.px(found.number("time_s")!), plot.py(price.of(found)!));
  };
  const plot: Plot = new Plot(
    `${price.title} over latency: ${best.length} of ${marks.length} points are least`,
    new Axis(...around(marks.map(({ x }) => x)), true, "latency in s"),
    new Axis(...around(marks.map(({ y }) => y)), true, price.unit),
    300,
    paint,
    (px, py) => {
      const found = nearest(plot, marks, px, py);
      return found && `${sweep.nameOf(found.point)}\n${withUnit(found.x, "s")}, ${price.text(found.y)}`;
    },
    () => {},
  );
  return plot;
}
