import { alike } from "../data/alike";
import { percent, ratio, withUnit } from "../data/format";
import type { Kernel, Target } from "../data/result";
import { link, table } from "../ui/dom";
import type { Scene } from "./view";

const kShown = 15;

export const flopsOf = (kernel: Kernel): number => kernel.matrix_flops + kernel.vector_flops;
export const bytesOf = (kernel: Kernel): number => kernel.read_bytes + kernel.written_bytes;

/** Of one run; 0 where it is not known. */
export const secondsOf = (kernel: Kernel): number => kernel.time_s ?? 0;

/** Kernels that do the same and take as long, with the time of all their runs, the longest first. */
export interface KernelGroup {
  name: string;
  kernel: Kernel;
  count: number;
  layers: Set<string>;
  seconds: number;
  share: number;
}

export function kernelGroups(target: Target): KernelGroup[] {
  const priced = target.kernels.filter((kernel) => secondsOf(kernel) > 0);
  const whole = (kernels: Kernel[]) =>
    kernels.reduce((sum, kernel) => sum + secondsOf(kernel) * kernel.runs, 0);
  const total = whole(priced);
  const markOf = (kernel: Kernel) =>
    [kernel.kind, kernel.bound, secondsOf(kernel).toPrecision(3), flopsOf(kernel), bytesOf(kernel)].join(" ");
  return alike(priced, (kernel) => kernel.name, markOf)
    .map(({ name, all }) => {
      const layers = new Set(all.flatMap((kernel) => kernel.layers));
      return {
        name,
        kernel: all[0]!,
        count: all.length,
        layers,
        seconds: whole(all),
        share: whole(all) / total,
      };
    })
    .sort((a, b) => b.seconds - a.seconds);
}

/** The kernels of a target that take longest, with what bounds them. */
export function longestKernels(scene: Scene, groups: KernelGroup[]): HTMLElement {
  const rows = groups
    .slice(0, kShown)
    .map(({ name, kernel, count, seconds, share }) => [
      link(name, () => scene.go({ node: kernel.layers[0] ?? "" })),
      kernel.kind,
      String(count),
      withUnit(secondsOf(kernel), "s"),
      withUnit(seconds, "s"),
      percent(share),
      kernel.bound,
      withUnit(flopsOf(kernel) / secondsOf(kernel), "FLOP/s"),
      bytesOf(kernel) === 0 ? "–" : ratio(flopsOf(kernel) / bytesOf(kernel)),
    ]);
  const head = [
    "Kernel",
    "Kind",
    "How many",
    "Each",
    "Together",
    "Share",
    "Bound by",
    "Rate",
    "FLOPs per byte",
  ];
  return table(head, rows, "The kernels that take longest", [1, 6]);
}
