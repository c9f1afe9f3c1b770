import { grouped, percent, si } from "../data/format";
import type { Compared, ToolCheck } from "../data/result";
import { h, link, table } from "../ui/dom";
import type { Scene, View } from "./view";

const kMostModules = 200;

/** Our counts beside those of other tools, class by class and module by module, with what makes them differ. */
export function crosscheckView(scene: Scene): View {
  const tools = scene.model.toolChecks;
  const how =
    "No other tool was asked. Ask one: alidade crosscheck MODEL, or profile with --with crosscheck and its references.";
  const parts = tools.length > 0 ? tools.map((tool) => checked(scene, tool)) : [h("p", {}, how)];
  return { element: h("section", {}, ...parts), follow: () => {} };
}

function checked(scene: Scene, tool: ToolCheck): HTMLElement {
  const open = !tool.agrees;
  const verdict = open
    ? `${grouped(tool.unexplained)} differ without a known cause.`
    : "Every difference has its cause.";
  const said = tool.ours === tool.theirs ? "The counts are equal." : verdict;
  return h(
    "div",
    {},
    h("h2", {}, `${tool.tool} ${tool.version}, by the convention ${tool.convention}`),
    h("p", { class: open ? "unknown" : "known" }, said),
    table(["What", "Ours", `By ${tool.tool}`, "Difference"], [["All of it", ...figures(tool)]]),
    table(
      ["Class", "Operators", "Ours", `By ${tool.tool}`, "Difference", "Why"],
      tool.classes.map((row) => [row.name, si(row.ops), ...figures(row), why(row)]),
      "By class of operators",
      [5],
    ),
    modules(scene, tool),
    leftOut(tool),
  );
}

function figures({ ours, theirs }: { ours: number; theirs: number }): string[] {
  const share = theirs > 0 ? ` (${percent(Math.abs(ours - theirs) / theirs)})` : "";
  const sign = ours < theirs ? "−" : "+";
  return [si(ours), si(theirs), ours === theirs ? "none" : `${sign}${si(Math.abs(ours - theirs))}${share}`];
}

const why = ({ ours, theirs, cause, partial }: Compared): string =>
  ours === theirs && !partial ? "" : (cause ?? "not known");

function modules(scene: Scene, tool: ToolCheck): HTMLElement {
  const equal = tool.modules_compared - tool.modules.length;
  const rows = tool.modules
    .slice(0, kMostModules)
    .map((row) => [
      link(row.name || "outside of modules", () => scene.go({ view: "modules", module: row.name, node: "" })),
      si(row.ops),
      ...figures(row),
      why(row),
    ]);
  const first = tool.modules.length > kMostModules ? `the first ${kMostModules} of ` : "";
  const caption = `Modules: ${equal} equal; ${first}${tool.modules.length} differ`;
  if (rows.length === 0) return h("p", { class: "note" }, caption);
  return table(["Module", "Operators", "Ours", `By ${tool.tool}`, "Difference", "Why"], rows, caption, [5]);
}

function leftOut(tool: ToolCheck): HTMLElement | null {
  if (tool.left_out.length === 0) return null;
  return table(
    ["Operator", "How many", "MACs", "FLOPs"],
    tool.left_out.map((row) => [row.operator, si(row.ops), si(row.macs), si(row.flops)]),
    `Has work, and ${tool.tool} counts it as nothing`,
  );
}
