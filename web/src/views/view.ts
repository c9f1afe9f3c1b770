import type { Model } from "../data/model";
import type { ModelPlacement } from "../data/placement";
import type { Target } from "../data/result";
import type { Place } from "../ui/state";

/** What a view gets: the model it shows, where the person is, and how to go elsewhere. */
export interface Scene {
  model: Model;
  all: Model[];
  /** The model that this one is compared with. */
  other: () => Model | undefined;
  /** Sentences about bounds that the comparison breaks. */
  failedGates: string[];
  place: () => Place;
  go: (to: Partial<Place>) => void;
  target: () => Target | undefined;
  placement: () => ModelPlacement | undefined;
  chosen: () => number;
  /** Reads another result beside the ones that the page holds. */
  open: () => void;
}

export interface View {
  element: HTMLElement;
  /** The person chose another layer, module, paint or target. */
  follow: () => void;
}
