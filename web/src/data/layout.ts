import dagre from "@dagrejs/dagre";
import { type Item, links } from "./graph";
import type { Model } from "./model";

/** A box with its place in the box around it. */
export interface Placed {
  item: Item;
  x: number;
  y: number;
  w: number;
  h: number;
  open: boolean;
  inner: Placed[];
  lines: { x: number; y: number }[][];
}

const kHead = 30;
const kPad = 14;
const kBoxHeight = 46;

const closedWidth = (item: Item): number =>
  Math.min(260, Math.max(110, 26 + 7.4 * Math.max(item.label.length, item.kind.length + 9)));

/** Lays out a box and, where it is open, what is inside, each module by itself. */
export function layOut(model: Model, item: Item, open: (item: Item) => boolean): Placed {
  if (item.inner.length === 0 || !open(item))
    return { item, x: 0, y: 0, w: closedWidth(item), h: kBoxHeight, open: false, inner: [], lines: [] };
  const inner = item.inner.map((part) => layOut(model, part, open));
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir: "TB", nodesep: 18, ranksep: 26, edgesep: 10 });
  graph.setDefaultEdgeLabel(() => ({}));
  inner.forEach((box, i) => graph.setNode(String(i), { width: box.w, height: box.h }));
  for (const [from, to] of links(model, item.inner)) graph.setEdge(String(from), String(to));
  dagre.layout(graph);
  inner.forEach((box, i) => {
    const at = graph.node(String(i));
    box.x = at.x - box.w / 2 + kPad;
    box.y = at.y - box.h / 2 + kPad + kHead;
  });
  const lines = graph.edges().map((edge) =>
    (graph.edge(edge).points ?? []).map((p: { x: number; y: number }) => ({
      x: p.x + kPad,
      y: p.y + kPad + kHead,
    })),
  );
  const w = Math.max(closedWidth(item), ...inner.map((box) => box.x + box.w)) + kPad;
  const h = Math.max(...inner.map((box) => box.y + box.h)) + kPad;
  return { item, x: 0, y: 0, w, h, open: true, inner, lines };
}
