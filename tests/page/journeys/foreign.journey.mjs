/*
 * A file that is open in the page is changed by another program meanwhile: both changes are kept, and
 * undo takes back only the change of the page.
 */
import { journey } from "./journey.mjs";

await journey(async ({ page, write, read, open, check }) => {
  const text = "name: Shop # a comment\ntarget: http://127.0.0.1:1\nsteps:\n  - get: /\n    name: Home\n";
  write("shop.yaml", text);
  await open("#/test/shop.yaml/steps");
  await page.getByText("Home").first().click();
  const name = page.getByRole("textbox", { name: "Name in the results" });
  await name.fill("Front page");
  await name.press("Enter");
  await page.getByText("Front page").first().waitFor();

  // Another program appends a step.
  write("shop.yaml", read("shop.yaml") + "  - get: /later\n");
  await page.getByText("Another program changed the file").waitFor();
  await page.getByText("/later").first().waitFor();

  await page.evaluate(() => document.activeElement?.blur());
  await page.keyboard.press("Control+z");
  await page.getByText("Front page").first().waitFor({ state: "detached" });
  const now = read("shop.yaml");
  check(now === text + "  - get: /later\n", `the file is not what both programs meant: ${now}`);
  await page.keyboard.press("Control+y");
  await page.getByText("Front page").first().waitFor();
  check(/name: Front page/.test(read("shop.yaml")), "the change is not made again");
});
