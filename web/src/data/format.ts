import type { Count } from "./result";

/** What a figure may be: from `least` to `most`, where `most` null says that there is no upper bound. */
export interface Interval {
  least: number;
  most: Count;
}

export const exactly = (value: number): Interval => ({ least: value, most: value });

export function sum(parts: Iterable<Interval>): Interval {
  let least = 0;
  let most: Count = 0;
  for (const part of parts) {
    least += part.least;
    most = most === null || part.most === null ? null : most + part.most;
  }
  return { least, most };
}

const kLarge = ["", "k", "M", "G", "T", "P", "E"];
const kSmall = ["", "m", "µ", "n", "p"];

/** Keeps a number and its unit on one line. */
const kSpace = "\u00a0";

/** Three digits with a decimal prefix: 3.52 G. */
export function si(value: number): string {
  if (value === 0) return "0";
  const size = Math.abs(value);
  let step = 0;
  let scaled = size;
  if (size >= 1) {
    while (scaled >= 999.5 && step < kLarge.length - 1) ((scaled /= 1000), step++);
  } else {
    while (scaled < 0.9995 && step < kSmall.length - 1) ((scaled *= 1000), step++);
  }
  const whole = Number.isInteger(size) && size < 1000;
  const digits = whole ? String(size) : scaled.toFixed(scaled < 9.995 ? 2 : scaled < 99.95 ? 1 : 0);
  const prefix = size >= 1 ? kLarge[step] : kSmall[step];
  return `${value < 0 ? "−" : ""}${digits}${prefix ? kSpace + prefix : ""}`;
}

/** A value with its unit: "3.52 GFLOPs", "12 B". */
export function withUnit(value: number, unit: string): string {
  const text = si(value);
  return !unit ? text : /[a-zA-Zµ]$/.test(text) ? text + unit : text + kSpace + unit;
}

/** "3.52 G", "at least 3.52 G", "3.52 G to 4.10 G": a figure that is not exact says so. */
export function interval(value: Interval, unit = ""): string {
  if (value.most === null) return `at least ${withUnit(value.least, unit)}`;
  if (value.most === value.least) return withUnit(value.least, unit);
  return `${withUnit(value.least, unit)} to ${withUnit(value.most, unit)}`;
}

/** The same in the space of a table's cell: "≥ 3.52 G", "3.52 G–4.10 G". */
export function shortInterval(value: Interval, unit = ""): string {
  const text = (figure: number) => (unit === "s" || unit === "B" ? withUnit(figure, unit) : si(figure));
  if (value.most === null) return `≥ ${text(value.least)}`;
  return value.most === value.least ? text(value.least) : `${text(value.least)}–${text(value.most)}`;
}

/** A number without a unit: small ones take no prefix. */
export const ratio = (value: number): string =>
  value !== 0 && Math.abs(value) < 1 ? String(Number(value.toPrecision(3))) : si(value);
export const percent = (share: number): string => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)}${kSpace}%`;
export const grouped = (value: number): string => value.toLocaleString("en-US");

/** An operand or an output, "x f32[1,3]", as its name and its type. */
export function named(tensor: string): [name: string, type: string] {
  const type = tensor.search(/ [a-z0-9]+\[[^\]]*\]$/);
  return type < 0 ? [tensor, ""] : [tensor.slice(0, type), tensor.slice(type + 1)];
}

/** A long path in little room: its end, from one of its dots where one is near. */
export function endOf(path: string, letters: number): string {
  if (path.length <= letters) return path;
  const end = path.slice(1 - letters);
  const dot = end.indexOf(".");
  return `…${dot > 0 && dot < end.length / 2 ? end.slice(dot + 1) : end}`;
}
