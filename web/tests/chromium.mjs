// A browser without a network, and what it finds wrong with the pages that it is shown.
import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const program = process.env.ALIDADE_CHROMIUM ?? "/usr/bin/chromium";

/** Ends the test with the code of what was left out where there is no browser. */
export async function browser() {
  if (existsSync(program)) return chromium.launch({ executablePath: program, args: ["--no-sandbox"] });
  console.log(`skipped: there is no browser at ${program}; ./dev setup page installs one`);
  process.exit(77);
}

/** A page of this width; `faults` has what it said on the console, what it threw, and what it asked of a network. */
export async function opened(browser, width, colorScheme) {
  const context = await browser.newContext({ viewport: { width, height: 860 }, colorScheme, offline: true });
  context.setDefaultTimeout(120_000); // of a machine that does other things, too
  const page = await context.newPage();
  page.faults = [];
  page.on("console", (message) => message.type() === "error" && page.faults.push(message.text()));
  page.on("pageerror", (error) => page.faults.push(error.stack));
  page.on(
    "request",
    (request) => request.url().startsWith("file:") || page.faults.push(`asked for ${request.url()}`),
  );
  page.show = async (file, place) => {
    await page.goto("about:blank");
    await page.goto(`${pathToFileURL(file)}#${new URLSearchParams(place)}`);
    await page.waitForSelector("main section");
    await page.evaluate(() => new Promise(requestAnimationFrame));
  };
  return page;
}
