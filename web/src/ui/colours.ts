import type { Change } from "../data/compare";
import { css } from "./dom";

const kKinds = 8;

/** A colour of the palette for a word: equal words get equal colours, the most frequent ones the first. */
export function palette(words: Iterable<string>): (word: string) => string {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  const order = [...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])).map(([word]) => word);
  const place = new Map(order.map((word, i) => [word, i]));
  return (word) => css(`--kind-${Math.min(place.get(word) ?? kKinds - 1, kKinds - 1)}`);
}

/** What bounds a kernel has one colour on the whole page. */
export function boundColour(bound: string): string {
  const known = ["compute", "memory", "launch"].indexOf(bound);
  return known < 0 ? css("--soft") : css(`--kind-${known}`);
}

/** Devices of a placement, by their place in it. */
export const deviceColour = (place: number): string =>
  place < 0 ? css("--soft") : css(`--kind-${place % kKinds}`);

/** From pale to strong by a share of the greatest value. */
export function heat(share: number): string {
  const strength = Math.round(100 * Math.min(1, Math.max(0, share)) ** 0.5);
  return `color-mix(in oklab, ${css("--heat")} ${strength}%, ${css("--panel")})`;
}
export const heatText = (share: number): string =>
  share ** 0.5 > Number(css("--heat-turn")) ? css("--on-heat") : css("--text");

const kOfChange: Record<Change, string> = {
  changed: "--kind-1",
  added: "--kind-3",
  removed: "--more",
  renamed: "--kind-2",
  moved: "--kind-6",
  same: "--soft",
};
export const changeColour = (change: Change): string => css(kOfChange[change]);
