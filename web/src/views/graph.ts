import { graphItem, type Item } from "../data/graph";
import { layOut, type Placed } from "../data/layout";
import { found } from "../data/search";
import { choice, h, svg } from "../ui/dom";
import { legend } from "../ui/legend";
import { PanZoom } from "../ui/panzoom";
import { arrowHeads, pieces } from "./graph_boxes";
import { inksOf } from "./ink";
import type { Scene, View } from "./view";

/** The graph folded into modules: a click opens a module and lays it out, any number is painted on it. */
export function graphView(scene: Scene): View {
  const { model } = scene;
  const root = graphItem(model);
  const open = new Set<Item>(alone(root));
  const picture = svg("svg", { class: "drawing", role: "group", "aria-label": "Graph", tabindex: 0 });
  const pan = new PanZoom(picture);
  const inks = inksOf(scene);
  const paint = choice("Paint", inks.options, scene.place().paint, (value) => scene.go({ paint: value }));
  const note = h("output", { class: "count" });
  const colours = h("span", {});
  const button = (text: string, act: () => void) => h("button", { type: "button", onclick: act }, text);
  let matches: number[] = [];

  const toggle = (item: Item): void => {
    open.delete(item) || open.add(item);
    draw();
  };
  const choose = (item: Item): void => {
    if (item.inner.length > 0) return toggle(item);
    const [layer] = item.layers;
    if (layer !== undefined) scene.go({ node: model.layers[layer]!.name });
  };
  function draw(fit = false): void {
    const placed = layOut(model, root, (item) => open.has(item));
    const look = { chosen: scene.chosen(), found: new Set(matches), ink: inks.of(placed), choose };
    picture.replaceChildren(arrowHeads(), pan.layer);
    pan.layer.replaceChildren(...pieces(placed, look));
    pan.size(placed.w, placed.h);
    note.textContent = said(placed);
    colours.replaceChildren(legend(inks.legend(placed)));
    if (fit) requestAnimationFrame(() => pan.fit());
  }
  function said(placed: Placed): string {
    if (!model.knowsEdges)
      return "This result does not say which operator makes which tensor, so there are no lines. A newer program writes it.";
    if (search.value) return `${matches.length} found; Enter goes to the next`;
    return `${boxes(placed)} boxes; a click opens a module${inks.note()}`;
  }
  /** The first one that was found behind the chosen layer, or the first of all. */
  function goOn(): void {
    const next = matches.find((layer) => layer > scene.chosen()) ?? matches[0];
    if (next !== undefined) scene.go({ node: model.layers[next]!.name });
  }
  const search = h("input", {
    type: "search",
    placeholder: "search",
    "aria-label": "Search the graph",
    oninput: () => ((matches = found(model.layers, search.value.toLowerCase())), draw()),
    onkeydown: (e: KeyboardEvent) => e.key === "Enter" && goOn(),
  });
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
  const close = () => {
    open.clear();
    for (const item of alone(root)) open.add(item);
    draw(true);
  };
  const bar = h(
    "div",
    { class: "bar" },
    search,
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

/** A box, and what is in it and in that as long as it is one module that does all the work. */
function alone(item: Item): Item[] {
  const [first, second] = item.inner.filter(({ layers, stored }) => layers.length > 0 && !stored);
  return first && !second && first.inner.length > 0 ? [item, ...alone(first)] : [item];
}

/** Of modules and layers: what goes in and out is none. */
const boxes = ({ item, inner }: Placed): number =>
  inner.reduce((all, box) => all + boxes(box), item.inner.length || item.layers.length ? 1 : 0);
