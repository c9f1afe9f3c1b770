type Child = Node | string | null | undefined | false;
type Attributes = Record<string, string | number | boolean | ((event: never) => void) | undefined>;

function fill(element: Element, attributes: Attributes, children: Child[]): void {
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(key.slice(2), value as EventListener);
    else element.setAttribute(key, value === true ? "" : String(value));
  }
  for (const child of children) if (child) element.append(child);
}

/** An element; text is always text, never markup. Keys that begin with "on" are listeners. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  fill(element, attributes, children);
  return element;
}

export function svg(tag: string, attributes: Attributes = {}, ...children: Child[]): SVGElement {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  fill(element, attributes, children);
  return element;
}

export const css = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** A path that goes on in the next line behind a dot, a slash or an underscore, where it has to. */
export const atDots = (path: string): (string | Node)[] =>
  path.split(/(?<=[./_])/).flatMap((part, i) => (i > 0 ? [h("wbr"), part] : [part]));

/** Text that leads somewhere else on the page. */
export const link = (text: string, go: () => void): HTMLElement =>
  h("button", { class: "link", type: "button", onclick: go }, ...atDots(text));

/** A drop-down list with its label. */
export function choice(
  label: string,
  options: [value: string, text: string][],
  value: string,
  change: (value: string) => void,
): HTMLElement {
  const select = h(
    "select",
    { "aria-label": label, onchange: () => change(select.value) },
    ...options.map(([v, text]) => h("option", { value: v }, text)),
  );
  select.value = value;
  return h("label", { class: "choice" }, h("span", {}, label), select);
}

/** A small table; the first column holds words, as do those of `words`, the others numbers. */
export function table(
  head: string[],
  rows: (string | Node)[][],
  caption?: string,
  words: number[] = [],
): HTMLElement {
  const kind = (i: number) => (i > 0 && !words.includes(i) ? "number" : undefined);
  const cell = (tag: "td" | "th") => (text: string | Node, i: number) => h(tag, { class: kind(i) }, text);
  const top = h("tr", {}, ...head.map((text, i) => h("th", { scope: "col", class: kind(i) }, text)));
  const body = rows.map((row) => h("tr", {}, ...row.map(cell("td"))));
  return h(
    "div",
    { class: "scroll", tabindex: 0, role: "region", "aria-label": caption ?? head.join(", ") },
    h("table", {}, caption && h("caption", {}, caption), h("thead", {}, top), h("tbody", {}, ...body)),
  );
}
