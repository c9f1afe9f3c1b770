import { grouped } from "../data/format";
import { h, table } from "../ui/dom";
import type { Scene, View } from "./view";

const kMostRows = 200;
const kNotShownElsewhere = (name: string): boolean => !/^(cost$|crosscheck$|placement(_|$))/.test(name);

/** The results of every other analysis as it wrote them: those that have no view of their own, in-house ones too. */
export function otherView(scene: Scene): View {
  const results = Object.entries(scene.model.result.analyses ?? {}).filter(([name]) =>
    kNotShownElsewhere(name),
  );
  const parts = results.map(([name, result], i) =>
    h("details", { open: i === 0 }, h("summary", {}, name.replaceAll("_", " ")), anything(result)),
  );
  const none = h(
    "p",
    {},
    "No further analysis was run. Add some: --with fusion --with concurrency --with parallelism --with crosscheck",
  );
  return { element: h("section", {}, ...(parts.length ? parts : [none])), follow: () => {} };
}

function anything(value: unknown): Node {
  if (Array.isArray(value)) return listed(value);
  if (value === null || typeof value !== "object") return document.createTextNode(plain(value));
  const entries = Object.entries(value).filter(
    ([key, v]) => !(key.endsWith("_upper") && v === (value as Record<string, unknown>)[key.slice(0, -6)]),
  );
  const simple = entries.filter(([, v]) => v === null || typeof v !== "object");
  const deep = entries.filter(([, v]) => v !== null && typeof v === "object");
  return h(
    "div",
    {},
    h("dl", {}, ...simple.flatMap(([key, v]) => [h("dt", {}, words(key)), h("dd", {}, plain(v))])),
    ...deep.map(([key, v]) =>
      h(
        "details",
        {},
        h("summary", {}, `${words(key)}${Array.isArray(v) ? ` (${v.length})` : ""}`),
        anything(v),
      ),
    ),
  );
}

const words = (key: string): string => key.replaceAll("_", " ");
const plain = (value: unknown): string =>
  value === null
    ? "not known"
    : typeof value === "number"
      ? Number.isInteger(value)
        ? grouped(value)
        : value.toPrecision(4)
      : String(value);

function listed(values: unknown[]): Node {
  const shown = values.slice(0, kMostRows);
  const more =
    values.length > kMostRows
      ? h("p", { class: "note" }, `The first ${kMostRows} of ${values.length}.`)
      : null;
  if (shown.length === 0) return h("p", { class: "note" }, "none");
  if (!shown.every((v) => v !== null && typeof v === "object" && !Array.isArray(v)))
    return h(
      "div",
      {},
      h(
        "p",
        {},
        shown.map((v) => (v !== null && typeof v === "object" ? JSON.stringify(v) : plain(v))).join(", "),
      ),
      more,
    );
  const rows = shown as Record<string, unknown>[];
  const keys = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter(
    (key) => !key.endsWith("_upper") || rows.some((row) => row[key] !== row[key.slice(0, -6)]),
  );
  const cell = (v: unknown) =>
    v !== null && typeof v === "object"
      ? Array.isArray(v) && v.every((x) => typeof x !== "object")
        ? v.slice(0, 6).join(", ") + (v.length > 6 ? ` … (${v.length})` : "")
        : JSON.stringify(v).slice(0, 200)
      : plain(v);
  return h(
    "div",
    {},
    table(
      keys.map(words),
      rows.map((row) => keys.map((key) => cell(row[key]))),
    ),
    more,
  );
}
