import { App } from "./app";
import { kSweepSchema, type SweepDocument } from "./data/sweep";
import { SweepPage } from "./sweep/page";

const page = document.getElementById("page")!;
const kept = document.getElementById("result")?.textContent ?? "";

/** What the page holds, where that is a sweep. */
function sweepIn(text: string): SweepDocument | undefined {
  if (!text.slice(0, 200).includes(`"${kSweepSchema}"`)) return undefined;
  return JSON.parse(text) as SweepDocument;
}

const sweep = sweepIn(kept);
if (sweep) {
  new SweepPage(page, sweep);
} else {
  const app = new App(page);
  if (kept.trim()) app.add(kept);
  app.start();
}
