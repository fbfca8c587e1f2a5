/*
 * A visit is recorded through the proxy, with a named part, and becomes a test; then a test is built
 * from an address, and another one from the sample shop.
 */
import { execFileSync } from "node:child_process";

import { journey } from "./journey.mjs";

await journey(async ({ page, shop, read, open, axe, shot, check }) => {
  const button = (text) => page.getByRole("button", { name: text, exact: true });
  const fetched = (proxy, path) => execFileSync("curl", ["-sS", "-o", "/dev/null", "-x", `http://${proxy}`, shop + path]);

  await open("#/");
  await button("Record a visit").click();
  await button("Open the browser").click();
  await page.getByText("Type an address such as").waitFor();
  await axe("Record");
  await shot("start");
  await page.getByLabel("Address of the site").fill(shop);
  await button("Open the browser").click();
  await page.getByText("No browser was opened: no display was found for a browser.").waitFor();
  await axe("no display");
  await shot("no-display");
  await button("Stop without a test").click();
  await button("Record a visit").click();
  await page.getByLabel("Address of the site").fill(shop);
  await button("Use another browser or program").click();
  const proxy = await page.locator(".note code").first().textContent();
  fetched(proxy, "/");
  await page.getByText("1 request in 1 part").waitFor();
  await page.getByLabel("Name of the next part").fill("Search for a hat");
  await button("Begin a new part").click();
  await page.getByRole("heading", { name: "Search for a hat" }).waitFor();
  fetched(proxy, "/search?q=hat");
  await page.getByText("2 requests in 2 parts").waitFor();
  await axe("a recording");
  await shot("recording");

  // After a reload the recording continues.
  await page.reload();
  await page.getByText("2 requests in 2 parts").waitFor();
  await button("Finish").click();
  await page.waitForURL(/#\/review\//);
  await page.getByRole("button", { name: /^Pauses/ }).click();
  await page.getByLabel("Name of the group").waitFor();
  check(/group: Search for a hat/.test(read("127.0.0.1.yaml")), "the named part is not in the test");

  // Step by step.
  await page.getByRole("link", { name: "reprise" }).click();
  await page.getByText("Build step by step").click();
  await button("Create the test").click();
  await page.getByText("Type an address such as").waitFor();
  await page.getByLabel("First address").fill(`${shop}/login`);
  await page.getByLabel("Name of the test").fill("Log in");
  await axe("Build step by step");
  await shot("build");
  await button("Create the test").click();
  await page.waitForURL(/#\/test\/Log%20in.yaml\/steps/);
  check(/- get: \/login/.test(read("Log in.yaml")), "the first step is not in the test");

  // The example.
  await page.getByRole("link", { name: "reprise" }).click();
  await page.getByText("Start from an example").click();
  await axe("Start from an example");
  await button("Start the sample shop").click();
  await page.waitForURL(/#\/test\/sample-shop.yaml\/steps/);
  await page.getByRole("link", { name: "Try once" }).click();
  await page.getByText("Put it into the cart").first().waitFor();
  await page.getByText(/4 of 4|all passed|passed/i).first().waitFor();

  // The tests are listed, and the licences are shown.
  await page.getByRole("link", { name: "reprise" }).click();
  await page.getByRole("link", { name: "Sample shop" }).waitFor();
  await axe("Home with tests");
  await shot("home");
  await button("Licences").click();
  await page.getByText(/React, React DOM and Scheduler/).waitFor();
  await page.keyboard.press("Escape");
});
