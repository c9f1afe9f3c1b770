import { withUnit } from "../data/format";
import { label, type Line, type Point } from "../data/sweep";
import { css } from "../ui/dom";
import { Axis, Plot, line as stroke } from "../ui/plot";

/** A figure that is drawn over an axis of the sweep. */
export interface Figure {
  title: string;
  unit: string;
  value: (point: Point) => number | undefined;
}
export const kFigures: Figure[] = [
  { title: "Latency", unit: "s", value: (point) => point.number("time_s") },
  { title: "Throughput", unit: "/s", value: (point) => point.number("per_second") },
  { title: "Energy of an example", unit: "J", value: (point) => point.perExample("energy_j") },
  { title: "Peak memory", unit: "B", value: (point) => point.number("memory_bytes") },
];

/** An axis whose marks are the values that a sweep has. */
class ValuesAxis extends Axis {
  constructor(
    private values: number[],
    unit: string,
  ) {
    super(Math.max(0.5, Math.min(...values)) / 1.1, Math.max(1, ...values) * 1.1, true, unit);
  }
  override ticks(most: number): number[] {
    const step = Math.ceil(this.values.length / most);
    return this.values.filter((_, i) => i % step === 0);
  }
}

interface Mark {
  x: number;
  y: number;
  line: Line;
  point: Point;
}

export const around = (values: number[]): [number, number] => [
  values.reduce((a, b) => Math.min(a, b)) / 1.3,
  values.reduce((a, b) => Math.max(a, b)) * 1.3,
];

/** Every line of a model over an axis; a ring is where its bound changes. Nothing where no value is known. */
export function lineChart(
  figure: Figure,
  lines: Line[],
  column: string,
  colour: (name: string) => string,
): Plot | undefined {
  const marks = lines.map((line) => marksOf(figure, line, column));
  const all = marks.flat();
  if (all.length === 0) return undefined;
  const values = [...new Set(all.map(({ x }) => x))].sort((a, b) => a - b);
  const y = new Axis(...around(all.map((mark) => mark.y)), true, figure.unit);
  const paint = (pen: CanvasRenderingContext2D): void => {
    for (const each of marks) if (each.length > 0) drawLine(pen, plot, each, colour(each[0]!.line.name));
  };
  const plot: Plot = new Plot(
    `${figure.title} over ${label(column)}: ${lines.length} lines`,
    new ValuesAxis(values, label(column)),
    y,
    300,
    paint,
    (px, py) => told(figure, column, nearest(plot, all, px, py)),
    () => {},
  );
  return plot;
}

function marksOf(figure: Figure, line: Line, column: string): Mark[] {
  return line.points.flatMap((point) => {
    const [x, y] = [point.number(column), figure.value(point)];
    return x === undefined || y === undefined || y <= 0 ? [] : [{ x, y, line, point }];
  });
}

function drawLine(pen: CanvasRenderingContext2D, plot: Plot, marks: Mark[], colour: string): void {
  pen.strokeStyle = pen.fillStyle = colour;
  pen.lineWidth = 2;
  marks.forEach((mark, i) => {
    const [x, y] = [plot.px(mark.x), plot.py(mark.y)];
    const before = marks[i - 1];
    if (before) stroke(pen, plot.px(before.x), plot.py(before.y), x, y);
    dot(pen, x, y, 3.5);
    if (!before || before.point.text("bound") === mark.point.text("bound")) return;
    pen.strokeStyle = css("--text");
    ring(pen, x, y);
    pen.strokeStyle = colour;
  });
}

export function dot(pen: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  pen.beginPath();
  pen.arc(x, y, radius, 0, 7);
  pen.fill();
}
export function ring(pen: CanvasRenderingContext2D, x: number, y: number): void {
  pen.beginPath();
  pen.arc(x, y, 6.5, 0, 7);
  pen.stroke();
}

/** What is under the pointer, within 16 pixels. */
export function nearest<T extends { x: number; y: number }>(
  plot: Plot,
  marks: T[],
  px: number,
  py: number,
): T | undefined {
  let best: T | undefined;
  let least = 16 * 16;
  for (const mark of marks) {
    const away = (plot.px(mark.x) - px) ** 2 + (plot.py(mark.y) - py) ** 2;
    if (away < least) [least, best] = [away, mark];
  }
  return best;
}

function told(figure: Figure, column: string, mark: Mark | undefined): string | undefined {
  if (!mark) return undefined;
  return [
    mark.line.name,
    `${label(column)} ${mark.x}: ${withUnit(mark.y, figure.unit)}`,
    `bound by ${mark.point.text("bound")}`,
  ].join("\n");
}
