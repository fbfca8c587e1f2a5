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
  await axe("Values");
  await shot("values");
  await page.getByRole("button", { name: /^Hosts/ }).click();
  await page.getByText(shop.replace("http://", "").split(":")[0]).first().waitFor();
  await axe("Hosts");
  await shot("hosts");
  await page.getByRole("button", { name: /^Pauses/ }).click();
  await button("Remove all").click();
  await page.getByText("No pauses").waitFor();
  await axe("Pauses");
  await shot("pauses");
  check(!/think: 3s/.test(read("Buy a hat.yaml")), "the pauses are still in the file");
  await button("Undo").click();
  await page.getByLabel("Pause after /", { exact: true }).waitFor();
  check(/think: 3s/.test(read("Buy a hat.yaml")), "the pauses are not in the file again");

  await button("Remove all").click();
  await page.getByText("No pauses").waitFor();

  // Try: the password is asked for, because it is not in the file.
  await page.getByRole("button", { name: "Try", exact: true }).click();
  await page.getByLabel("PASSWORD").fill("demo");
  await shot("secret");
  await button("Use this value").click();
  await page.getByText("The test works.").waitFor();
  await axe("a try that passed");
  await shot("tried");

  // Load and run.
  await button("Draw the load").click();
  await page.waitForURL(/\/load$/);
  await button("Smoke").click();
  await page.getByText("The same in numbers").click();
  await page.getByLabel("Duration", { exact: true }).fill("3s");
  await page.getByLabel("Duration", { exact: true }).press("Enter");
  await page.getByText(/for 3s\.$/).waitFor();
  await page.getByRole("link", { name: "Run load test" }).click();
  await page.getByText("PASSED").first().waitFor({ timeout: 60000 });
  await shot("passed");

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
