import { si, withUnit } from "../data/format";
import { marginText, type ModelPlacement, reasonOf, reasons } from "../data/placement";
import { choice, h, link, table } from "../ui/dom";
import { nameWidth, pathName } from "../ui/rows";
import { type SortedColumn, SortedRows } from "../ui/sorted_rows";
import type { Scene } from "./view";

/** A table with what stands above it; `follow` shows what is chosen. */
export interface Part {
  elements: HTMLElement[];
  follow: () => void;
}

const kMostReasons = 12;

type Rank = (row: number) => number | string;
const words = (key: string, title: string, width: number, rank: (row: number) => string): SortedColumn => ({
  key,
  title,
  width,
  rank,
  cell: rank,
});
const number = (key: string, title: string, rank: Rank, cell: (row: number) => string): SortedColumn => ({
  key,
  title,
  width: 112,
  number: true,
  rank,
  cell,
});
const time = (seconds: number | null): string => (seconds === null ? "not known" : withUnit(seconds, "s"));
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const boxed = (rows: SortedRows): HTMLElement => h("div", { class: "part" }, rows.element);

/** In the order in which they run. */
export function partitionRows(scene: Scene, placement: ModelPlacement): Part {
  const all = placement.result.partitions;
  const batch = (i: number) =>
    all[i]!.takes_batch === null
      ? "not known"
      : all[i]!.takes_batch
        ? "taken"
        : `not taken: ${all[i]!.batch_reason}`;
  const rows = new SortedRows({
    label: "Partitions",
    columns: [
      {
        key: "partition",
        title: "Partition",
        width: 96,
        rank: (i) => i,
        cell: (i) => `#${all[i]!.partition}`,
      },
      words("device", "Device", 200, (i) => all[i]!.device),
      words("bound", "Bound by", 100, (i) => all[i]!.bound ?? "–"),
      number(
        "ops",
        "Operators",
        (i) => all[i]!.ops,
        (i) => si(all[i]!.ops),
      ),
      number(
        "macs",
        "MACs",
        (i) => all[i]!.macs,
        (i) => si(all[i]!.macs),
      ),
      number(
        "in",
        "Bytes in",
        (i) => all[i]!.in_bytes,
        (i) => withUnit(all[i]!.in_bytes, "B"),
      ),
      number(
        "out",
        "Bytes out",
        (i) => all[i]!.out_bytes,
        (i) => withUnit(all[i]!.out_bytes, "B"),
      ),
      number(
        "time",
        "Time",
        (i) => all[i]!.time_s ?? -1,
        (i) => time(all[i]!.time_s),
      ),
      words("batch", "Another batch", 330, batch),
    ],
    choose: (i) => scene.go({ node: placement.firstIn(all[i]!) }),
    chosen: () => (placement.partitionOf(scene.chosen())?.partition ?? 0) - 1,
  });
  rows.show(upTo(all.length));
  return {
    elements: [h("h2", {}, `Partitions, in the order in which they run: ${si(all.length)}`), boxed(rows)],
    follow: () => rows.rows.reveal(),
  };
}

/** Every operator with its reason and its margin: at first those away from the wanted device. */
export function placedOperators(scene: Scene, placement: ModelPlacement): Part {
  const { operators, devices } = placement.result;
  const { wanted } = placement;
  const rows = operatorTable(scene, placement);
  const count = h("output", { class: "count" });
  let word = "";
  let shown = "away";
  const passes = (i: number): boolean => {
    const one = operators[i]!;
    if (shown === "away" ? one.device === wanted : shown && shown !== `on ${one.device}`) return false;
    return !word || `${one.operator}\n${one.framework_op}\n${reasonOf(one)}`.toLowerCase().includes(word);
  };
  const refresh = (): void => {
    const found = upTo(operators.length).filter(passes);
    count.textContent = `${found.length} of ${operators.length} operators`;
    rows.show(found);
  };
  const search = h("input", {
    type: "search",
    placeholder: "search name, operator, reason",
    "aria-label": "Search placed operators",
    oninput: () => ((word = search.value.toLowerCase()), refresh()),
  });
  const filter = choice(
    "Show",
    [
      ["away", `not on ${wanted}`],
      ["", "all"],
      ...devices.map((device): [string, string] => [`on ${device}`, `on ${device}`]),
    ],
    shown,
    (value) => ((shown = value), refresh()),
  );
  const ask = (reason: string): void => {
    search.value = reason;
    word = reason.toLowerCase();
    refresh();
    rows.element.scrollIntoView({ block: "nearest" });
  };
  refresh();
  const title = h("h2", {}, `Operators, and how much more all takes with one moved to ${wanted}`);
  const bar = h("div", { class: "bar" }, search, filter, count);
  return {
    elements: [...reasonTable(placement, ask), title, bar, boxed(rows)],
    follow: () => rows.rows.reveal(),
  };
}

