import { withUnit } from "./data/format";
import { Model } from "./data/model";
import { type ModelResult, readDocument } from "./data/result";
import { choice, h } from "./ui/dom";
import { State, type Place } from "./ui/state";
import { Theme } from "./ui/theme";
import { compareView } from "./views/compare";
import { crosscheckView } from "./views/crosscheck";
import { details } from "./views/details";
import { graphView } from "./views/graph";
import { memoryView } from "./views/memory";
import { modulesView } from "./views/modules";
import { operatorsView } from "./views/operators";
import { otherView } from "./views/other";
import { overviewView } from "./views/overview";
import { placementView } from "./views/placement";
import { rooflineView } from "./views/roofline";
import { scheduleView } from "./views/schedule";
import type { Scene, View } from "./views/view";

const kViews: [key: string, title: string, make: (scene: Scene) => View][] = [
  ["overview", "Overview", overviewView],
  ["modules", "Modules", modulesView],
  ["operators", "Operators", operatorsView],
  ["graph", "Graph", graphView],
  ["roofline", "Roofline", rooflineView],
  ["memory", "Memory", memoryView],
  ["schedule", "Schedule", scheduleView],
  ["placement", "Placement", placementView],
  ["crosscheck", "Cross-check", crosscheckView],
  ["compare", "Compare", compareView],
  ["other", "More", otherView],
];
/** A change of these makes the view anew; of the others it follows. */
const kRemake: (keyof Place)[] = ["view", "model", "target", "placement", "other"];

/** A result that takes a browser seconds to read; the program sums up what is longer. */
const kMostBytes = 256 * 2 ** 20;

const tooLarge = ({ name, size }: File): string =>
  `${name} has ${withUnit(size, "B")}, and a page takes up to ${withUnit(kMostBytes, "B")}. Its summary: alidade render ${name} -o page.html`;

/** By its number, or the one before or behind. */
function viewFor(key: string, now: string): string | undefined {
  const at = kViews.findIndex(([name]) => name === now);
  const step = { "[": -1, "]": 1 }[key];
  const [name] = kViews[step ? at + step : Number(key) - 1] ?? [];
  return name;
}

export class App {
  private state = new State();
  private models: Model[] = [];
  private failedGates: string[] = [];
  private view?: View;
  private theme = new Theme(() => this.make());
  private top = h("header", {});
  private main = h("main", {});
  private side = h("aside", { "aria-label": "Chosen operator", hidden: true });
  private file = h("input", {
    type: "file",
    accept: ".json",
    hidden: true,
    multiple: true,
    "aria-label": "Result files",
    onchange: () => this.read([...(this.file.files ?? [])]),
  });

  constructor(place: HTMLElement) {
    place.replaceChildren(this.top, h("div", { class: "middle" }, this.main, this.side), this.file);
    this.state.changed((before) => this.follow(before));
    addEventListener("keydown", (e) => this.key(e));
    addEventListener("dragover", (e) => e.preventDefault());
    addEventListener("drop", (e) => (e.preventDefault(), this.read([...(e.dataTransfer?.files ?? [])])));
  }

  /** Shows what a document holds, beside what is there. */
  add(text: string): void {
    try {
      const document = readDocument(text);
      const first = this.models.length;
      for (const result of document.models)
        if (!result.error) this.models.push(new Model(result, this.idFor(result)));
      this.failedGates.push(...document.failedGates);
      const [before, after] = [this.models[first], this.models.at(-1)];
      if (document.compares && before && after)
        this.state.begin({ view: "compare", model: after.id, other: before.id });
      this.make();
      for (const { model, error } of document.models)
        if (error) this.say(`${model} was not read: ${error.what}. ${error.fix}`);
    } catch (error) {
      this.make();
      this.say((error as Error).message);
    }
  }

  /** The model's name; of two of one name the second is told by a number. */
  private idFor({ model }: ModelResult): string {
    const taken = new Set(this.models.map(({ id }) => id));
    let id = model;
    for (let n = 2; taken.has(id); n++) id = `${model} (${n})`;
    return id;
  }

  start(): void {
    if (this.models.length === 0) this.make();
  }

