// The README's commands that write a page, run as they stand there, write pages whose charts have every mark that their
// JSON demands.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { browser, opened } from "./chromium.mjs";
import { marks } from "./marks.mjs";

const project = fileURLToPath(new URL("../..", import.meta.url));
const readme = readFileSync(join(project, "README.md"), "utf8");
const commands = [...readme.matchAll(/^\.\/dev alidade (.*-o \S+\.html)\b/gm)].map(([, words]) =>
  words.split(/ +/),
);
assert.equal(commands.length, 4, "a page of a model, of a comparison, of a sweep and of a placement");

const folder = mkdtempSync(join(tmpdir(), "alidade-readme-"));
const chromium = await browser();
try {
  for (const words of commands) {
    const page = join(folder, words.at(-1));
    execFileSync(process.env.ALIDADE_BIN, [...words.slice(0, -1), page], { cwd: project, stdio: "ignore" });
    const found = await marks(await opened(chromium, 1280, "light"), page);
    console.log(words.at(-1), JSON.stringify(found));
    assert.ok(words[0] === "compare" || Object.values(found).some((count) => count > 10), words.join(" "));
  }
} finally {
  await chromium.close();
  rmSync(folder, { recursive: true });
}
