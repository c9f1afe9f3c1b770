/** What the person looks at. It lives in the address after #, so that a link shows the same again. */
export interface Place {
  view: string;
  model: string;
  node: string;
  module: string;
  target: string;
  placement: string;
  paint: string;
  other: string;
}

const kFirst: Place = {
  view: "overview",
  model: "",
  node: "",
  module: "",
  target: "",
  placement: "",
  paint: "flops",
  other: "",
};
const kKeys = Object.keys(kFirst) as (keyof Place)[];

/** From one chosen layer to the next, as the arrows do: going back leads to before the first. */
const isStep = (from: Place, to: Partial<Place>): boolean =>
  Boolean(from.node && to.node) && Object.keys(to).length === 1;

export class State {
  private first: Place = { ...kFirst };
  place: Place = this.read();
  private listeners: ((before: Place) => void)[] = [];

  constructor() {
    addEventListener("hashchange", () => this.take(this.read()));
  }
  /** Where the page begins when its address says nothing else. */
  begin(at: Partial<Place>): void {
    this.first = { ...kFirst, ...at };
    this.place = this.read();
  }
  changed(listener: (before: Place) => void): void {
    this.listeners.push(listener);
  }
  go(to: Partial<Place>): void {
    const next = { ...this.place, ...to };
    const address = `#${this.write(next)}`;
    if (isStep(this.place, to)) history.replaceState(null, "", address);
    else history.pushState(null, "", address);
    this.take(next);
  }
  private take(next: Place): void {
    const before = this.place;
    this.place = next;
    for (const listener of this.listeners) listener(before);
  }
  private read(): Place {
    const given = new URLSearchParams(location.hash.slice(1));
    const place = { ...this.first };
    for (const key of kKeys) place[key] = given.get(key) ?? this.first[key];
    if (place.node && !given.has("view")) place.view = "operators";
    return place;
  }
  private write(place: Place): string {
    const out = new URLSearchParams();
    for (const key of kKeys) if (place[key] !== this.first[key]) out.set(key, place[key]);
    if (place.node && !out.has("view")) out.set("view", place.view);
    return out.toString();
  }
}
