// The template in the repository is what its sources make, and they are well typed and laid out.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { template } from "../build.mjs";

const kept = await readFile(new URL("../template.html", import.meta.url), "utf8");
assert.ok(
  kept === (await template()),
  "web/template.html is not what web/src makes: run `npm run build` in web/ and commit it",
);

const web = new URL("..", import.meta.url).pathname;
execFileSync("npm", ["run", "--silent", "check"], { cwd: web, stdio: "inherit" });
