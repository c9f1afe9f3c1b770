import type { Model } from "./model";
import { isModule, type Module, repeats } from "./modules";

/** A box of the graph: a layer, a module, equal modules in a row, or a part of a list that is too long to draw. */
export interface Item {
  id: string;
  label: string;
  kind: string;
  layers: number[];
  inner: Item[];
}

const kMostInside = 120;

/** The whole model as one box, with what is inside of it made when it is opened. */
export function graphItem(model: Model): Item {
  return moduleItem(model, model.root, model.root.label);
}

function moduleItem(model: Model, module: Module, label: string): Item {
  return lazily({ id: `m${module.path}`, label, kind: module.type, layers: module.all }, () =>
    inside(model, module),
  );
}

function inside(model: Model, module: Module): Item[] {
  const items = module.parts.map((part) =>
    isModule(part) ? moduleItem(model, part, part.label) : layerItem(model, part),
  );
  const folded = fold(model, module, items);
  return folded.length <= kMostInside ? folded : chunks(folded, module.path);
}

function layerItem(model: Model, i: number): Item {
  const layer = model.layers[i]!;
  const label =
    layer.name.slice(layer.module.length).replace(/^\//, "") || layer.module.split(".").pop() || layer.type;
  return { id: `l${i}`, label, kind: layer.type, layers: [i], inner: [] };
}

/** Equal modules in a row become one box that says how many they are. */
function fold(model: Model, module: Module, items: Item[]): Item[] {
  const out = [...items];
  for (const { first, count } of repeats(module.parts, model.result).reverse()) {
    const inner = items.slice(first, first + count);
    if (count === items.length) continue;
    const label = `${inner[0]!.label} … ${inner[count - 1]!.label}`;
    out.splice(first, count, {
      id: `r${inner[0]!.id}`,
      label,
      kind: `${count} × ${inner[0]!.kind}`,
      layers: inner.flatMap((item) => item.layers),
      inner,
    });
  }
  return out;
}

function chunks(items: Item[], path: string): Item[] {
  const size = Math.max(kMostInside / 2, Math.ceil(items.length / kMostInside));
  const out: Item[] = [];
  for (let first = 0; first < items.length; first += size) {
    const inner = items.slice(first, first + size);
    const label = `parts ${first + 1} to ${first + inner.length}`;
    const part = {
      id: `c${path}:${first}`,
      label,
      kind: `${inner.length} parts`,
      layers: inner.flatMap((item) => item.layers),
    };
    out.push(lazily(part, () => (inner.length > kMostInside ? chunks(inner, `${path}:${first}`) : inner)));
  }
  return out;
}

function lazily(item: Omit<Item, "inner">, make: () => Item[]): Item {
  let made: Item[] | undefined;
  return Object.defineProperty({ ...item }, "inner", { get: () => (made ??= make()) }) as Item;
}

/** Which of the parts feeds which: pairs of their places. */
export function links(model: Model, items: Item[]): [from: number, to: number][] {
  const of = new Map<number, number>();
  items.forEach((item, at) => item.layers.forEach((layer) => of.set(layer, at)));
  const seen = new Set<number>();
  items.forEach((item, to) => {
    for (const layer of item.layers)
      for (const before of model.edges.before[layer]!) {
        const from = of.get(before);
        if (from !== undefined && from !== to) seen.add(from * items.length + to);
      }
  });
  return [...seen].map((pair) => [Math.floor(pair / items.length), pair % items.length]);
}
