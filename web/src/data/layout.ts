import dagre from "@dagrejs/dagre";
import { flows, flowText, type Item } from "./graph";
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
  lines: Line[];
}

/** A line with what flows along it. */
export interface Line {
  points: Point[];
  text: string;
  at: Point;
  /** Layers that make or take it. */
  ends: Set<number>;
}
interface Point {
  x: number;
  y: number;
}

const kHead = 30;
const kPad = 14;
const kBoxHeight = 46;
const kLetter = 6;

const closedWidth = (item: Item): number =>
  Math.min(260, Math.max(110, 26 + 7.4 * Math.max(item.label.length, item.kind.length + 9)));

/** Lays out a box and, where it is open, what is inside, each module by itself. */
export function layOut(model: Model, item: Item, open: (item: Item) => boolean): Placed {
  if (item.inner.length === 0 || !open(item))
    return { item, x: 0, y: 0, w: closedWidth(item), h: kBoxHeight, open: false, inner: [], lines: [] };
  const inner = item.inner.map((part) => layOut(model, part, open));
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir: "TB", nodesep: 18, ranksep: 30, edgesep: 10 });
  graph.setDefaultEdgeLabel(() => ({}));
  inner.forEach((box, i) => graph.setNode(String(i), { width: box.w, height: box.h }));
  const between = new Map(flows(model, item.inner).map((flow) => [`${flow.from} ${flow.to}`, flow]));
  for (const flow of between.values()) {
    const width = kLetter * flowText(flow).length + 8;
    graph.setEdge(String(flow.from), String(flow.to), { width, height: 12, labelpos: "r", labeloffset: 4 });
  }
  dagre.layout(graph);
  inner.forEach((box, i) => {
    const at = graph.node(String(i));
    box.x = at.x - box.w / 2 + kPad;
    box.y = at.y - box.h / 2 + kPad + kHead;
  });
  const moved = ({ x, y }: Point): Point => ({ x: x + kPad, y: y + kPad + kHead });
  const lines = graph.edges().map((edge): Line => {
    const { points, x, y, width } = graph.edge(edge);
    const flow = between.get(`${edge.v} ${edge.w}`)!;
    const at = moved({ x: x - width / 2 + 4, y: y + 4 });
    return { points: (points ?? []).map(moved), text: flowText(flow), at, ends: flow.ends };
  });
  const { width = 0, height = 0 } = graph.graph();
  const w = Math.max(closedWidth(item), width + 2 * kPad);
  const h = height + kHead + 2 * kPad;
  return { item, x: 0, y: 0, w, h, open: true, inner, lines };
}