/** Why operators are not where they are wanted; a click lists those of a reason. */
function reasonTable(placement: ModelPlacement, ask: (reason: string) => void): HTMLElement[] {
  const all = reasons(placement);
  if (all.length === 0) return [];
  const rows = all.slice(0, kMostReasons).map(({ reason, operators }) => {
    const kinds = [...new Set(operators.map((one) => one.framework_op))];
    const gain = operators.filter((one) => (placement.margin(one) ?? 0) < 0).length;
    return [
      link(reason, () => ask(reason)),
      kinds.slice(0, 3).join(", ") + (kinds.length > 3 ? ` and ${kinds.length - 3} more` : ""),
      si(operators.length),
      si(gain),
    ];
  });
  const more = all.length > kMostReasons ? `The first ${kMostReasons} of ${all.length} reasons.` : undefined;
  const head = ["Reason", "Operators as", "How many", "Of which moving one would gain"];
  return [h("h2", {}, `Why not on ${placement.wanted}`), table(head, rows, more, [1])];
}

function operatorTable(scene: Scene, placement: ModelPlacement): SortedRows {
  const { operators } = placement.result;
  const place = new Map(operators.map(({ operator }, i) => [operator, i]));
  const home = (i: number) => operators[i]!.device === placement.wanted;
  const margin = (i: number) => placement.margin(operators[i]!);
  const reason = (i: number) => (home(i) ? "" : reasonOf(operators[i]!));
  return new SortedRows({
    label: "Placed operators",
    columns: [
      {
        ...words("name", "Operator", nameWidth(), (i) => operators[i]!.operator),
        cell: (i) => pathName(operators[i]!.operator),
      },
      number(
        "margin",
        "Moved",
        (i) => (home(i) ? -Infinity : (margin(i) ?? Infinity)),
        (i) => (home(i) ? "" : marginText(margin(i), placement.unit)),
      ),
      words("reason", `Not on ${placement.wanted} because`, 440, reason),
      words("device", "On", 200, (i) => operators[i]!.device),
      words("as", "As", 170, (i) => operators[i]!.framework_op),
      number(
        "partition",
        "Partition",
        (i) => operators[i]!.partition,
        (i) => `#${operators[i]!.partition}`,
      ),
      number(
        "time",
        "Time",
        (i) => operators[i]!.placed_time_s ?? -1,
        (i) => time(operators[i]!.placed_time_s),
      ),
    ],
    choose: (i) => scene.go({ node: operators[i]!.operator }),
    chosen: () => place.get(scene.place().node) ?? -1,
  });
}

/** Tensors that go from one device to another in every run. */
export function transferRows(scene: Scene, placement: ModelPlacement): Part {
  const all = placement.result.transfers;
  const title = h("h2", {}, `Transfers: ${si(all.length)}`);
  if (all.length === 0) return { elements: [], follow: () => {} };
  const rows = new SortedRows({
    label: "Transfers",
    columns: [
      {
        ...words("what", "Made by", nameWidth(), (i) => all[i]!.made_by),
        cell: (i) => pathName(all[i]!.made_by),
      },
      words("from", "From", 200, (i) => all[i]!.from),
      words("to", "To", 200, (i) => all[i]!.to),
      number(
        "bytes",
        "Bytes",
        (i) => all[i]!.bytes,
        (i) => withUnit(all[i]!.bytes, "B"),
      ),
      number(
        "time",
        "Time",
        (i) => all[i]!.time_s ?? -1,
        (i) => time(all[i]!.time_s),
      ),
    ],
    choose: (i) => scene.go({ node: all[i]!.made_by }),
    chosen: () => all.findIndex(({ made_by }) => made_by === scene.place().node),
  });
  rows.show(upTo(all.length));
  return { elements: [title, boxed(rows)], follow: () => rows.rows.reveal() };
}
