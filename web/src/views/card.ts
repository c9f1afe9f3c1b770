import { h } from "../ui/dom";

/** A figure with what it is called above and what belongs to it below. */
export const card = (label: string, value: string, below: string): HTMLElement =>
  h(
    "div",
    { class: "card", title: below || undefined },
    h("small", {}, label),
    h("b", {}, value),
    below ? h("small", {}, below) : null,
  );
