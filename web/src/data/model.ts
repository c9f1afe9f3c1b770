import { type Interval, sum } from "./format";
import { metricsOf, type Metric } from "./metrics";
import { buildModules, type Module } from "./modules";
import { type ModelPlacement, placementsOf } from "./placement";
import type { Group, MemoryOrder, ModelResult, ToolCheck } from "./result";

/** One model of the result with what the views look up: who makes what, which module holds what. Layers are told by
 * their index. */
export class Model {
  readonly indexOf = new Map<string, number>();
  readonly root: Module;
  readonly placements: ModelPlacement[];
  readonly metrics: Metric[];
  readonly groupOf: (Group | undefined)[];
  /** The layer that makes a tensor, by what operands say: "x f32[1,3]". */
  readonly makerOf = new Map<string, number>();
  private edges_?: { before: number[][]; after: number[][] };

  constructor(
    readonly result: ModelResult,
    /** Its name on the page, which no other model there has. */
    readonly id: string,
  ) {
    result.layers ??= [];
    result.layers.forEach((layer, i) => this.indexOf.set(layer.name, i));
    result.layers.forEach((layer, i) => layer.outputs?.forEach((output) => this.makerOf.set(output, i)));
    this.root = buildModules(result);
    this.groupOf = this.groups();
    this.placements = placementsOf(result.analyses, this.indexOf);
    this.metrics = metricsOf(this);
  }

  get layers() {
    return this.result.layers;
  }
  get targets() {
    return this.result.hardware ?? [];
  }
  get memory(): MemoryOrder | undefined {
    return (this.result.analyses?.memory as { as_given?: MemoryOrder } | undefined)?.as_given;
  }
  /** Our counts beside those of other tools. */
  get toolChecks(): ToolCheck[] {
    return (this.result.analyses?.crosscheck as { tools?: ToolCheck[] } | undefined)?.tools ?? [];
  }
  /** False where the program that made the result did not say yet what operators make. */
  get knowsEdges(): boolean {
    return this.layers.length === 0 || this.layers.some((layer) => layer.outputs !== undefined);
  }
  /** For each layer those whose results it reads, and those that read its own. */
  get edges() {
    return (this.edges_ ??= this.findEdges());
  }
  /** How many operators these layers are, of which a summary has sums. */
  count(layers: number[]): number {
    return layers.reduce((all, i) => all + (this.layers[i]!.stands_for ?? 1), 0);
  }
  /** What a summary has no whole list of. */
  lacks(list: string): boolean {
    return Object.keys(this.result.page_summary?.lists ?? {}).some((path) => path.endsWith(list));
  }
  /** Layers whose work is not exactly known. */
  get unknown(): number[] {
    return this.layers.flatMap((layer, i) => (layer.certainty === "exact" ? [] : [i]));
  }
  total(metric: Metric): Interval {
    return sum(this.layers.map((_, i) => metric.value(i) ?? { least: 0, most: null }));
  }
  metric(key: string): Metric {
    return this.metrics.find((metric) => metric.key === key) ?? this.metrics[0]!;
  }

  private findEdges() {
    const before: number[][] = this.layers.map(() => []);
    const after: number[][] = this.layers.map(() => []);
    this.layers.forEach((layer, i) => {
      for (const operand of new Set(layer.operands ?? [])) {
        const from = operand === null ? undefined : this.makerOf.get(operand);
        if (from === undefined || from === i) continue;
        before[i]!.push(from);
        after[from]!.push(i);
      }
    });
    return { before, after };
  }

  private groups(): (Group | undefined)[] {
    const groups = (this.result.analyses?.fusion as { group_list?: Group[] } | undefined)?.group_list ?? [];
    const of: (Group | undefined)[] = new Array(this.layers.length);
    for (const group of groups)
      for (const name of group.operators) {
        const i = this.indexOf.get(name);
        if (i !== undefined) of[i] = group;
      }
    return of;
  }
}
