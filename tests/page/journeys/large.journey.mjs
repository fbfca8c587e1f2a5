// A test with 100 steps in 2,000 lines and a JSON body of 200 lines: it is shown and edited.
import assert from "node:assert/strict";
import { journey } from "./journey.mjs";

function largeTest(shop) {
  const lines = [`name: Large`, `target: ${shop}`, `load: {users: 1, iterations: 1}`, `steps:`];
  for (let i = 0; i < 99; i++) {
    lines.push(`  - get: /search`, `    name: Search ${i}`, `    query:`, `      q: hat`, `    headers:`);
    for (let n = 0; n < 13; n++) lines.push(`      X-Header-${n}: "${"v".repeat(n * 4)}"`);
  }
  lines.push(`  - post: /api/cart`, `    name: Order`, `    json:`);
  for (let i = 0; i < 200; i++) lines.push(`      field_${i}: ${i}`);
  return lines.join("\n") + "\n";
}

await journey(async ({ page, shop, write, read, open, axe, shot }) => {
  const text = largeTest(shop);
  assert.ok(text.split("\n").length > 1980 && text.match(/^ {2}- /gm).length === 100);
  write("large.yaml", text);
  await open("#/test/large.yaml/steps");
  await page.locator("[data-step]", { hasText: "Search 98" }).first().waitFor();
  assert.equal(await page.locator("[data-step]").count(), 100);
  await axe("100 steps");

  // Only the line of the field changes.
  await page.locator("[data-step] [data-card]", { hasText: "Search 50" }).click();
  const name = page.getByRole("textbox", { name: "Name in the results" });
  await page.waitForFunction(() => [...document.querySelectorAll("input")].some((one) => one.value === "Search 50"));
  await name.fill("The fiftieth");
  await name.press("Enter");
  for (let i = 0; i < 200 && !read("large.yaml").includes("The fiftieth"); i++) await page.waitForTimeout(100);
  assert.equal(read("large.yaml"), text.replace("name: Search 50\n", "name: The fiftieth\n"));

  // The step with the large body.
  await page.locator("[data-step] [data-card]", { hasText: "Order" }).click();
  await page.waitForFunction(() => [...document.querySelectorAll("input")].some((one) => one.value === "Order"));
  await page.getByText("field_199").first().waitFor();
  await axe("a large body");
  await shot("body");
});
