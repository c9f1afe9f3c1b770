import type { Item } from "../data/graph";
import type { Line, Placed } from "../data/layout";
import { css, svg } from "../ui/dom";
import type { Ink } from "./ink";

/** What boxes and lines are drawn with. */
export interface Look {
  /** The chosen layer, or -1. */
  chosen: number;
  /** Layers that a search has found. */
  found: ReadonlySet<number>;
  ink: (item: Item) => Ink;
  choose: (item: Item) => void;
}

/** A box, what is inside of it, and the lines between that. */
export function pieces(placed: Placed, look: Look, x = 0, y = 0): SVGElement[] {
  const [left, top] = [x + placed.x, y + placed.y];
  const inner = placed.inner.flatMap((one) => pieces(one, look, left, top));
  const lines = placed.lines.flatMap((line) => drawLine(line, look.chosen, left, top));
  return [box(placed, look, left, top), ...lines, ...inner];
}

function box(placed: Placed, look: Look, left: number, top: number): SVGElement {
  const { item, open } = placed;
  const ink = inkOf(placed, look);
  const rect = svg("rect", {
    x: left,
    y: top,
    width: placed.w,
    height: placed.h,
    rx: item.layers.length ? 7 : 20,
  });
  rect.style.fill = ink.fill;
  const below = [item.kind, ink.note].filter(Boolean);
  const act = () => look.choose(item);
  const shown = svg(
    "g",
    {
      class: classOf(placed, look),
      tabindex: 0,
      role: "button",
      onclick: act,
      onkeydown: (e: KeyboardEvent) => (e.key === "Enter" || e.key === " ") && (e.preventDefault(), act()),
    },
    svg("title", {}, [item.label, ...below].join(", ")),
    rect,
  );
  const mark = open ? "▾ " : item.inner.length ? "▸ " : "";
  const title = mark + item.label + (open && item.kind ? ` ${item.kind}` : "");
  shown.append(write(title, left + 10, top + 19, ink.text, placed.w - 16));
  if (!open) shown.append(write(below.join(" · "), left + 10, top + 36, ink.text, placed.w - 16, "small"));
  return shown;
}

/** What is neither a module nor a layer, or is open, has no colour. */
function inkOf({ item, open }: Placed, look: Look): Ink {
  if (open) return { fill: "transparent", text: css("--soft"), note: "" };
  return item.layers.length ? look.ink(item) : { fill: css("--back"), text: css("--text"), note: "" };
}

function classOf({ item, open }: Placed, look: Look): string {
  const mine = !open && item.layers.length === 1 && item.layers[0] === look.chosen;
  const found = !open && look.found.size > 0 && item.layers.some((layer) => look.found.has(layer));
  return ["box", open && "open", mine && "chosen", found && "found"].filter(Boolean).join(" ");
}

/** Lines to and from the chosen layer stand out. */
function drawLine({ points, text, at, ends }: Line, chosen: number, left: number, top: number): SVGElement[] {
  const mine = ends.has(chosen) ? " mine" : "";
  const path = points.map((p, i) => `${i ? "L" : "M"}${(p.x + left).toFixed(1)} ${(p.y + top).toFixed(1)}`);
  const arrow = mine ? "url(#my-arrow)" : "url(#arrow)";
  return [
    svg("path", { class: `edge${mine}`, d: path.join(""), "marker-end": arrow }),
    svg("text", { class: `small flow${mine}`, x: at.x + left, y: at.y + top, "aria-hidden": "true" }, text),
  ];
}

function write(text: string, x: number, y: number, fill: string, room: number, kind = ""): SVGElement {
  const most = Math.floor(room / (kind ? 6.3 : 7));
  const out = svg(
    "text",
    { x, y, "aria-hidden": "true", class: kind || undefined },
    text.length > most ? `${text.slice(0, most - 1)}…` : text,
  );
  out.style.fill = fill;
  return out;
}

export const arrowHeads = (): SVGElement =>
  svg("defs", {}, arrowHead("arrow", "arrow"), arrowHead("my-arrow", "arrow mine"));

function arrowHead(id: string, kind: string): SVGElement {
  const shape = svg("path", { d: "M0 0L8 4L0 8z", class: kind });
  const place = { viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto" };
  return svg("marker", { id, ...place }, shape);
}
