/*
 * A person drops a recording of the sample shop, reviews it, tries it once, and runs a load test; no
 * YAML is typed. Then a request is pasted as a cURL command.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { journey } from "./journey.mjs";

/** Drops a file on the page, as from the desktop. */
async function drop(page, name, text) {
  const data = await page.evaluateHandle(
    ([content, title]) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([content], title));
      return transfer;
    },
    [text, name],
  );
  await page.dispatchEvent(".drop", "dragover", { dataTransfer: data });
  await page.dispatchEvent(".drop", "drop", { dataTransfer: data });
}

await journey(async ({ page, shop, folder, read, open, axe, shot, check }) => {
  const button = (text) => page.getByRole("button", { name: text, exact: true });
  const visit = join(process.env.SRCDIR, "tests/cli/har_visit.py");
  execFileSync("python3", ["-B", visit, shop, join(folder, "..", `${process.pid}.har`)]);
  const har = readFileSync(join(folder, "..", `${process.pid}.har`), "utf8");
  execFileSync("rm", [join(folder, "..", `${process.pid}.har`)]);

  await open("#/");
  await page.getByText("No tests yet").waitFor();
  await axe("Home without tests");
  await shot("home");
  await drop(page, "Buy a hat.har", har);

  // Review: one gesture has made a test.
  await page.getByRole("heading", { name: "Given by the site" }).waitFor();
  await page.getByText("product_id").waitFor();
  await page.waitForURL(/\/values$/);
  // The password is missing, because it is not in the file. Storing it sends nothing.
  await page.getByText("One value is missing: PASSWORD.").waitFor();
  check((await button("Try it once").getAttribute("aria-disabled")) === "true", "a try is offered without the value");
  await axe("Values");
  await shot("values");
  await page.getByLabel(/^Password of .* at 127\.0\.0\.1:\d+ PASSWORD$/).fill("demo");
  await shot("secret");
  await button("Use this value").click();
  await page.getByText("Everything has an answer already.").waitFor();
  check(/\/values$/.test(page.url()), "storing the value opened another part");
  await page.getByRole("button", { name: /^Hosts/ }).click();
  await page.getByText(shop.replace("http://", "").split(":")[0]).first().waitFor();
  await axe("Hosts");
  await shot("hosts");
  await page.getByRole("button", { name: /^Pauses/ }).click();
  await button("Remove all").click();
  await page.getByText("No pauses").waitFor();
  check(!/think: 3s/.test(read("Buy a hat.yaml")), "the pauses are still in the file");
  await button("Undo").click();
  await page.getByLabel("Pause after /", { exact: true }).waitFor();
  check(/think: 3s/.test(read("Buy a hat.yaml")), "the pauses are not in the file again");

  await button("Remove all").click();
  await page.getByText("No pauses").waitFor();
  await axe("Pauses");
  await shot("pauses");

  await button("Try it once").click();
  await page.getByText("The test works.").waitFor();
  await axe("a try that passed");
  await shot("tried");

  // Load and run.
  await button("Draw the load").click();
  await page.waitForURL(/\/load$/);
  await page.locator(".flow [aria-current=step]", { hasText: "Load" }).waitFor();
  await axe("Load, on the way");
  await shot("way");
  await button("Smoke").click();
  await page.getByLabel("Duration", { exact: true }).fill("3s");
  await page.getByLabel("Duration", { exact: true }).press("Enter");
  await page.getByText(/at most 3s/).waitFor();
  await page.getByRole("link", { name: "Run load test" }).click();
  await page.locator(".flow [aria-current=step]", { hasText: "Run" }).waitFor();
  await page.getByText("PASSED").first().waitFor({ timeout: 60000 });
  await page.locator(".flow").waitFor({ state: "detached" });
  await shot("passed");

  await page.getByRole("link", { name: "reprise" }).click();
  await page.getByRole("link", { name: "Buy a hat" }).waitFor();
  // The first click opens the chooser again.
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), button("Choose a file…").click()]);
  await chooser.setFiles({ name: "Again.har", mimeType: "application/json", buffer: Buffer.from(har) });
  await page.waitForURL(/#\/review\/Again.yaml/);
  await page.getByRole("link", { name: "reprise" }).click();
  await page.getByRole("link", { name: "Buy a hat" }).waitFor();
  const [second] = await Promise.all([page.waitForEvent("filechooser"), button("Choose a file…").click()]);
  await second.setFiles({ name: "Again.har", mimeType: "application/json", buffer: Buffer.from(har) });
  await page.waitForURL(/#\/review\/Again-2.yaml/);
  await page.getByRole("link", { name: "reprise" }).click();
  await page.getByRole("link", { name: "Buy a hat" }).waitFor();
  const paste = (text) =>
    page.evaluate((content) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData("text/plain", content);
      document.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true }));
    }, text);
  await paste("not a command");
  await page.getByText("The pasted text is not a cURL command.").waitFor();
  await paste(`curl '${shop}/api/products?q=hat' -H 'Accept: application/json'`);
  await page.waitForURL(/#\/review\/curl%20command.yaml/);
  await page.getByRole("button", { name: "Try it once" }).click();
  await page.getByText("The test works.").waitFor();
});
