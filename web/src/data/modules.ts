import type { ModelResult } from "./result";

/** A module of the model: its own layers, the modules inside, and all layers at any depth. */
export interface Module {
  path: string;
  label: string;
  type: string;
  depth: number;
  own: number[];
  inner: Module[];
  all: number[];
  /** Its parts in the order in which they run. */
  parts: (Module | number)[];
}

export const isModule = (part: Module | number): part is Module => typeof part !== "number";

interface StatedModule {
  path: string;
  type: string;
}

export function buildModules(result: ModelResult): Module {
  const types = new Map<string, string>();
  const stated = (result.analyses?.cost as { modules?: StatedModule[] } | undefined)?.modules ?? [];
  for (const module of stated) types.set(module.path, module.type);
  const made = new Map<string, Module>();
  const root = newModule("", result.model, types.get("") ?? "", 0);
  made.set("", root);
  result.layers.forEach((layer, i) => {
    const home = moduleAt(layer.module ?? "", made, types);
    home.own.push(i);
    home.parts.push(i);
    addToAll(home, i, made);
  });
  return root;
}

const newModule = (path: string, label: string, type: string, depth: number): Module => ({
  path,
  label,
  type: type.slice(type.lastIndexOf(".") + 1),
  depth,
  own: [],
  inner: [],
  all: [],
  parts: [],
});

const parentPath = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf(".")));

function moduleAt(path: string, made: Map<string, Module>, types: Map<string, string>): Module {
  const known = made.get(path);
  if (known) return known;
  const parent = moduleAt(parentPath(path), made, types);
  const label = parent.path ? path.slice(parent.path.length + 1) : path;
  const module = newModule(path, label, types.get(path) ?? "", parent.depth + 1);
  made.set(path, module);
  parent.inner.push(module);
  parent.parts.push(module);
  return module;
}

function addToAll(home: Module, layer: number, made: Map<string, Module>): void {
  for (let module = home; ; module = made.get(parentPath(module.path))!) {
    module.all.push(layer);
    if (module.path === "") return;
  }
}

/** Equal for modules that do the same on tensors of the same shapes. */
export function signature(module: Module, result: ModelResult): string {
  return `${module.type}:${module.all.map((i) => `${result.layers[i]!.type}${JSON.stringify(result.layers[i]!.shape)}`).join()}`;
}

/** Runs of three and more equal siblings, told by the index of their first part and how many follow. */
export function repeats(parts: (Module | number)[], result: ModelResult): { first: number; count: number }[] {
  const marks = parts.map((part) => (isModule(part) ? signature(part, result) : ""));
  const out: { first: number; count: number }[] = [];
  for (let first = 0; first < parts.length;) {
    let end = first + 1;
    while (end < parts.length && marks[first] !== "" && marks[end] === marks[first]) end++;
    if (end - first >= 3) out.push({ first, count: end - first });
    first = end;
  }
  return out;
}