  private scene(): Scene {
    const model = this.model()!;
    const place = () => this.state.place;
    return {
      model,
      all: this.models,
      failedGates: this.failedGates,
      other: () => {
        const others = this.models.filter((other) => other !== model);
        return others.find((other) => other.id === place().other) ?? others[0];
      },
      place,
      go: (to) => this.state.go(to),
      target: () => model.targets.find((target) => target.id === place().target) ?? model.targets[0],
      placement: () => model.placements.find(({ key }) => key === place().placement) ?? model.placements[0],
      chosen: () => model.indexOf.get(place().node) ?? -1,
      open: () => this.file.click(),
    };
  }

  private model(): Model | undefined {
    return this.models.find((model) => model.id === this.state.place.model) ?? this.models[0];
  }

  private make(): void {
    const model = this.model();
    if (!model) return this.main.replaceChildren(this.empty());
    document.title = `${model.id} · Alidade`;
    this.top.replaceChildren(this.head(model), this.tabs());
    const [key, title, make] = kViews.find(([name]) => name === this.state.place.view) ?? kViews[0]!;
    this.view = make(this.scene());
    this.main.className = key;
    this.top.querySelector("[aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });
    this.main.replaceChildren(h("h1", { class: "hidden" }, `${model.id}: ${title}`), this.view.element);
    this.view.follow();
    this.showSide();
  }

  private follow(before: Place): void {
    if (!this.model()) return;
    if (kRemake.some((key) => before[key] !== this.state.place[key])) return this.make();
    this.showSide();
    this.view?.follow();
  }

  private showSide(): void {
    const found = details(this.scene());
    this.side.hidden = found === null;
    this.side.replaceChildren(...(found ? [found] : []));
  }

  private head(model: Model): HTMLElement {
    const pick =
      this.models.length > 1
        ? choice(
            "Model",
            this.models.map((m) => [m.id, m.id]),
            model.id,
            (value) => this.state.go({ model: value, node: "", module: "" }),
          )
        : h("b", { class: "model" }, model.id);
    const open = h("button", { type: "button", onclick: () => this.file.click() }, "Open…");
    const print = h("button", { type: "button", onclick: () => window.print() }, "Print");
    return h("div", { class: "bar" }, pick, h("span", { class: "spring" }), open, print, this.theme.button);
  }

  private tabs(): HTMLElement {
    const tabs = kViews.map(([key, title], i) =>
      h(
        "button",
        {
          type: "button",
          title: i < 9 ? `${title} (key ${i + 1})` : title,
          "aria-current": this.state.place.view === key ? "page" : undefined,
          onclick: () => this.state.go({ view: key }),
        },
        title,
      ),
    );
    return h("nav", { class: "tabs", "aria-label": "Views" }, ...tabs);
  }

  private key(event: KeyboardEvent): void {
    const typing = (event.target as HTMLElement).matches?.("input, select");
    if (event.ctrlKey || event.metaKey || event.altKey || !this.model()) return;
    if (event.key === "Escape" && this.state.place.node) this.state.go({ node: "" });
    if (typing) return;
    const view = viewFor(event.key, this.state.place.view);
    if (view) this.state.go({ view });
    if (event.key !== "/") return;
    event.preventDefault();
    const search = () => this.main.querySelector<HTMLInputElement>("input[type=search]");
    if (!search()) this.state.go({ view: "operators" });
    search()?.focus();
  }

  private async read(files: File[]): Promise<void> {
    const before = this.models.length;
    for (const file of files)
      if (file.size > kMostBytes) this.say(tooLarge(file));
      else this.add(await file.text());
    this.file.value = "";
    if (before > 0 && this.models.length > before)
      this.state.go({ view: "compare", model: this.models.at(-1)!.id, other: this.models[before - 1]!.id });
  }

  private empty(): HTMLElement {
    return h(
      "section",
      { class: "empty" },
      h("h1", {}, "Alidade"),
      h("p", {}, "This page has no result in it. Drop one here, or open it; nothing leaves this machine."),
      h("button", { type: "button", onclick: () => this.file.click() }, "Open a result…"),
    );
  }

  private say(text: string): void {
    this.main.prepend(h("p", { class: "unknown", role: "alert" }, text));
  }
}
