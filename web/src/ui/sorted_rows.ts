import { type Column, Rows, type RowsOptions } from "./rows";

/** A column by which rows can be sorted: numbers from the greatest down, words from the first up. */
export interface SortedColumn extends Column {
  rank: (row: number) => number | string;
}

export interface SortedOptions extends Omit<RowsOptions, "sort" | "sorted" | "columns"> {
  columns: SortedColumn[];
}

/** A table that a click on a title sorts, a second one the other way round. */
export class SortedRows {
  readonly rows: Rows;
  private by = { key: "", down: true };
  private shown: readonly number[] = [];

  constructor(private options: SortedOptions) {
    this.rows = new Rows({ ...options, sorted: () => this.by, sort: (key) => this.sort(key) });
  }
  get element(): HTMLElement {
    return this.rows.element;
  }
  /** In the order of the model where no column was asked for. */
  show(rows: readonly number[]): void {
    this.shown = rows;
    this.rows.element.scrollTop = 0;
    this.rows.show(this.ordered());
  }
  private sort(key: string): void {
    this.by = { key, down: this.by.key === key ? !this.by.down : this.isNumber(key) };
    this.show(this.shown);
  }
  private isNumber(key: string): boolean {
    const column = this.options.columns.find((one) => one.key === key);
    return this.shown.length > 0 && typeof column?.rank(this.shown[0]!) === "number";
  }
  private ordered(): readonly number[] {
    const column = this.options.columns.find(({ key }) => key === this.by.key);
    if (!column) return this.shown;
    const ranks = new Map(this.shown.map((row) => [row, column.rank(row)]));
    const sign = this.by.down ? -1 : 1;
    const order = (a: number | string, b: number | string) => (a < b ? -1 : a > b ? 1 : 0);
    return [...this.shown].sort((a, b) => sign * order(ranks.get(a)!, ranks.get(b)!) || a - b);
  }
}
