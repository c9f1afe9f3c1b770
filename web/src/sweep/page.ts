import { grouped } from "../data/format";
import { bounds, label, type Line, type Point, Sweep, type SweepDocument } from "../data/sweep";
import { palette } from "../ui/colours";
import { choice, h, table } from "../ui/dom";
import { spotted } from "../ui/legend";
import { Theme } from "../ui/theme";
import { kFigures, lineChart } from "./charts";
import { paretoSection } from "./pareto";

const kMostLines = 8;
const kMostSaid = 20;

/** Where the person is: kept in the address, so that a link shows the same again. */
interface Place {
  model: string;
  over: string;
  only: string;
  goal: string;
}

/** A sweep: figures of a model over its axes, what bounds them, what takes least, and what failed. */
export class SweepPage {
  private sweep: Sweep;
  private place: Place;
  private top = h("header", {});
  private main = h("main", { class: "sweep" });
  private theme = new Theme(() => this.make());

  constructor(place: HTMLElement, document: SweepDocument) {
    this.sweep = new Sweep(document);
    this.place = this.read();
    place.replaceChildren(this.top, h("div", { class: "middle" }, this.main));
    addEventListener("hashchange", () => ((this.place = this.read()), this.make()));
    this.make();
  }

  private read(): Place {
    const given = new URLSearchParams(location.hash.slice(1));
    const one = (key: string, all: string[]): string => {
      const wish = given.get(key) ?? "";
      return all.includes(wish) ? wish : (all[0] ?? "");
    };
    return {
      model: one("model", this.sweep.models),
      over: one("over", this.sweep.numeric),
      only: given.get("only") ?? "",
      goal: given.get("goal") ?? "",
    };
  }
  private go(to: Partial<Place>): void {
    const next = Object.entries({ ...this.place, ...to }).filter(([, value]) => value);
    location.hash = new URLSearchParams(Object.fromEntries(next)).toString();
  }

  private make(): void {
    document.title = `Sweep of ${this.sweep.models.join(", ")} · Alidade`;
    this.top.replaceChildren(this.head());
    const goal = this.place.goal === "" ? undefined : Number(this.place.goal);
    this.main.replaceChildren(
      h("h1", { class: "hidden" }, `${this.place.model}: sweep`),
      h(
        "section",
        {},
        this.said(),
        ...this.charts(),
        paretoSection(this.sweep, this.place.model, goal, (seconds) =>
          this.go({ goal: seconds > 0 ? String(seconds) : "" }),
        ),
      ),
    );
  }

  private head(): HTMLElement {
    const { models, numeric } = this.sweep;
    const names = (words: string[]) => words.map((word): [string, string] => [word, label(word)]);
    const devices = [...new Set(this.sweep.points.map((point) => point.text("on")))];
    return h(
      "div",
      { class: "bar" },
      choice("Model", names(models), this.place.model, (model) => this.go({ model })),
      numeric.length > 1 && choice("Over", names(numeric), this.place.over, (over) => this.go({ over })),
      devices.length > 1 &&
        choice("On", [["", "all devices"], ...names(devices)], this.place.only, (only) => this.go({ only })),
      h("span", { class: "spring" }),
      h("button", { type: "button", onclick: () => window.print() }, "Print"),
      this.theme.button,
    );
  }

  /** How much there is, and first what there is not. */
  private said(): HTMLElement {
    const { points, failed, missing, models } = this.sweep;
    const all = `${grouped(points.length)} points of ${models.length} ${models.length === 1 ? "model" : "models"}`;
    if (failed.length === 0 && missing === 0)
      return h("p", { class: "known" }, `${all}. Times are estimates.`);
    return h(
      "div",
      { class: "unknown" },
      h("h2", {}, `${all}${missing > 0 ? `; ${grouped(missing)} are not there yet` : ""}`),
      failed.length > 0 && this.failures(failed),
    );
  }
  /** Points that failed, those of one model and one reason together. */
  private failures(failed: Point[]): HTMLElement {
    const reasons = new Map<string, Point[]>();
    for (const point of failed) {
      const reason = `${point.text("model")}: ${point.text("error")}`;
      reasons.set(reason, [...(reasons.get(reason) ?? []), point]);
    }
    const items = [...reasons].slice(0, kMostSaid).map(([reason, points]) => {
      const more = points.length > 1 ? ` and ${grouped(points.length - 1)} more` : "";
      return h("li", {}, `${reason} (${this.sweep.nameOf(points[0]!)}${more})`);
    });
    const left = reasons.size - items.length;
    if (left > 0) items.push(h("li", {}, `${grouped(left)} more reasons`));
    return h("details", {}, h("summary", {}, `${grouped(failed.length)} failed`), h("ul", {}, ...items));
  }

  private charts(): HTMLElement[] {
    const { over } = this.place;
    if (!over)
      return [
        h("p", { class: "note" }, "No axis of this sweep has several numbers: there is no chart over one."),
      ];
    const every = this.sweep
      .lines(this.place.model, over)
      .filter(({ points }) => !this.place.only || points[0]!.text("on") === this.place.only);
    const lines = every.slice(0, kMostLines);
    const colour = palette(lines.map(({ name }) => name));
    const left =
      every.length > lines.length &&
      h(
        "p",
        { class: "note" },
        `${lines.length} of ${every.length} lines are drawn; choose a device to see others.`,
      );
    return [
      this.legend(lines, colour),
      ...(left ? [left] : []),
      this.figures(lines, colour),
      this.bounds(every),
    ];
  }

  private legend(lines: Line[], colour: (name: string) => string): HTMLElement {
    const items = lines.map(({ name }) => spotted(name, colour(name)));
    return h("p", { class: "legend" }, ...items, h("span", {}, "ring: another bound from here on"));
  }

  private figures(lines: Line[], colour: (name: string) => string): HTMLElement {
    const parts = kFigures.map((figure) => {
      const chart = lineChart(figure, lines, this.place.over, colour);
      if (chart) queueMicrotask(() => chart.draw());
      const title = `${figure.title} over ${label(this.place.over)}`;
      return h(
        "div",
        {},
        h("h2", {}, title),
        chart?.element ?? h("p", { class: "note" }, "Not known on any of these."),
      );
    });
    return h("div", { class: "charts" }, ...parts);
  }

  private bounds(lines: Line[]): HTMLElement {
    const rows = lines.map((line) => [line.name, bounds(line, this.place.over)]);
    return h(
      "div",
      {},
      h("h2", {}, "What bounds it"),
      table(["Line", `Over ${label(this.place.over)}`], rows, undefined, [1]),
    );
  }
}
