/** The shape of a JSON result, as schema/result.schema.json has it: what this page reads of it. A figure `x` is the
 * least that it may be and `x_upper` the most; null says that there is no upper bound. */
export type Count = number | null;

export interface Layer {
  name: string;
  type: string;
  flops: number;
  flops_upper: Count;
  memory: number;
  memory_upper: Count;
  macs: number;
  macs_upper: Count;
  params: number;
  params_upper: Count;
  counted: number;
  counted_upper: Count;
  input_bytes: number;
  output_bytes: number;
  output_bytes_upper: Count;
  weight_bytes: number;
  arithmetic_intensity: Count;
  bottleneck: string;
  certainty: string;
  runs: number;
  runs_upper: Count;
  conditional: boolean;
  folded: boolean;
  op: string;
  foreign: string;
  node: string;
  module: string;
  operands: (string | null)[];
  outputs?: string[];
  shape: (number | string | null)[] | null;
  dtype: string;
  /** Strides, groups, axes; results of older programs do not have them. */
  attributes?: Record<string, number | string | null | number[]>;
  stated_by: string | null;
  source: { file: string; line: number } | null;
  /** In a summary: how many operators it is the sum of. */
  stands_for?: number;
}

export interface Kernel {
  name: string;
  kind: string;
  arithmetic: string;
  put_in?: string;
  layers: string[];
  matrix_flops: number;
  vector_flops: number;
  read_bytes: number;
  written_bytes: number;
  runs: number;
  priced: boolean;
  /** Of one run; results of older programs do not have it. */
  time_s?: Count;
  compute_s: Count;
  memory_s: Count;
  launch_s: Count;
  energy_j: Count;
  bound: string;
  tier: string;
}

export interface Slot {
  kernel: number;
  start_s: Count;
  duration_s: Count;
  engine: string;
  stream: number;
  at_least: boolean;
}

export interface Target {
  id: string;
  device: string;
  backend: string;
  precision: string;
  batch: Count;
  unpriced_ops: number;
  time_s: Count;
  time_s_upper: Count;
  /** No coverage: a guess. */
  band: { low: number; high: number; coverage: Count; source: string } | null;
  per_second: Count;
  energy_j: Count;
  energy_j_upper: Count;
  average_watts: Count;
  memory_need: {
    total_bytes: number;
    total_bytes_upper: Count;
    weight_bytes: number;
    activation_bytes: number;
    workspace_bytes: number;
    context_bytes: number;
    capacity_bytes: Count;
    fits: boolean | null;
  };
  bound_shares: Record<string, Count>;
  uncertain: string[];
  unsupported: { node: string; op: string; reason: string }[];
  slow: { node: string; op: string; factor: number; reason: string }[];
  kernels: Kernel[];
  schedule: Slot[];
  layer_time_s?: Count[];
  layer_bound?: string[];
}

export interface LiveTensor {
  tensor: string;
  module: string;
  bytes: number;
  bytes_upper: Count;
}

export interface MemoryOrder {
  peak_bytes: number;
  peak_bytes_upper: Count;
  peak_step: number;
  peak_operator: string;
  arena_bytes: Count;
  live_at_peak: LiveTensor[];
  live_at_peak_by_module: { module: string; bytes: number }[];
  timeline: { step: number; operator: string; live_bytes: number; live_bytes_upper: Count }[];
  plan: { tensor: string; bytes: number; first_step: number; last_step: number }[];
}

export interface Group {
  group: number;
  pattern: string;
  boundary: string;
  next: string;
  operators: string[];
}

export interface PlacedOperator {
  operator: string;
  framework_op: string;
  device: string;
  partition: number;
  placed_time_s: Count;
  verdict: string;
  reason: string;
  /** Of the objective, whose unit the name has: how much more all takes with it on the first device. */
  margin_s: Count;
  margin_j: Count;
}

export interface Partition {
  partition: number;
  device: string;
  ops: number;
  macs: number;
  time_s: Count;
  bound: string | null;
  in_bytes: number;
  out_bytes: number;
  takes_batch: boolean | null;
  batch_reason: string;
}

export interface Transfer {
  made_by: string;
  from: string;
  to: string;
  bytes: number;
  time_s: Count;
}

export interface Placement {
  placer: string;
  /** The wanted one first. */
  devices: string[];
  summary: string;
  advice: string;
  objective: "time" | "energy" | "latency" | "throughput";
  time_s: Count;
  at_least: boolean;
  latency_s: Count;
  interval_s: Count;
  energy_j: Count;
  operators_s: Count;
  transfers_s: Count;
  fixed_s: Count;
  least_s: Count;
  least_j: Count;
  gap: number;
  band_low: Count;
  band_high: Count;
  moved_bytes: number;
  weights: { device: string; bytes: number; room_bytes: Count }[];
  unsplit: { device: string; value_s: Count; value_j: Count; blocked_by: string }[];
  partitions: Partition[];
  transfers: Transfer[];
  operators: PlacedOperator[];
}

/** A class of operators or a module: what we count and what another tool counts. */
export interface Compared {
  name: string;
  ops: number;
  ours: number;
  theirs: number;
  cause: string | null;
  partial: boolean;
}

export interface ToolCheck {
  tool: string;
  version: string;
  convention: string;
  ours: number;
  theirs: number;
  unexplained: number;
  agrees: boolean;
  classes: Compared[];
  modules_compared: number;
  /** Those that differ. */
  modules: Compared[];
  left_out: { operator: string; ops: number; macs: number; flops: number }[];
}

export interface Fault {
  what: string;
  where: string;
  fix: string;
}

/** What a page that is a summary holds of a model that is too large for a browser. */
export interface PageSummary {
  operators: number;
  /** Lists that are not whole, and how long they were. */
  lists: Record<string, number>;
}

export interface ModelResult {
  model: string;
  path: string;
  program?: string;
  error?: Fault;
  convention: string | null;
  total_counted: Count;
  total_counted_upper: Count;
  page_summary?: PageSummary;
  layers: Layer[];
  totals: Record<string, unknown> | null;
  graph: {
    name: string;
    format: string;
    producer: string;
    nodes: number;
    inputs: { name: string; type: string }[];
    outputs: { name: string; type: string }[];
    free_symbols: string[];
  };
  analyses: Record<string, unknown>;
  failed_analyses: { analysis: string; skipped: boolean; error: Fault }[];
  hardware: Target[];
  warnings: { severity: string; code: string; text: string; node: string | null }[];
}

export const kSchema = "alidade.result/1";

/** What a file holds: models, and of a comparison which bounds they broke. */
export interface Document {
  models: ModelResult[];
  /** Whether the last model is there to be compared with the first. */
  compares: boolean;
  failedGates: string[];
}

/** The text of a document; a sentence for people where it is none of ours. */
export function readDocument(text: string): Document {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw new Error(
      `This is no JSON: ${(error as Error).message}. A result is made by "alidade profile MODEL --format json".`,
    );
  }
  const { schema, models, failed_gates } = (document ?? {}) as {
    schema?: string;
    models?: ModelResult[];
    failed_gates?: string[];
  };
  if (schema !== kSchema)
    throw new Error(
      `This is no result that the page can read: its schema is ${JSON.stringify(schema ?? null)}, expected "${kSchema}".`,
    );
  return {
    models: models ?? [document as ModelResult],
    compares: failed_gates !== undefined,
    failedGates: failed_gates ?? [],
  };
}
