import { ratio, withUnit } from "../data/format";
import { css, h } from "./dom";

/** Where values lie on the screen: linear or logarithmic, over `from` to `to`. */
export class Axis {
  constructor(
    public from: number,
    public to: number,
    readonly log: boolean,
    readonly unit: string,
  ) {}
  at(value: number, start: number, end: number): number {
    const [a, b, v] = this.log
      ? [Math.log(this.from), Math.log(this.to), Math.log(Math.max(value, 1e-300))]
      : [this.from, this.to, value];
    return start + ((v - a) / (b - a || 1)) * (end - start);
  }
  value(pixel: number, start: number, end: number): number {
    const share = (pixel - start) / (end - start || 1);
    if (this.log) return Math.exp(Math.log(this.from) + share * (Math.log(this.to) - Math.log(this.from)));
    return this.from + share * (this.to - this.from);
  }
  ticks(most: number): number[] {
    const out: number[] = [];
    if (this.log) {
      const low = Math.ceil(Math.log10(this.from) - 1e-9);
      const high = Math.floor(Math.log10(this.to) + 1e-9);
      const step = Math.max(1, Math.ceil((high - low + 1) / most));
      for (let e = low; e <= high; e += step) out.push(10 ** e);
      return out.length > 2 ? out : this.close();
    }
    const raw = (this.to - this.from) / most;
    const size = 10 ** Math.floor(Math.log10(raw || 1));
    const step = [1, 2, 5, 10].map((k) => k * size).find((s) => s >= raw) ?? size;
    for (let v = Math.ceil(this.from / step) * step; v <= this.to; v += step) out.push(v);
    return out;
  }
  /** Marks of a narrow logarithmic axis: 1, 2 and 5 of every power of ten. */
  private close(): number[] {
    const out: number[] = [];
    for (let e = Math.floor(Math.log10(this.from)); 10 ** e <= this.to; e++)
      out.push(...[1, 2, 5].map((k) => k * 10 ** e).filter((v) => v >= this.from && v <= this.to));
    return out;
  }
}

export interface Area {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** A drawing with axes that fits its place, follows the pointer and zooms along x. */
export class Plot {
  readonly element: HTMLElement;
  readonly canvas = h("canvas", { role: "img", tabindex: 0 });
  readonly tip = h("div", { class: "tip", hidden: true });
  readonly zoom: [from: number, to: number];
  area: Area = { left: 64, right: 0, top: 12, bottom: 0 };

  constructor(
    label: string,
    readonly x: Axis,
    readonly y: Axis | undefined,
    readonly pixels: number,
    private paint: (pen: CanvasRenderingContext2D, plot: Plot) => void,
    private hover: (x: number, y: number) => string | undefined,
    private click: (x: number, y: number) => void,
  ) {
    this.zoom = [x.from, x.to];
    this.canvas.setAttribute("aria-label", label);
    this.element = h("div", { class: "plot" }, this.canvas, this.tip);
    this.element.style.height = `${pixels}px`;
    new ResizeObserver(() => this.draw()).observe(this.element);
    this.canvas.addEventListener("pointermove", (e) => this.point(e));
    this.canvas.addEventListener("pointerleave", () => (this.tip.hidden = true));
    this.canvas.addEventListener("click", (e) => this.click(e.offsetX, e.offsetY));
    this.canvas.addEventListener("keydown", (e) => this.key(e));
    if (!x.log) this.canvas.addEventListener("wheel", (e) => this.wheel(e), { passive: false });
  }

  px = (value: number): number => this.x.at(value, this.area.left, this.area.right);
  py = (value: number): number => this.y!.at(value, this.area.bottom, this.area.top);
  xAt = (pixel: number): number => this.x.value(pixel, this.area.left, this.area.right);

  draw(): void {
    const width = this.element.clientWidth;
    if (width === 0) return;
    const scale = devicePixelRatio || 1;
    this.canvas.width = width * scale;
    this.canvas.height = this.pixels * scale;
    this.area = {
      left: this.y ? (this.y.log ? 96 : 68) : 8,
      right: width - 12,
      top: 12,
      bottom: this.pixels - 34,
    };
    const pen = this.canvas.getContext("2d")!;
    pen.scale(scale, scale);
    pen.font = "12px system-ui, sans-serif";
    this.axes(pen);
    pen.save();
    pen.beginPath();
    pen.rect(
      this.area.left,
      this.area.top - 6,
      this.area.right - this.area.left,
      this.area.bottom - this.area.top + 8,
    );
    pen.clip();
    this.paint(pen, this);
    pen.restore();
  }

  private axes(pen: CanvasRenderingContext2D): void {
    const { left, right, top, bottom } = this.area;
    pen.strokeStyle = css("--line");
    pen.fillStyle = css("--soft");
    pen.lineWidth = 1;
    pen.textAlign = "center";
    for (const tick of this.x.ticks(Math.max(2, (right - left) / 110))) {
      const at = this.px(tick);
      line(pen, at, top, at, bottom);
      pen.textAlign = at < left + 12 ? "left" : "center";
      pen.fillText(this.x.log ? ratio(tick) : withUnit(tick, this.x.unit), at, bottom + 16);
    }
    pen.textAlign = "center";
    if (this.x.log) pen.fillText(this.x.unit, (left + right) / 2, bottom + 31);
    if (!this.y) return;
    pen.textAlign = "right";
    for (const tick of this.y.ticks(6)) {
      const at = this.py(tick);
      line(pen, left, at, right, at);
      pen.fillText(withUnit(tick, this.y.unit), left - 6, at + 4);
    }
  }

  private point(event: PointerEvent): void {
    const text = this.hover(event.offsetX, event.offsetY);
    this.tip.hidden = text === undefined;
    if (text === undefined) return;
    this.tip.textContent = text;
    const room = this.element.clientWidth - this.tip.offsetWidth - 4;
    this.tip.style.left = `${Math.max(4, Math.min(room, event.offsetX + 14))}px`;
    this.tip.style.top = `${Math.max(4, event.offsetY - this.tip.offsetHeight - 10)}px`;
  }

  private wheel(event: WheelEvent): void {
    if (!event.ctrlKey && !event.shiftKey) return;
    event.preventDefault();
    this.scale(Math.exp(Math.sign(event.deltaY || event.deltaX) * 0.25), this.xAt(event.offsetX));
  }

  private key(event: KeyboardEvent): void {
    const middle = (this.x.from + this.x.to) / 2;
    const step = (this.x.to - this.x.from) / 10;
    const acts: Record<string, () => void> = {
      "+": () => this.scale(0.7, middle),
      "-": () => this.scale(1 / 0.7, middle),
      "0": () => this.scale(Infinity, middle),
      ArrowLeft: () => this.shift(-step),
      ArrowRight: () => this.shift(step),
    };
    const act = this.x.log ? undefined : acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  scale(factor: number, around: number): void {
    const [low, high] = this.zoom;
    this.x.from = Math.max(low, factor === Infinity ? low : around - (around - this.x.from) * factor);
    this.x.to = Math.min(high, factor === Infinity ? high : around + (this.x.to - around) * factor);
    this.draw();
  }

  private shift(by: number): void {
    const room = Math.max(this.zoom[0] - this.x.from, Math.min(by, this.zoom[1] - this.x.to));
    this.x.from += room;
    this.x.to += room;
    this.draw();
  }
}

export function line(pen: CanvasRenderingContext2D, x0: number, y0: number, x1: number, y1: number): void {
  pen.beginPath();
  pen.moveTo(x0, y0);
  pen.lineTo(x1, y1);
  pen.stroke();
}
