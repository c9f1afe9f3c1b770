// Builds the page into one file, template.html: the styles and the script inside, told to the browser by their hashes, and
// the word RESULT where a report writes the JSON. The same sources make the same bytes.
//   node build.mjs [FILE]
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));

async function bundled(entry) {
  const made = await build({
    absWorkingDir: here,
    entryPoints: [entry],
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2022",
    charset: "utf8",
    legalComments: "none",
    metafile: true,
    write: false,
  });
  return (await licences(Object.keys(made.metafile.inputs))) + made.outputFiles[0].text.trim();
}

/** The licences of the packages that these files are of, and of those that they carry inside. */
async function licences(files) {
  const packages = new Set(
    files.flatMap((file) => file.match(/^node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1] ?? []),
  );
  let out = "";
  for (const name of packages) {
    const folder = join(here, "node_modules", name);
    const { dependencies = {} } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    for (const carried of Object.keys(dependencies)) packages.add(carried);
    const licence = await readFile(join(folder, "LICENSE"), "utf8");
    out += `/* ${name}\n${licence.replaceAll("*/", "* /").trim()}\n*/\n`;
  }
  return out;
}

const hashOf = (text) => `sha256-${createHash("sha256").update(text).digest("base64")}`;

export async function template() {
  const style = await bundled("src/style.css");
  const script = await bundled("src/main.ts");
  if (/<\/script|<!--/i.test(script)) throw new Error("the script holds what would end it in a page");
  const page = await readFile(join(here, "src/page.html"), "utf8");
  const parts = { "SCRIPT-HASH": hashOf(script), "STYLE-HASH": hashOf(style), STYLE: style, SCRIPT: script };
  return page.replace(/SCRIPT-HASH|STYLE-HASH|STYLE|SCRIPT/g, (word) => parts[word]);
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  await writeFile(process.argv[2] ?? join(here, "template.html"), await template());
