import { grouped, shortInterval, sum } from "../data/format";
import { isModule, type Module } from "../data/modules";
import { choice, h } from "../ui/dom";
import { nameWidth, numberWidth, Rows } from "../ui/rows";
import { treemap } from "./treemap";
import type { Scene, View } from "./view";

/** The module tree with sums, and the same as areas. */
export function modulesView(scene: Scene): View {
  const { model } = scene;
  const metric = () => model.metric(scene.place().paint);
  const open = new Set<string>([""]);
  for (const inner of model.root.inner) if (model.root.inner.length < 8) open.add(inner.path);
  const list = flatten(model.root);
  const at = new Map(list.map((item, i) => [keyOf(item.part), i]));
  const sums = (part: Module | number, key: string) => {
    const of = model.metric(key);
    return sum((isModule(part) ? part.all : [part]).map((i) => of.value(i) ?? { least: 0, most: null }));
  };
  const cached = new Map<string, string>();
  const cell = (row: number, key: string): string => {
    const id = `${key} ${row}`;
    if (!cached.has(id)) cached.set(id, shortInterval(sums(list[row]!.part, key), model.metric(key).unit));
    return cached.get(id)!;
  };
  const toggle = (path: string) => (open.delete(path) || open.add(path), refresh());
  const name = (row: number): Node => {
    const { part, depth } = list[row]!;
    const text = isModule(part)
      ? part.label
      : model.layers[part]!.name.slice(model.layers[part]!.module.length).replace(/^\//, "") ||
        model.layers[part]!.type;
    const mark = isModule(part)
      ? h(
          "button",
          {
            class: "twist",
            type: "button",
            tabindex: -1,
            "aria-label": open.has(part.path) ? "Close" : "Open",
            onclick: (e: MouseEvent) => (e.stopPropagation(), toggle(part.path)),
          },
          open.has(part.path) ? "▾" : "▸",
        )
      : h("span", { class: "twist" });
    const kind = isModule(part) ? part.type : model.layers[part]!.type;
    const out = h("span", { class: "tree-name" }, mark, text, h("small", {}, ` ${kind}`));
    out.style.paddingLeft = `${depth * 16}px`;
    return out;
  };
  const rows = new Rows({
    label: "Modules",
    columns: [
      { key: "name", title: "Module", width: nameWidth(), cell: name },
      {
        key: "ops",
        title: "Operators",
        width: 106,
        number: true,
        cell: (r) => (isModule(list[r]!.part) ? grouped(model.count((list[r]!.part as Module).all)) : ""),
      },
      ...model.metrics.map((m) => ({
        key: m.key,
        title: m.label,
        width: numberWidth(m.label),
        number: true,
        cell: (r: number) => cell(r, m.key),
      })),
    ],
    choose: (row) => {
      const { part } = list[row]!;
      scene.go(isModule(part) ? { module: part.path, node: "" } : { node: model.layers[part]!.name });
    },
    chosen: () =>
      scene.chosen() >= 0 ? (at.get(`#${scene.chosen()}`) ?? -1) : (at.get(scene.place().module) ?? -1),
    key: (row, event) => {
      const { part } = list[row]!;
      if (!isModule(part) || !["ArrowRight", "ArrowLeft"].includes(event.key)) return false;
      event.key === "ArrowRight" ? open.add(part.path) : open.delete(part.path);
      refresh();
      return true;
    },
  });
  function refresh(): void {
    const shown: number[] = [];
    for (let i = 0; i < list.length; i++) {
      shown.push(i);
      const { part, after } = list[i]!;
      if (isModule(part) && !open.has(part.path)) i = after - 1;
    }
    rows.show(shown);
  }
  const areas = h("div", { class: "areas" });
  const paint = choice(
    "Areas by",
    model.metrics.map((m) => [m.key, m.label]),
    metric().key,
    (value) => scene.go({ paint: value }),
  );
  const follow = (): void => {
    areas.replaceChildren(treemap(scene, metric()));
    rows.reveal();
  };
  refresh();
  follow();
  return {
    element: h("section", { class: "fill" }, h("div", { class: "bar" }, paint), areas, rows.element),
    follow,
  };
}

interface Item {
  part: Module | number;
  depth: number;
  after: number;
}
const keyOf = (part: Module | number): string => (isModule(part) ? part.path : `#${part}`);

/** The tree in the order in which it is shown; `after` is the place of the first row that is not inside. */
function flatten(root: Module): Item[] {
  const out: Item[] = [];
  const add = (part: Module | number, depth: number): void => {
    const item = { part, depth, after: 0 };
    out.push(item);
    if (isModule(part)) for (const inner of part.parts) add(inner, depth + 1);
    item.after = out.length;
  };
  add(root, 0);
  return out;
}
