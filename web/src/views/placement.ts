import { interval, percent, si, withUnit } from "../data/format";
import { kMoving, kStarting, type ModelPlacement, openFigure, type Step, steps } from "../data/placement";
import { deviceColour } from "../ui/colours";
import { css, choice, h, table } from "../ui/dom";
import { lanes, scaleButtons } from "../ui/lanes";
import { spotted } from "../ui/legend";
import type { Plot } from "../ui/plot";
import { card } from "./card";
import { partitionRows, placedOperators, transferRows } from "./placement_tables";
import type { Scene, View } from "./view";

/** Which operators run on which device, why, what moves between them, and how near that is to the best. */
export function placementView(scene: Scene): View {
  const placement = scene.placement();
  if (!placement) {
    const how = "No placement was asked for. Make one: alidade place MODEL --target neuron -o page.html";
    return { element: h("section", {}, h("p", {}, how)), follow: () => {} };
  }
  const plot = timeline(scene, placement);
  const tables = [partitionRows, placedOperators, transferRows].map((make) => make(scene, placement));
  const element = h(
    "section",
    { class: "placement" },
    choices(scene, placement),
    advice(placement),
    h("p", { class: "summary" }, placement.result.summary),
    cards(placement),
    devices(placement),
    h("div", { class: "bar" }, h("h2", {}, "One after the other"), ...scaleButtons(plot)),
    plot.element,
    ...tables.flatMap(({ elements }) => elements),
  );
  const follow = (): void => {
    plot.draw();
    for (const each of tables) each.follow();
  };
  return { element, follow };
}

function choices(scene: Scene, placement: ModelPlacement): HTMLElement {
  const all = scene.model.placements;
  const options = all.map(({ key, result }): [string, string] => [key, `${key} (${result.placer})`]);
  const pick = choice("Placement", options, placement.key, (value) => scene.go({ placement: value }));
  const graph = h(
    "button",
    { type: "button", onclick: () => scene.go({ view: "graph", paint: "device" }) },
    "Devices in the graph",
  );
  return h("div", { class: "bar" }, all.length > 1 ? pick : null, graph);
}

function advice({ result }: ModelPlacement): HTMLElement | null {
  if (!result.advice) return null;
  return h("p", { class: "unknown" }, result.advice[0]!.toUpperCase() + result.advice.slice(1), ".");
}

const kOfObjective = {
  time: "Time",
  energy: "Energy",
  latency: "Latency, devices at work at the same time",
  throughput: "From one input to the next",
};

function cards(placement: ModelPlacement): HTMLElement {
  const { result, unit } = placement;
  const value = openFigure(placement.value, result.at_least);
  const home = result.operators.filter(({ device }) => device === placement.wanted).length;
  return h(
    "div",
    { class: "cards" },
    card(kOfObjective[result.objective], value ? interval(value, unit) : "not known", band(placement)),
    card("No placement takes less than", known(placement.least, unit), gap(placement)),
    card(`Operators on ${placement.wanted}`, `${home} of ${result.operators.length}`, macsShare(placement)),
    card("Partitions", si(result.partitions.length), `placed by ${result.placer}`),
    card("Moved between devices", withUnit(result.moved_bytes, "B"), `${result.transfers.length} transfers`),
  );
}

const known = (value: number | null, unit: string): string =>
  value === null ? "not known" : withUnit(value, unit);

function band({ result }: ModelPlacement): string {
  const { band_low, band_high, time_s } = result;
  if (band_low === null || band_high === null || time_s === null)
    return "how far it may be off is not scored";
  const between = `between ${withUnit(time_s * band_low, "s")} and ${withUnit(time_s * band_high, "s")}`;
  return result.objective === "time" ? between : `one after the other ${between}`;
}

function gap({ result }: ModelPlacement): string {
  if (result.gap < 5e-4) return "this one takes as much";
  return `this one takes ${percent(result.gap)} more`;
}

function macsShare({ result, wanted }: ModelPlacement): string {
  const sum = (all: typeof result.partitions) => all.reduce((macs, one) => macs + one.macs, 0);
  const all = sum(result.partitions);
  return all === 0
    ? ""
    : `${percent(sum(result.partitions.filter((p) => p.device === wanted)) / all)} of the MACs`;
}

/** What each device does, and what it would take alone. */
function devices(placement: ModelPlacement): HTMLElement {
  const { result } = placement;
  const rows = result.devices.map((device, place) => {
    const mine = result.partitions.filter((partition) => partition.device === device);
    const sum = (key: "ops" | "macs" | "time_s") => mine.reduce((all, one) => all + (one[key] ?? 0), 0);
    const weights = result.weights.find((one) => one.device === device);
    return [
      spotted(device, deviceColour(place)),
      si(mine.length),
      si(sum("ops")),
      si(sum("macs")),
      withUnit(sum("time_s"), "s"),
      weights ? withUnit(weights.bytes, "B") : "not known",
      weights?.room_bytes == null ? "not known" : withUnit(weights.room_bytes, "B"),
      alone(placement, device),
    ];
  });
  const head = [
    "Device",
    "Partitions",
    "Operators",
    "MACs",
    "Time",
    "Weights",
    "Room for them",
    "All on it alone",
  ];
  return h("div", {}, h("h2", {}, "Devices"), table(head, rows));
}

function alone(placement: ModelPlacement, device: string): string {
  const found = placement.alone(device);
  if (!found) return "not known";
  return found.value === null ? `impossible: ${found.blockedBy}` : withUnit(found.value, placement.unit);
}

/** Partitions and transfers over time; both choose the operator that begins them. */
function timeline(scene: Scene, placement: ModelPlacement): Plot {
  const { result } = placement;
  const bars = steps(placement, scene.model.indexOf);
  const names = [...result.devices, kMoving, kStarting].filter((name) =>
    bars.some(({ lane }) => lane === name),
  );
  const node = ({ partition, transfer }: Step) =>
    transfer?.made_by ?? (partition && placement.firstIn(partition));
  return lanes({
    label: `Placement of ${scene.model.id} on ${result.devices.join(", ")}: ${bars.length} steps`,
    names,
    bars,
    colour: ({ lane }) =>
      result.devices.includes(lane) ? deviceColour(result.devices.indexOf(lane)) : css("--soft"),
    words: ({ partition, transfer }) =>
      partition
        ? [`#${partition.partition}: ${partition.ops} operators`, `#${partition.partition}`]
        : transfer
          ? [withUnit(transfer.bytes, "B")]
          : [kStarting],
    tell,
    chosen: (step) =>
      step.partition !== undefined && step.partition === placement.partitionOf(scene.chosen()),
    choose: (step) => {
      const name = node(step);
      if (name) scene.go({ node: name });
    },
  });
}

function tell({ took, partition, transfer }: Step): string {
  const time = withUnit(took, "s");
  if (partition)
    return `#${partition.partition} on ${partition.device}\n${partition.ops} operators, bound by ${partition.bound ?? "nothing known"}\n${time}`;
  if (transfer)
    return `${transfer.made_by}\nfrom ${transfer.from} to ${transfer.to}\n${withUnit(transfer.bytes, "B")}, ${time}`;
  return `what devices take for a run as such\n${time}`;
}
