/*
 * Measures how fast the page of the editor is shown on loopback: PAGE_TOOLS=FOLDER node editor.mjs ADDRESS ROUNDS
 *
 * Prints the medians in ms, from the start of the navigation, as JSON: "skeleton" is the first paint with
 * content, "usable" is when the first button of the page can be used. Each round has a new browser profile.
 */
import { createRequire } from "node:module";
import { join } from "node:path";

const { chromium } = createRequire(join(process.env.PAGE_TOOLS, "package.json"))("playwright-core");
const [address, rounds] = process.argv.slice(2);
const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
const skeleton = [];
const usable = [];
for (let round = 0; round < Number(rounds); round++) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(address);
  await page.getByRole("button", { name: "Choose a file" }).waitFor();
  // The clock of the page begins with the navigation.
  usable.push(await page.evaluate(() => performance.now()));
  const paint = () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime;
  await page.waitForFunction(paint);
  skeleton.push(await page.evaluate(paint));
  await context.close();
}
await browser.close();
console.log(JSON.stringify({ skeleton: median(skeleton), usable: median(usable) }));
