import { type Interval, withUnit } from "./format";
import type { Count, Partition, PlacedOperator, Placement, Transfer } from "./result";

/** One placement of a model, with what the views look up. Layers are told by their index. */
export class ModelPlacement {
  /** Nothing for what is not placed: constants, sizes, what costs nothing. */
  readonly operatorOf: (PlacedOperator | undefined)[];
  /** Of the objective. */
  readonly unit: "s" | "J";
  private first = new Map<number, string>();

  constructor(
    /** Its name among the results of the model. */
    readonly key: string,
    readonly result: Placement,
    indexOf: Map<string, number>,
  ) {
    this.unit = result.objective === "energy" ? "J" : "s";
    this.operatorOf = new Array(indexOf.size);
    for (const operator of result.operators) {
      if (!this.first.has(operator.partition)) this.first.set(operator.partition, operator.operator);
      const layer = indexOf.get(operator.operator);
      if (layer !== undefined) this.operatorOf[layer] = operator;
    }
  }

  get wanted(): string {
    return this.result.devices[0] ?? "";
  }
  /** What it takes of the objective. */
  get value(): Count {
    const { objective, time_s, energy_j, latency_s, interval_s } = this.result;
    return { time: time_s, energy: energy_j, latency: latency_s, throughput: interval_s }[objective];
  }
  /** What no placement on these devices goes below. */
  get least(): Count {
    return this.ofObjective(this.result.least_s, this.result.least_j);
  }
  margin(operator: PlacedOperator): Count {
    return this.ofObjective(operator.margin_s, operator.margin_j);
  }
  /** Of all operators on one device; null where that cannot be. */
  alone(device: string): { value: Count; blockedBy: string } | undefined {
    const found = this.result.unsplit.find((one) => one.device === device);
    return found && { value: this.ofObjective(found.value_s, found.value_j), blockedBy: found.blocked_by };
  }
  partitionOf(layer: number): Partition | undefined {
    const at = this.operatorOf[layer]?.partition;
    return at === undefined ? undefined : this.result.partitions[at - 1];
  }
  /** The operator that a partition begins with. */
  firstIn(partition: Partition): string {
    return this.first.get(partition.partition) ?? "";
  }
  private ofObjective(seconds: Count, joules: Count): Count {
    return this.unit === "J" ? joules : seconds;
  }
}

/** The placements among a model's results. */
export function placementsOf(
  analyses: Record<string, unknown> | undefined,
  indexOf: Map<string, number>,
): ModelPlacement[] {
  return Object.entries(analyses ?? {})
    .filter(([key]) => /^placement(_|$)/.test(key))
    .map(([key, result]) => new ModelPlacement(key, result as Placement, indexOf));
}

/** A figure of a placement that may have operators without a price. */
export const openFigure = (value: Count, atLeast: boolean): Interval | null =>
  value === null ? null : { least: value, most: atLeast ? null : value };

/** How much more, with its sign; of what cannot be: "impossible". */
export function marginText(value: Count, unit: string): string {
  if (value === null) return "impossible";
  return `${value < 0 ? "−" : "+"}${withUnit(Math.abs(value), unit)}`;
}

/** What takes a part of the time of a placement, one after the other. */
export interface Step {
  lane: string;
  start: number;
  took: number;
  partition?: Partition;
  transfer?: Transfer;
}
export const kStarting = "starting";
export const kMoving = "transfers";

/** Partitions in the order in which they run, and behind each the transfers of what it made; before them what devices
 * take for a run as such. What has no known time is left out. */
export function steps({ result, operatorOf }: ModelPlacement, indexOf: Map<string, number>): Step[] {
  const made = new Map<number, Transfer[]>();
  for (const transfer of result.transfers) {
    const maker = operatorOf[indexOf.get(transfer.made_by) ?? -1]?.partition ?? 0;
    made.set(maker, [...(made.get(maker) ?? []), transfer]);
  }
  const out: Step[] = [];
  let now = 0;
  const add = (lane: string, took: Count, of: Pick<Step, "partition" | "transfer"> = {}): void => {
    if (!took) return;
    out.push({ lane, start: now, took, ...of });
    now += took;
  };
  const move = (maker: number) =>
    made.get(maker)?.forEach((transfer) => add(kMoving, transfer.time_s, { transfer }));
  add(kStarting, result.fixed_s);
  move(0);
  for (const partition of result.partitions) {
    add(partition.device, partition.time_s, { partition });
    move(partition.partition);
  }
  return out;
}

/** Why operators are away from the wanted device, the reason of most of them first. */
export interface Reason {
  reason: string;
  operators: PlacedOperator[];
}
export const kChoice = "the placer's choice";

export function reasons(placement: ModelPlacement): Reason[] {
  const by = new Map<string, PlacedOperator[]>();
  for (const operator of placement.result.operators) {
    if (operator.device === placement.wanted) continue;
    const reason = reasonOf(operator);
    by.get(reason)?.push(operator) ?? by.set(reason, [operator]);
  }
  return [...by]
    .map(([reason, operators]) => ({ reason, operators }))
    .sort((a, b) => b.operators.length - a.operators.length);
}

export const reasonOf = (operator: PlacedOperator): string => operator.reason || kChoice;
