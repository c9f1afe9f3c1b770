import { svg } from "./dom";

/** Moves and scales a drawing: drag, wheel, pinch of a touchpad, + - 0 and the arrows. */
export class PanZoom {
  readonly layer = svg("g");
  private scale = 1;
  private x = 0;
  private y = 0;
  private width = 1;
  private height = 1;

  constructor(private picture: SVGElement) {
    picture.addEventListener("pointerdown", (e) => this.drag(e));
    picture.addEventListener("wheel", (e) => this.wheel(e), { passive: false });
    picture.addEventListener("keydown", (e) => this.key(e));
  }
  size(width: number, height: number): void {
    [this.width, this.height] = [width, height];
    this.apply();
  }
  /** The whole width in sight; what is very tall starts at its top, at a size that can be read. */
  fit(): void {
    const box = this.picture.getBoundingClientRect();
    const whole = Math.min(box.width / this.width, box.height / this.height) * 0.97;
    this.scale = Math.min(1.2, Math.max(whole, Math.min(0.75, (box.width / this.width) * 0.97)));
    this.x = (box.width - this.width * this.scale) / 2;
    this.y = Math.max(8, (box.height - this.height * this.scale) / 2);
    this.apply();
  }
  zoom(factor: number, x = this.picture.clientWidth / 2, y = this.picture.clientHeight / 2): void {
    const next = Math.min(4, Math.max(0.03, this.scale * factor));
    this.x = x - ((x - this.x) * next) / this.scale;
    this.y = y - ((y - this.y) * next) / this.scale;
    this.scale = next;
    this.apply();
  }
  center(element: SVGGraphicsElement): void {
    const box = element.getBBox();
    const room = this.picture.getBoundingClientRect();
    this.x = room.width / 2 - (box.x + box.width / 2) * this.scale;
    this.y = room.height / 2 - (box.y + box.height / 2) * this.scale;
    this.apply();
  }
  private apply(): void {
    this.layer.setAttribute("transform", `translate(${this.x} ${this.y}) scale(${this.scale})`);
  }
  private drag(start: PointerEvent): void {
    const from = { x: this.x - start.clientX, y: this.y - start.clientY };
    const move = (e: PointerEvent) => {
      if (Math.hypot(e.clientX - start.clientX, e.clientY - start.clientY) > 4)
        this.picture.classList.add("dragged");
      this.x = from.x + e.clientX;
      this.y = from.y + e.clientY;
      this.apply();
    };
    const end = () => {
      removeEventListener("pointermove", move);
      setTimeout(() => this.picture.classList.remove("dragged"));
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", end, { once: true });
  }
  private wheel(event: WheelEvent): void {
    event.preventDefault();
    const box = this.picture.getBoundingClientRect();
    if (event.ctrlKey || !event.deltaX)
      return this.zoom(Math.exp(-event.deltaY / 400), event.clientX - box.x, event.clientY - box.y);
    this.x -= event.deltaX;
    this.y -= event.deltaY;
    this.apply();
  }
  private key(event: KeyboardEvent): void {
    if (event.target !== this.picture) return;
    const move = (x: number, y: number) => () => ((this.x += x), (this.y += y), this.apply());
    const acts: Record<string, (() => void) | undefined> = {
      "+": () => this.zoom(1.3),
      "-": () => this.zoom(1 / 1.3),
      "0": () => this.fit(),
      ArrowLeft: move(60, 0),
      ArrowRight: move(-60, 0),
      ArrowUp: move(0, 60),
      ArrowDown: move(0, -60),
    };
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }
}
