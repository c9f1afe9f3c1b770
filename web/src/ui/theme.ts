import { h } from "./dom";

/** Dark or light: as the system has it, until the person turns it. */
export class Theme {
  readonly button = h("button", { type: "button", onclick: () => this.turn() }, "Dark or light");

  constructor(private changed: () => void) {
    const dark = matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", () => (this.set(dark.matches), this.changed()));
    this.set(dark.matches);
  }
  private set(dark: boolean): void {
    document.documentElement.dataset.theme = dark ? "dark" : "light";
  }
  private turn(): void {
    this.set(document.documentElement.dataset.theme !== "dark");
    this.changed();
  }
}
