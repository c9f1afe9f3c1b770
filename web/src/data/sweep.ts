/** A sweep as `alidade render STORE` writes it: what varies, and a list of values for every point. */
export interface SweepDocument {
  schema: string;
  program: string;
  points_in_all: number;
  axes: { key: string; values: string[] }[];
  columns: string[];
  points: Cell[][];
}
export type Cell = number | string | boolean | null;

export const kSweepSchema = "alidade.sweep/1";

/** The points of one model that differ in nothing but what the chart has to the right. */
export interface Line {
  name: string;
  points: Point[];
}

/** One point, by the names of its columns. */
export class Point {
  constructor(
    private at: ReadonlyMap<string, number>,
    private cells: Cell[],
  ) {}
  cell = (column: string): Cell => this.cells[this.at.get(column) ?? -1] ?? null;
  text = (column: string): string => String(this.cell(column) ?? "");
  /** Nothing where it is not known. */
  number(column: string): number | undefined {
    const cell = this.cell(column);
    return typeof cell === "number" ? cell : undefined;
  }
  /** What one example takes of what the whole batch takes. */
  perExample(column: string): number | undefined {
    const [all, batch] = [this.number(column), this.number("batch")];
    return all === undefined || !batch ? undefined : all / batch;
  }
  get failed(): boolean {
    return this.cell("failed") === true;
  }
}

export class Sweep {
  readonly points: Point[];
  readonly models: string[];
  /** Axes of more than one value. */
  readonly varied: string[];
  /** Those of them whose values are numbers: what a chart can have to the right. */
  readonly numeric: string[];

  constructor(readonly document: SweepDocument) {
    const at = new Map(document.columns.map((column, i) => [column, i]));
    this.points = document.points.map((cells) => new Point(at, cells));
    this.models = [...new Set(this.points.map((point) => point.text("model")))];
    this.varied = document.axes.filter(({ values }) => values.length > 1).map(({ key }) => key);
    this.numeric = this.varied.filter((key) => key === "batch" || key.startsWith("bind."));
  }

  get failed(): Point[] {
    return this.points.filter((point) => point.failed);
  }
  get missing(): number {
    return this.document.points_in_all - this.points.length;
  }
  of(model: string): Point[] {
    return this.points.filter((point) => !point.failed && point.text("model") === model);
  }
  /** What tells a point from others of its model, without `column`. */
  nameOf(point: Point, column = ""): string {
    const others = this.varied.filter((key) => key !== column);
    const said = others.map((key) => (isWord(key) ? point.text(key) : `${label(key)} ${point.text(key)}`));
    return said.join(", ") || point.text("on");
  }
  lines(model: string, column: string): Line[] {
    const lines = new Map<string, Point[]>();
    for (const point of this.of(model)) {
      const name = this.nameOf(point, column);
      lines.set(name, [...(lines.get(name) ?? []), point]);
    }
    return [...lines].map(([name, points]) => ({
      name,
      points: points.sort((a, b) => (a.number(column) ?? 0) - (b.number(column) ?? 0)),
    }));
  }
}

const isWord = (key: string): boolean => ["on", "precision", "backend", "layout"].includes(key);
export const label = (key: string): string => key.replace(/^bind\./, "");

/** The points that no other one beats in both: the fastest of those that take so little, in order of time. */
export function front(points: Point[], price: (point: Point) => number | undefined): Point[] {
  const known = points.filter((point) => price(point) !== undefined && point.number("time_s") !== undefined);
  known.sort((a, b) => a.number("time_s")! - b.number("time_s")! || price(a)! - price(b)!);
  const out: Point[] = [];
  for (const point of known) if (out.length === 0 || price(point)! < price(out.at(-1)!)!) out.push(point);
  return out;
}

/** The cheapest point that is done in this time. */
export function cheapest(front: Point[], seconds: number): Point | undefined {
  return front.filter((point) => point.number("time_s")! <= seconds).at(-1);
}

/** "memory up to 4, compute from 8": what bounds a line, from where on. */
export function bounds(line: Line, column: string): string {
  const parts: { bound: string; from: string; to: string }[] = [];
  for (const point of line.points) {
    const [bound, at] = [point.text("bound"), point.text(column)];
    const last = parts.at(-1);
    if (last && last.bound === bound) last.to = at;
    else parts.push({ bound, from: at, to: at });
  }
  const said = parts.map(({ bound, from, to }, i) => {
    if (parts.length === 1) return `${bound} everywhere`;
    if (i === parts.length - 1) return `${bound} from ${from}`;
    return i === 0
      ? `${bound} up to ${to}`
      : from === to
        ? `${bound} at ${from}`
        : `${bound} from ${from} to ${to}`;
  });
  return said.join(", ");
}
