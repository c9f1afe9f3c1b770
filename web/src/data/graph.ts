import { named } from "./format";
import type { Model } from "./model";
import { isModule, type Module, repeats } from "./modules";

/** A box of the graph: a layer, a module, equal modules in a row, or a part of a list that is too long to draw. */
export interface Item {
  id: string;
  label: string;
  kind: string;
  layers: number[];
  inner: Item[];
  /** It works on stored tensors only. */
  stored?: boolean;
  /** Tensors that come from outside of the model, or leave it: of the boxes before the first layers and behind the last. */
  gives?: string[];
  takes?: string[];
}

const kMostInside = 120;
const kMostEnds = 4;
const kMostStored = 3;

/** The whole model as one box, with what is inside of it made when it is opened. */
export function graphItem(model: Model): Item {
  const root = { id: "m", label: model.root.label, kind: model.root.type, layers: model.root.all };
  return lazily(root, () => [
    ...ends(model, "input"),
    ...inside(model, model.root),
    ...ends(model, "output"),
  ]);
}

/** What goes into the model, or comes out; a box for each, or one for all where they are many. */
function ends(model: Model, kind: "input" | "output"): Item[] {
  const tensors = model.result.graph[`${kind}s`];
  const box = (label: string, held: typeof tensors): Item => {
    const texts = held.map(({ name, type }) => `${name} ${type}`);
    const what = held.length > 1 ? `${kind}s` : `${kind} ${held[0]!.type}`;
    return {
      id: `${kind}${label}`,
      label,
      kind: what,
      layers: [],
      inner: [],
      [kind === "input" ? "gives" : "takes"]: texts,
    };
  };
  if (tensors.length > kMostEnds) return [box(`${tensors.length} ${kind}s`, tensors)];
  return tensors.map((tensor) => box(tensor.name, [tensor]));
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
  const folded = storedApart(model, fold(model, module, items));
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

/** What works on stored tensors only is one box, where it is more than a few: others read it from everywhere. */
function storedApart(model: Model, items: Item[]): Item[] {
  const isStored = (item: Item) => item.layers.every((layer) => model.layers[layer]!.folded);
  const stored = items.filter(isStored);
  if (stored.length <= kMostStored) return items;
  const layers = stored.flatMap((item) => item.layers);
  const box = {
    id: `s${stored[0]!.id}`,
    label: `${layers.length} on stored tensors`,
    kind: "done once",
    layers,
    stored: true,
  };
  const inner = stored.length > kMostInside ? chunks(stored, box.id) : stored;
  return [{ ...box, inner }, ...items.filter((item) => !isStored(item))];
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

/** What one part gives another: the tensors, and between which layers each of them goes. */
export interface Flow {
  from: number;
  to: number;
  tensors: Set<string>;
  ends: Set<number>;
}

/** Which of the parts feeds which, by their places. */
export function flows(model: Model, items: Item[]): Flow[] {
  const out = new Map<number, Flow>();
  const add = (from: number, to: number, tensor: string, ends: number[]): void => {
    if (from === to) return;
    const key = from * items.length + to;
    let flow = out.get(key);
    if (!flow) out.set(key, (flow = { from, to, tensors: new Set(), ends: new Set() }));
    flow.tensors.add(tensor);
    for (const end of ends) flow.ends.add(end);
  };
  const of = new Map<number, number>();
  const given = new Map<string, number>();
  items.forEach((item, at) => {
    for (const layer of item.layers) of.set(layer, at);
    for (const tensor of item.gives ?? []) given.set(tensor, at);
  });
  items.forEach((item, to) => {
    for (const tensor of item.takes ?? []) {
      const maker = model.makerOf.get(tensor);
      if (maker !== undefined) add(of.get(maker)!, to, tensor, [maker]);
    }
    for (const layer of item.layers)
      for (const operand of model.layers[layer]!.operands ?? []) {
        if (operand === null) continue;
        const maker = model.makerOf.get(operand);
        const from = maker === undefined ? given.get(operand) : of.get(maker);
        if (from !== undefined && maker !== layer)
          add(from, to, operand, maker === undefined ? [layer] : [maker, layer]);
      }
  });
  return [...out.values()];
}

/** "[1,197,768]" of one tensor, "3 × [1,197,768]" of equal ones, "3 tensors" of others. */
export function flowText({ tensors }: Flow): string {
  const shapes = new Set([...tensors].map((tensor) => named(tensor)[1].replace(/^[^[]*/, "")));
  const [shape] = shapes;
  if (shapes.size > 1 || !shape) return `${tensors.size} tensors`;
  return tensors.size > 1 ? `${tensors.size} × ${shape}` : shape;
}
