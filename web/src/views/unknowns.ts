import { grouped } from "../data/format";
import type { Model } from "../data/model";
import { h, link } from "../ui/dom";
import type { Scene } from "./view";

const kMostSaid = 8;

/** What is not known, and what was warned of: the first thing that a person sees. */
export function unknowns(scene: Scene): HTMLElement {
  const { model } = scene;
  const { result } = model;
  const said: (string | Node)[] = summarised(model);
  const unknown = model.unknown;
  if (unknown.length > 0)
    said.push(
      h(
        "span",
        {},
        `${unknown.length} of ${model.layers.length} operators are not exactly known; every total is at least what is shown: `,
        ...linked(scene, unknown),
      ),
    );
  for (const failed of result.failed_analyses ?? [])
    said.push(`The analysis ${failed.analysis} made no result: ${failed.error.what}.`);
  for (const target of model.targets) {
    if (target.unpriced_ops > 0)
      said.push(
        `${target.id} has no price for ${target.unpriced_ops} operators; its time is at least what is shown.`,
      );
    if (!target.band) said.push(`${target.id}: how far its time may be off is not scored.`);
    if (target.unsupported.length > 0)
      said.push(
        `${target.id} does not support ${target.unsupported.length} operators: ${[...new Set(target.unsupported.map((u) => u.reason || u.op))].slice(0, 3).join("; ")}.`,
      );
  }
  const unsure = said.length > 0 || (result.warnings ?? []).some(({ severity }) => severity !== "note");
  for (const warning of result.warnings ?? []) said.push(warning.text);
  if (said.length === 0)
    return h(
      "p",
      { class: "known" },
      "Every operator of this model is known: all counts are exact. Times are estimates.",
    );
  const more =
    said.length > kMostSaid
      ? h("details", {}, h("summary", {}, `${said.length - kMostSaid} more`), list(said.slice(kMostSaid)))
      : null;
  return h(
    "div",
    { class: unsure ? "unknown" : "notes" },
    h("h2", {}, unsure ? "What is not known, and notes" : "Every operator is known; notes"),
    list(said.slice(0, kMostSaid)),
    more,
  );
}

/** What a page that is a summary does not have. */
function summarised({ result, layers }: Model): (string | Node)[] {
  const summary = result.page_summary;
  if (!summary) return [];
  const lists = Object.entries(summary.lists).map(([path, count]) => `${path} (${grouped(count)})`);
  const parts = lists.length > 0 ? ` Of these lists it has a part or nothing: ${lists.join(", ")}.` : "";
  return [
    `This page is a summary: ${grouped(summary.operators)} operators are ${grouped(layers.length)} sums by module and type.${parts} The JSON result has all of it.`,
  ];
}

const list = (items: (string | Node)[]): HTMLElement =>
  h("ul", {}, ...items.map((item) => h("li", {}, item)));

function linked(scene: Scene, layers: number[]): Node[] {
  const links = layers
    .slice(0, 5)
    .map((i) => scene.model.layers[i]!.name)
    .map((name) => link(name, () => scene.go({ node: name })));
  return links
    .flatMap((one, i): Node[] => (i ? [document.createTextNode(", "), one] : [one]))
    .concat(layers.length > 5 ? [document.createTextNode(" …")] : []);
}
