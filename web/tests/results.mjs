// Pages to test: models of the zoo by the program itself, and a large one made of copies of a ViT.
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const program = process.env.ALIDADE_BIN;
const wanted = ["--on", "h100_sxm,hailo8", "--with", "fusion", "--with", "memory", "--with", "concurrency"];
const quiet = { stdio: ["ignore", "pipe", "ignore"] };

export const kEvil = "</script><img src=x onerror=document.title='run'>";

/** A module of the page's sources. */
export async function sourced(file) {
  const entry = inProject(`web/src/${file}`);
  const { outputFiles } = await build({ entryPoints: [entry], bundle: true, format: "esm", write: false });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);
}

const inProject = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const placed = (model, file, ...words) => {
  execFileSync(program, ["place", inProject(model), "-o", file, ...words], quiet);
  return file;
};

/** A network of images on an NPU that does not run its clamps: 71 partitions. */
export const placedPage = (file) =>
  placed("models/mobilenet_v2.onnx", file, "--target", "qualcomm_htp_onnx", "--dtype", "i8");

/** A sort between layers, placed for the least of energy. */
export const frugalPage = (file) =>
  placed(
    "tests/data/placement/sort_between.pt2",
    file,
    "--target",
    "neuron",
    "--placer",
    "local",
    "--objective",
    "energy",
  );

/** A model beside what fvcore and torch counted of it. */
export function checkedPage(folder, name) {
  const references = inProject("tests/data/crosscheck/references.json");
  const [result, page] = [join(folder, "checked.json"), join(folder, "checked.html")];
  execFileSync(program, ["crosscheck", name, "--references", references, "-o", result], quiet);
  execFileSync(program, ["render", result, "-o", page], quiet);
  return { result, page };
}

/** The JSON that a page holds. */
export const heldIn = (page) =>
  JSON.parse(readFileSync(page, "utf8").split('id="result">')[1].split("</script>")[0]);

/** By the ending of the file a page or JSON. */
export function zooResult(name, file, ...more) {
  execFileSync(program, ["profile", name, "-o", file, ...wanted, ...more], quiet);
  return file;
}
export const zooPage = (folder, name, ...more) => zooResult(name, join(folder, `${name}.html`), ...more);

/** A decoder of 47 G parameters with experts, as `alidade-capture hf:mixtral-8x7b` wrote it. */
export const expertsPage = (folder) =>
  zooResult(inProject("tests/data/page/mixtral_8x7b.pt2"), join(folder, "mixtral.html"));

/** `count` operators; one has a name that is markup, and its work is not known. */
export function largePage(folder, count) {
  const result = join(folder, "vit.json");
  execFileSync(program, ["profile", "vit_b_16", "-o", result, "--on", "h100_sxm"], quiet);
  const document = JSON.parse(readFileSync(result, "utf8"));
  document.layers = copies(document.layers, count);
  Object.assign(document.layers[7], { name: kEvil, certainty: "unknown", flops_upper: null });
  const [target] = document.hardware;
  for (const key of ["layer_time_s", "layer_bound"])
    target[key] = document.layers.map((_, i) => target[key][i % target[key].length]);
  writeFileSync(result, JSON.stringify(document));
  const page = join(folder, "large.html");
  execFileSync(program, ["render", result, "-o", page], quiet);
  return page;
}

function copies(layers, count) {
  return Array.from({ length: count }, (_, i) => {
    const copy = Math.floor(i / layers.length);
    const layer = layers[i % layers.length];
    const own = (values) => values.map((value) => value && `c${copy}.${value}`);
    const module = `copy${copy}${layer.module && `.${layer.module}`}`;
    return {
      ...layer,
      name: `copy${copy}.${layer.name}`,
      module,
      operands: own(layer.operands),
      outputs: own(layer.outputs),
    };
  });
}

/** The page of a sweep over batches, precisions and devices, of which one has a price; some points fail. */
export function sweepPage(folder) {
  const page = join(folder, "sweep.html");
  const words = ["resnet50", "mobilenet_v2", "--on", "h200_sxm,l4,t4", "--batch", "1,2,4,8,16,32,64"];
  words.push("--axis", "precision=f32,bf16", "--set", "hardware.l4.usd_per_hour=0.8");
  const { status } = spawnSync(program, ["sweep", ...words, "-o", page], { stdio: "ignore" });
  if (status !== 5) throw new Error(`the sweep ended with ${status}`);
  return page;
}

/** The exit code of `alidade compare`. */
export const compared = (words) => spawnSync(program, ["compare", ...words], { stdio: "ignore" }).status;
