import { endOf } from "../data/format";
import { h } from "./dom";

/** Wide enough for the title and a number. */
export const numberWidth = (title: string): number => Math.max(88, 44 + 8.6 * title.length);

/** Of the column of names, which stays in sight. */
export const nameWidth = (): number => (innerWidth < 720 ? 180 : 330);

/** A path in the column of names: its end is what tells it from others. */
export const pathName = (name: string): HTMLElement =>
  h("span", { title: name }, endOf(name, Math.floor((nameWidth() - 20) / 7.9)));

export interface Column {
  key: string;
  title: string;
  width: number;
  number?: boolean;
  cell: (row: number) => string | Node;
}

export interface RowsOptions {
  label: string;
  columns: Column[];
  choose: (row: number) => void;
  chosen: () => number;
  sort?: (key: string) => void;
  sorted?: () => { key: string; down: boolean };
  key?: (row: number, event: KeyboardEvent) => boolean;
}

const kRowPixels = 30;
const kSpare = 6;

/** A table of any length of which only the rows in sight are elements. */
export class Rows {
  readonly element: HTMLElement;
  private rows: readonly number[] = [];
  private body = h("div", { class: "rows-body", role: "rowgroup" });
  private head: HTMLElement;

  constructor(private options: RowsOptions) {
    this.head = h("div", { class: "rows-head", role: "rowgroup" });
    this.element = h(
      "div",
      {
        class: "rows",
        role: "grid",
        tabindex: 0,
        "aria-label": options.label,
        onscroll: () => this.draw(),
        onkeydown: (e: KeyboardEvent) => this.key(e),
      },
      this.head,
      this.body,
    );
    new ResizeObserver(() => this.draw()).observe(this.element);
  }

  show(rows: readonly number[]): void {
    this.rows = rows;
    this.element.setAttribute("aria-rowcount", String(rows.length + 1));
    this.body.style.height = `${rows.length * kRowPixels}px`;
    this.drawHead();
    this.draw();
  }

  /** Brings the chosen row into sight. */
  reveal(): void {
    const at = this.rows.indexOf(this.options.chosen());
    if (at < 0) return this.draw();
    const top = at * kRowPixels;
    const box = this.element;
    if (top < box.scrollTop || top + 2 * kRowPixels > box.scrollTop + box.clientHeight)
      box.scrollTop = Math.max(0, top - box.clientHeight / 2);
    this.draw();
  }

  draw(): void {
    const first = Math.max(0, Math.floor(this.element.scrollTop / kRowPixels) - kSpare);
    const count = Math.ceil(Math.max(this.element.clientHeight, 400) / kRowPixels) + 2 * kSpare;
    const shown = this.rows.slice(first, first + count);
    this.body.replaceChildren(...shown.map((row, i) => this.row(row, first + i)));
  }

  private drawHead(): void {
    const sorted = this.options.sorted?.();
    const cells = this.options.columns.map((column) => {
      const mark = sorted?.key === column.key ? (sorted.down ? " ↓" : " ↑") : "";
      const title = this.options.sort
        ? h("button", { type: "button", onclick: () => this.options.sort!(column.key) }, column.title + mark)
        : column.title;
      const order = mark ? (sorted!.down ? "descending" : "ascending") : undefined;
      return this.sized(
        h(
          "div",
          { role: "columnheader", class: column.number ? "number" : undefined, "aria-sort": order },
          title,
        ),
        column,
      );
    });
    this.head.replaceChildren(h("div", { class: "row", role: "row", "aria-rowindex": 1 }, ...cells));
  }

  private row(row: number, at: number): HTMLElement {
    const cells = this.options.columns.map((column) => {
      const value = column.cell(row);
      const title = typeof value === "string" ? value : undefined;
      return this.sized(
        h("div", { role: "gridcell", class: column.number ? "number" : undefined, title }, value),
        column,
      );
    });
    const chosen = row === this.options.chosen();
    const element = h(
      "div",
      {
        class: chosen ? "row chosen" : "row",
        role: "row",
        "aria-rowindex": at + 2,
        "aria-selected": String(chosen),
        onclick: () => this.options.choose(row),
      },
      ...cells,
    );
    element.style.top = `${at * kRowPixels}px`;
    return element;
  }

  private sized(cell: HTMLElement, column: Column): HTMLElement {
    cell.style.width = `${column.width}px`;
    return cell;
  }

  private key(event: KeyboardEvent): void {
    if (event.target !== this.element) return;
    const at = this.rows.indexOf(this.options.chosen());
    if (at >= 0 && this.options.key?.(this.rows[at]!, event)) return event.preventDefault();
    const page = Math.floor(this.element.clientHeight / kRowPixels) - 2;
    const steps: Record<string, number> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
      Home: -Infinity,
      End: Infinity,
    };
    const step = steps[event.key];
    if (step === undefined || this.rows.length === 0) return;
    event.preventDefault();
    const next = Math.min(this.rows.length - 1, Math.max(0, at + step));
    this.options.choose(this.rows[next]!);
    this.reveal();
  }
}
