import type { Model } from "./model";
import type { Count, Layer } from "./result";

export type Change = "added" | "removed" | "renamed" | "moved" | "changed" | "same";
export const kChanges: Change[] = ["changed", "added", "removed", "renamed", "moved", "same"];

/** A layer of one model beside its match in another; one of both may be absent. `what` says how they differ. */
export interface Pair {
  before?: number;
  after?: number;
  change: Change;
  what: string;
}

/** The layers of two models as `alidade compare` matches them, in the order of the second. */
export function compare(a: Model, b: Model): Pair[] {
  const matching = new Matching(a.layers, b.layers);
  const out: Pair[] = [];
  let next = 0; // of `a`, not written yet
  const removeUpTo = (end: number): void => {
    for (; next < end; next++)
      if (matching.to[next] === undefined) out.push({ before: next, change: "removed", what: "" });
  };
  b.layers.forEach((_, j) => {
    const i = matching.from[j];
    if (i !== undefined) removeUpTo(i);
    out.push(matching.pair(j));
  });
  removeUpTo(a.layers.length);
  return out;
}

class Matching {
  readonly to: (number | undefined)[];
  readonly from: (number | undefined)[];
  private inOrder: Set<number>;

  constructor(
    private before: Layer[],
    private after: Layer[],
  ) {
    this.to = new Array(before.length);
    this.from = new Array(after.length);
    this.byName();
    this.byNeighbourhood();
    this.inOrder = longestRun(this.from);
  }

  pair(j: number): Pair {
    const i = this.from[j];
    if (i === undefined) return { after: j, change: "added", what: "" };
    const [then, now] = [this.before[i]!, this.after[j]!];
    const what = differences(then, now);
    const change = what
      ? "changed"
      : then.name !== now.name
        ? "renamed"
        : this.inOrder.has(j)
          ? "same"
          : "moved";
    return { before: i, after: j, change, what };
  }

  private join(i: number, j: number): void {
    this.to[i] = j;
    this.from[j] = i;
  }

  private byName(): void {
    const places = new Map<string, number>();
    this.before.forEach((layer, i) => places.has(layer.name) || places.set(layer.name, i));
    this.after.forEach((layer, j) => {
      const i = places.get(layer.name);
      if (i !== undefined && this.to[i] === undefined) this.join(i, j);
    });
  }

  /** Layers without a partner between two that have one, on either side: of one kind and shape, in order. */
  private byNeighbourhood(): void {
    let i = 0;
    for (let j = 0; j < this.after.length; j++) {
      const partner = this.from[j];
      if (partner !== undefined) {
        i = partner + 1;
        continue;
      }
      for (let k = i; k < this.before.length && this.to[k] === undefined; k++)
        if (kindOf(this.before[k]!) === kindOf(this.after[j]!)) {
          this.join(k, j);
          i = k + 1;
          break;
        }
    }
  }
}

const kindOf = (layer: Layer): string => layer.type + JSON.stringify(layer.shape);

/** The places of the longest run of numbers that rise. */
function longestRun(numbers: (number | undefined)[]): Set<number> {
  const tails: number[] = []; // places; of the runs of each length the one that ends lowest
  const previous = new Map<number, number>();
  numbers.forEach((number, j) => {
    if (number === undefined) return;
    let at = 0;
    for (let end = tails.length; at < end;) {
      const middle = (at + end) >> 1;
      if (numbers[tails[middle]!]! < number) at = middle + 1;
      else end = middle;
    }
    tails[at] = j;
    if (at > 0) previous.set(j, tails[at - 1]!);
  });
  const out = new Set<number>();
  for (let j = tails.at(-1); j !== undefined; j = previous.get(j)) out.add(j);
  return out;
}

const kCompared = ["type", "shape", "dtype", "macs", "params", "memory", "certainty", "flops_upper"] as const;

function differences(then: Layer, now: Layer): string {
  const exact = then.certainty === "exact" && now.certainty === "exact";
  const text = (layer: Layer, key: keyof Layer) => {
    const value = layer[key];
    return value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value);
  };
  return kCompared
    .filter((key) => text(then, key) !== text(now, key) && !(exact && key === "flops_upper"))
    .map((key) => `${key} ${text(then, key)} -> ${text(now, key)}`)
    .join(", ");
}

/** How much more the layer of the second model has; undefined where one of them is not exactly known. */
export function more(
  a: Layer | undefined,
  b: Layer | undefined,
  key: "flops" | "macs" | "memory" | "params",
): number | undefined {
  const known = (layer: Layer | undefined): number | undefined => {
    if (!layer) return 0;
    const upper: Count | undefined = layer[`${key}_upper`];
    return upper === undefined || upper === layer[key] ? layer[key] : undefined;
  };
  const [then, now] = [known(a), known(b)];
  return then === undefined || now === undefined ? undefined : now - then;
}
