import type { Interval } from "./format";
import type { Model } from "./model";

/** A figure of a whole model, as the program counted it. */
export interface Total {
  key: string;
  label: string;
  unit: string;
  value: Interval;
}

const kShown: [key: string, label: string, unit: string][] = [
  ["flops", "FLOPs", ""],
  ["macs", "MACs", ""],
  ["params", "Parameters", ""],
  ["weight_bytes", "Weights", "B"],
  ["traffic_bytes", "Moved", "B"],
  ["peak_activation_bytes", "Peak activations", "B"],
  ["ops", "Operators", ""],
];

/** Those that the result has. */
export function totalsOf(model: Model): Total[] {
  const totals = (model.result.totals ?? {}) as Record<string, number | null>;
  return kShown.flatMap(([key, label, unit]) => {
    const least = totals[key];
    return typeof least === "number"
      ? [{ key, label, unit, value: { least, most: totals[`${key}_upper`] ?? null } }]
      : [];
  });
}

/** What each convention counts: "fvcore", 17.6 G. */
export function countsOf(model: Model): [convention: string, counted: Interval][] {
  const counts = (model.result.totals?.by_convention ?? {}) as Record<
    string,
    { counted: number; counted_upper: number | null }
  >;
  return Object.entries(counts).map(([name, { counted, counted_upper }]) => [
    name,
    { least: counted, most: counted_upper },
  ]);
}
