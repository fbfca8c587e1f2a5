/*
 * What every journey uses: the sample shop, the editor with a folder of its own, a browser, and
 * checks. A journey fails if a step does not happen in time, if the page reports an error to the
 * console, or if axe finds something in a screen that was checked.
 *
 *   import { journey } from "./journey.mjs";
 *   await journey(async ({ page, shop, write, open, axe, shot, check }) => { … });
 */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";

const tools = createRequire(join(process.env.PAGE_TOOLS, "package.json"));
const { chromium } = tools("playwright-core");
const axeSource = readFileSync(tools.resolve("axe-core/axe.min.js"), "utf8");
const reprise = process.env.REPRISE;
const name = basename(process.argv[1] ?? "", ".journey.mjs");
const shots = process.env.SHOTS;
const children = [];

/** Starts the program and waits for the line with its address. */
function serve(args, cwd) {
  // Without a display no browser window can open.
  const env = { ...process.env, DISPLAY: "", WAYLAND_DISPLAY: "" };
  const child = spawn(reprise, args, { cwd, env, stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  return new Promise((resolve, reject) => {
    let text = "";
    child.stdout.on("data", (data) => {
      text += data;
      const found = /http:\/\/\S+/.exec(text);
      if (found) resolve({ url: found[0], child });
    });
    child.on("exit", (code) => reject(new Error(`reprise ${args[0]} ended with status ${code}: ${text}`)));
  });
}

/** Checks everything that is shown, in both themes. */
async function checkWithAxe(page, what) {
  for (const theme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme: theme });
    // The debugger of the browser may run scripts that the page's policy refuses.
    await page.evaluate(axeSource);
    const found = await page.evaluate(async () => {
      const { violations } = await globalThis.axe.run();
      return violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(" ")).join(", ")}`);
    });
    if (found.length) throw new Error(`${what}, ${theme}: ${found.join("\n")}`);
  }
  await page.emulateMedia({ colorScheme: "light" });
}

/** Screenshots in both themes at three widths, if SHOTS is a folder; only a small one if GUIDE is a folder. */
async function takeShots(page, what) {
  if (process.env.GUIDE) {
    await page.setViewportSize({ width: 1024, height: 640 });
    await page.waitForTimeout(300);
    await page.screenshot({ path: join(process.env.GUIDE, `${name}-${what}.png`) });
    await page.setViewportSize({ width: 1280, height: 800 });
  }
  if (!shots) return;
  mkdirSync(shots, { recursive: true });
  for (const [width, height] of [[1024, 768], [1280, 800], [1440, 900]]) {
    for (const theme of ["light", "dark"]) {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme: theme });
      await page.waitForTimeout(150);
      await page.screenshot({ path: join(shots, `${name}-${what}-${width}-${theme}.png`) });
    }
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.emulateMedia({ colorScheme: "light" });
}

export async function journey(perform) {
  const scratch = mkdtempSync(join(tmpdir(), "reprise-journey-"));
  // The page shows the name of the folder.
  const folder = join(scratch, "shop-tests");
  mkdirSync(folder);
  const problems = [];
  let browser;
  try {
    const shop = (await serve(["demo", "--port", "0"], folder)).url.replace(/\/$/, "");
    const editor = await serve(["edit", folder], folder);
    browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    const page = await context.newPage();
    page.setDefaultTimeout(20000);
    page.on("pageerror", (error) => problems.push(`error in the page: ${error.message}`));
    page.on("console", (message) => {
      // A response that is shown as a page may not load anything.
      if (message.location().url.includes("/view/")) return;
      // A refused request is a part of some journeys; the page shows it.
      if (message.type() === "error" && !/Failed to load resource/.test(message.text())) problems.push(message.text());
    });
    await perform({
      page,
      context,
      shop,
      folder,
      /** Writes a file of the folder. */
      write: (path, text) => {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
      },
      read: (path) => readFileSync(join(folder, path), "utf8"),
      /** Opens an address of the page: open("#/test/shop.yaml/load"). The first time with the token. */
      open: async (hash) => {
        if (!page.url().startsWith("http")) {
          await page.goto(editor.url);
          await page.waitForFunction(() => location.hash === "#/");
        }
        await page.evaluate((to) => {
          location.hash = to;
        }, hash);
      },
      axe: (what) => checkWithAxe(page, what),
      shot: (what) => takeShots(page, what),
      check: (condition, text) => {
        if (!condition) throw new Error(text);
      },
    });
    if (problems.length) throw new Error(problems.join("\n"));
  } catch (error) {
    console.log(error.stack ?? String(error));
    process.exitCode = 1;
  } finally {
    await browser?.close();
    for (const child of children) {
      child.removeAllListeners("exit");
      child.kill("SIGINT");
    }
    await Promise.all(children.map((child) => child.exitCode ?? new Promise((resolve) => child.on("exit", resolve))));
    rmSync(scratch, { recursive: true, force: true });
  }
}
