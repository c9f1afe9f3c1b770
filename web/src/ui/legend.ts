import { boundColour } from "./colours";
import { h } from "./dom";

/** A spot of a colour before the text that it stands for. */
export function spotted(text: string, colour: string): HTMLElement {
  const spot = h("i", { class: "spot" });
  spot.style.background = colour;
  return h("span", { class: "spotted" }, spot, text);
}

export const legend = (entries: [text: string, colour: string][]): HTMLElement =>
  h("span", { class: "legend" }, ...entries.map(([text, colour]) => spotted(text, colour)));

export const boundLegend = (): HTMLElement =>
  legend(
    ["compute", "memory", "launch"].map((bound): [string, string] => [
      `bound by ${bound}`,
      boundColour(bound),
    ]),
  );
