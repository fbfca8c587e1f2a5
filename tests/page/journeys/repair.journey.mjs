/*
 * The recorded title was used once, and the site accepts it only once, with status 200 for the refusal:
 * the try shows what happened, the repair is found and proven, and the next try passes.
 */
import { execFileSync, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { journey } from "./journey.mjs";

const notebook = join(process.env.SRCDIR, "tests/cli/notebook.py");

function startNotebook() {
  const child = spawn("python3", ["-B", notebook], { stdio: ["ignore", "pipe", "inherit"] });
  return new Promise((resolve) => {
    child.stdout.once("data", (data) => resolve({ child, url: /http:\/\/\S+|\d+/.exec(String(data))[0] }));
  });
}

await journey(async ({ page, folder, read, open, axe, shot, check }) => {
  const server = await startNotebook();
  const url = /^\d+$/.test(server.url) ? `http://127.0.0.1:${server.url}` : server.url.replace(/\/$/, "");
  try {
    const har = join(folder, "notes.har");
    execFileSync("python3", ["-B", notebook, "visit", url, har, "note", "edit", "api"]);
    await fetch(`${url}/_mode`, { method: "POST", body: "slug" });

    await open("#/");
    await page.getByRole("button", { name: "Choose a file…" }).waitFor();
    await page.setInputFiles("input[type=file]", { name: "notes.har", mimeType: "", buffer: readFileSync(har) });
    // Nothing needs a decision, so the first part is shown.
    await page.getByRole("heading", { name: "Hosts" }).waitFor();
    await page.getByRole("button", { name: /^Values/ }).click();
    await page.getByRole("heading", { name: "Typed by you" }).waitFor();
    await page.getByRole("button", { name: "Try it once" }).click();

    await page.getByText(/was refused\.$/).waitFor();
    await page.getByText(/Its status 200 says OK/).waitFor();
    await page.getByText("Repair found and tested").waitFor({ timeout: 60000 });
    await page.getByText(/title gets/).waitFor();
    await page.getByText("When you recorded").waitFor();
    await axe("a refused step");
    await shot("refused");
    await page.getByRole("button", { name: "Show what changes in the file" }).click();
    await page.getByText(/^\+ .*\$\{unique\}/).waitFor();
    await shot("changes");
    await page.keyboard.press("Escape");

    await page.getByRole("button", { name: "Use this repair" }).click();
    await page.getByText("The test works.").waitFor({ timeout: 30000 });
    check(/\$\{unique\}/.test(read("notes.yaml")), "the repair is not in the file");
  } finally {
    server.child.kill();
  }
});
