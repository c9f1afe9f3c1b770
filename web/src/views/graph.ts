import { graphItem, type Item } from "../data/graph";
import { layOut, type Placed } from "../data/layout";
import { choice, css, h, svg } from "../ui/dom";
import { legend } from "../ui/legend";
import { PanZoom } from "../ui/panzoom";
import { type Ink, inksOf } from "./ink";
import type { Scene, View } from "./view";

/** The graph folded into modules: a click opens a module and lays it out, any number is painted on it. */
export function graphView(scene: Scene): View {
  const { model } = scene;
  const root = graphItem(model);
  const open = new Set<Item>([root]);
  const picture = svg("svg", { class: "drawing", role: "group", "aria-label": "Graph", tabindex: 0 });
  const pan = new PanZoom(picture);
  const inks = inksOf(scene);
  const paint = choice("Paint", inks.options, scene.place().paint, (value) => scene.go({ paint: value }));
  const note = h("output", { class: "count" });
  const colours = h("span", {});
  const button = (text: string, act: () => void) => h("button", { type: "button", onclick: act }, text);

  const toggle = (item: Item): void => {
    open.delete(item) || open.add(item);
    draw();
  };
  const choose = (item: Item): void => {
    if (item.inner.length > 0) return toggle(item);
    scene.go({ node: model.layers[item.layers[0]!]!.name });
  };
  function draw(fit = false): void {
    const placed = layOut(model, root, (item) => open.has(item));
    const ink = inks.of(placed);
    picture.replaceChildren(arrowHead(), pan.layer);
    pan.layer.replaceChildren(...pieces(placed, scene.chosen(), ink, choose, 0, 0));
    pan.size(placed.w, placed.h);
    note.textContent = model.knowsEdges
      ? `${boxes(placed)} boxes; a click opens a module${inks.note()}`
      : "This result does not say which operator makes which tensor, so there are no lines. A newer program writes it.";
    colours.replaceChildren(legend(inks.legend()));
    if (fit) requestAnimationFrame(() => pan.fit());
  }
  /** Opens what holds the chosen layer and brings it into sight. */
  function reveal(): void {
    const layer = scene.chosen();
    if (layer < 0) return;
    for (
      let at: Item | undefined = root;
      at && at.inner.length > 0;
      at = at.inner.find((item) => item.layers.includes(layer))
    )
      open.add(at);
  }
  const follow = (): void => {
    reveal();
    draw();
    const chosen = picture.querySelector(".box.chosen");
    if (chosen) requestAnimationFrame(() => pan.center(chosen as SVGGraphicsElement));
  };
  reveal();
  draw(scene.chosen() < 0);
  const close = () => (open.clear(), open.add(root), draw(true));
  const bar = h(
    "div",
    { class: "bar" },
    paint,
    button("Fold all", close),
    button("−", () => pan.zoom(1 / 1.3)),
    button("+", () => pan.zoom(1.3)),
    button("Fit", () => pan.fit()),
    colours,
    note,
  );
  return { element: h("section", { class: "fill" }, bar, picture as unknown as HTMLElement), follow };
}

const boxes = (placed: Placed): number => placed.inner.reduce((all, box) => all + boxes(box), 1);

function pieces(
  placed: Placed,
  chosen: number,
  ink: (item: Item) => Ink,
  choose: (item: Item) => void,
  x: number,
  y: number,
): SVGElement[] {
  const { item } = placed;
  const left = x + placed.x;
  const top = y + placed.y;
  const look = placed.open ? { fill: "transparent", text: css("--soft"), note: "" } : ink(item);
  const rect = svg("rect", { x: left, y: top, width: placed.w, height: placed.h, rx: 7 });
  rect.style.fill = look.fill;
  const mine = !placed.open && item.layers.length === 1 && item.layers[0] === chosen;
  const label = `${item.label}, ${item.kind}${look.note ? `, ${look.note}` : ""}`;
  const act = () => choose(item);
  const box = svg(
    "g",
    {
      class: `box${placed.open ? " open" : ""}${mine ? " chosen" : ""}`,
      tabindex: 0,
      role: "button",
      onclick: act,
      onkeydown: (e: KeyboardEvent) => (e.key === "Enter" || e.key === " ") && (e.preventDefault(), act()),
    },
    svg("title", {}, label),
    rect,
  );
  box.append(
    write(
      `${item.inner.length && !placed.open ? "▸ " : placed.open ? "▾ " : ""}${item.label}`,
      left + 10,
      top + 19,
      look.text,
      placed.w - 16,
      placed.open ? kindText(item) : "",
    ),
  );
  if (!placed.open)
    box.append(
      write(
        `${item.kind}${look.note ? ` · ${look.note}` : ""}`,
        left + 10,
        top + 36,
        look.text,
        placed.w - 16,
        "",
        "small",
      ),
    );
  const lines = placed.lines.map((points) =>
    svg("path", { class: "edge", d: curve(points, left, top), "marker-end": "url(#arrow)" }),
  );
  return [box, ...lines, ...placed.inner.flatMap((inner) => pieces(inner, chosen, ink, choose, left, top))];
}

const kindText = (item: Item): string => (item.kind ? ` ${item.kind}` : "");

function write(
  text: string,
  x: number,
  y: number,
  fill: string,
  room: number,
  more = "",
  kind = "",
): SVGElement {
  const most = Math.floor(room / (kind ? 6.3 : 7));
  const whole = text + more;
  const out = svg(
    "text",
    { x, y, "aria-hidden": "true", class: kind || undefined },
    whole.length > most ? `${whole.slice(0, most - 1)}…` : whole,
  );
  out.style.fill = fill;
  return out;
}

const curve = (points: { x: number; y: number }[], x: number, y: number): string =>
  points.map((p, i) => `${i ? "L" : "M"}${(p.x + x).toFixed(1)} ${(p.y + y).toFixed(1)}`).join("");

function arrowHead(): SVGElement {
  return svg(
    "defs",
    {},
    svg(
      "marker",
      { id: "arrow", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto" },
      svg("path", { d: "M0 0L8 4L0 8z", class: "arrow" }),
    ),
  );
}
