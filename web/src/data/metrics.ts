import { exactly, type Interval } from "./format";
import type { Model } from "./model";

/** A number of every layer that can be shown, sorted by, summed and painted. `value` is null where it is not known. */
export interface Metric {
  key: string;
  label: string;
  unit: string;
  value: (layer: number) => Interval | null;
}

export function metricsOf(model: Model): Metric[] {
  const layers = model.layers;
  const out: Metric[] = [
    {
      key: "flops",
      label: "FLOPs",
      unit: "FLOPs",
      value: (i) => ({ least: layers[i]!.flops, most: layers[i]!.flops_upper }),
    },
    {
      key: "macs",
      label: "MACs",
      unit: "MACs",
      value: (i) => ({ least: layers[i]!.macs, most: layers[i]!.macs_upper }),
    },
    {
      key: "bytes",
      label: "Bytes moved",
      unit: "B",
      value: (i) => ({ least: layers[i]!.memory, most: layers[i]!.memory_upper }),
    },
    {
      key: "params",
      label: "Parameters",
      unit: "",
      value: (i) => ({ least: layers[i]!.params, most: layers[i]!.params_upper }),
    },
    {
      key: "output",
      label: "Output bytes",
      unit: "B",
      value: (i) => ({ least: layers[i]!.output_bytes, most: layers[i]!.output_bytes_upper }),
    },
  ];
  for (const target of model.targets) {
    const times = target.layer_time_s;
    if (!times) continue;
    const value = (i: number): Interval | null => (times[i] == null ? null : exactly(times[i]!));
    out.push({ key: `time:${target.id}`, label: `Time on ${target.id}`, unit: "s", value });
  }
  for (const { key, operatorOf } of model.placements) {
    const value = (i: number): Interval | null => {
      const operator = operatorOf[i];
      if (!operator) return exactly(0);
      return operator.placed_time_s === null ? null : exactly(operator.placed_time_s);
    };
    const label = model.placements.length > 1 ? `Time in ${key}` : "Time as placed";
    out.push({ key: `placed:${key}`, label, unit: "s", value });
  }
  return out;
}
