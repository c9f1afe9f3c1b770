import type { Layer } from "./result";

/** Whether a layer has this word, in lower case, in its name, its type, its module or its source. */
export const isFound = (layer: Layer, word: string): boolean =>
  `${layer.name}\n${layer.type}\n${layer.foreign}\n${layer.source?.file ?? ""}`.toLowerCase().includes(word);

/** Those that have the word; none where there is no word. */
export function found(layers: Layer[], word: string): number[] {
  if (!word) return [];
  return layers.flatMap((layer, i) => (isFound(layer, word) ? [i] : []));
}
