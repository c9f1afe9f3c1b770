import { choice } from "../ui/dom";
import type { Scene } from "./view";

export function targetChoice(scene: Scene): HTMLElement {
  const options = scene.model.targets.map((target): [string, string] => [
    target.id,
    target.device || target.id,
  ]);
  return choice("Target", options, scene.target()?.id ?? "", (value) => scene.go({ target: value }));
}
