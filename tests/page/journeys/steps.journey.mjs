// From a blank test to a login: the token of the page is kept by clicking it, without typing YAML.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { journey } from "./journey.mjs";

async function addRequest(page, method, url) {
  await page.getByRole("button", { name: "+ Step" }).first().click();
  await page.locator(".kind", { hasText: method }).first().click();
  // The form of the new step is shown when the file is saved.
  await page.waitForFunction(
    (name) => document.querySelector("[aria-label=Method]")?.value === name.toLowerCase(),
    method,
  );
  const input = page.getByRole("textbox", { name: "URL" });
  await input.fill(url);
  await input.press("Enter");
}

/** Waits until the file has a text; the page saves on its own. */
async function saved(file, text) {
  for (let i = 0; i < 600; i++) {
    if (readFileSync(file, "utf8").includes(text)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.fail(`${text} is not in the file:\n${readFileSync(file, "utf8")}`);
}

async function addField(page, name, value) {
  await page.getByRole("button", { name: "+ Field" }).click();
  await page.getByRole("textbox", { name: "New name", exact: true }).fill(name);
  await page.getByRole("textbox", { name: "Value of the new name" }).fill(value);
}

/** A login with a token that was clicked. */
async function logIn({ page, shop, folder, open, axe, shot }) {
  const file = join(folder, "login.yaml");
  writeFileSync(file, `name: Log in\ntarget: ${shop}\n`);
  await open("#/test/login.yaml/steps");
  await page.getByText("This test has no steps yet").waitFor();
  await axe("a test without steps");
  await addRequest(page, "GET", "/login");
  await saved(file, "get: /login");
  await page.getByRole("link", { name: "Try up to here" }).click();
  await page.locator(".tag.good", { hasText: "1 of 1" }).waitFor();
  // A page is shown as a page; its values are clicked in the tree.
  await page.frameLocator("iframe.page-view").getByText("Log in").first().waitFor();
  await axe("a page");
  await page.getByRole("button", { name: "click it in the tree" }).click();
  await page.locator("div", { hasText: 'name="csrf_token"' }).last().getByRole("button").click();
  await page.getByRole("button", { name: "Keep as csrf_token" }).waitFor();
  await axe("a value to keep");
  await shot("keep");
  await page.getByRole("button", { name: "Keep as csrf_token" }).click();
  await saved(file, "form_field: csrf_token");
  await page.getByRole("link", { name: "Back to the steps" }).click();

  await addRequest(page, "POST", "/login");
  await saved(file, "post: /login");
  await page.getByRole("button", { name: "Form", exact: true }).click();
  await addField(page, "user", "anna");
  await addField(page, "password", "demo");
  // A name that no step keeps: the error is at the field, on the card, on the tab, and stops a try.
  await addField(page, "csrf_token", "${crsf_token}");
  await page.getByRole("button", { name: "+ Field" }).focus();
  await page.locator(".err", { hasText: "did you mean" }).waitFor();
  await page.locator(".step.bad .tag", { hasText: "1 error" }).waitFor();
  await page.getByRole("img", { name: "1 error" }).waitFor();
  assert.match(await page.getByRole("link", { name: "Try up to here" }).getAttribute("title"), /1 error/);
  await axe("an error at a field");
  await page.getByRole("button", { name: "Use csrf_token" }).click();
  await saved(file, "csrf_token: ${csrf_token}");

  await page.getByRole("button", { name: "+ Condition" }).click();
  await page.getByRole("textbox", { name: "Value", exact: true }).fill("Log out");
  await page.getByRole("textbox", { name: "Value", exact: true }).press("Enter");
  await saved(file, "contains: Log out");
  await page.getByRole("link", { name: "Try up to here" }).click();
  await page.locator(".tag.good", { hasText: "2 of 2" }).waitFor();
  await shot("login");
  // The response of the login as a page, from an address of its own.
  await page.getByRole("button", { name: "Page", exact: true }).click();
  await page.frameLocator("iframe.page-view").getByText("anna").first().waitFor();
}

/** A form of the page is filled in by its fields; a step is added on the screen of a try. */
async function submitForm({ page, shop, folder, open, axe, shot }) {
  const file = join(folder, "submit.yaml");
  writeFileSync(file, `target: ${shop}\nsteps:\n  - get: /login\n`);
  await open("#/test/submit.yaml/try");
  await page.locator(".tag.good", { hasText: "1 of 1" }).waitFor();
  await page.getByRole("button", { name: "+ Step" }).click();
  await page.locator(".kind", { hasText: "Submit" }).first().click();
  await page.getByRole("button", { name: "+ user", exact: true }).click();
  await page.getByRole("textbox", { name: "Value of the new name" }).fill("anna");
  await page.getByRole("button", { name: "+ password", exact: true }).click();
  await saved(file, "user: anna");
  await page.getByRole("textbox", { name: "Value of the new name" }).fill("demo");
  await page.getByRole("textbox", { name: "Value of the new name" }).press("Enter");
  await page.getByRole("button", { name: "+ Field" }).focus();
  // The password is a parameter, and in the file only if the user wants it.
  await saved(file, "password: ${PASSWORD}");
  assert.ok(!readFileSync(file, "utf8").includes("demo"), readFileSync(file, "utf8"));
  await page.locator(".toast").getByRole("button", { name: "Undo" }).click();
  await saved(file, "password: demo");
  await page.getByText("Everyone who can read the file").waitFor();
  await axe("a password in the file");
  await shot("secret");
  await page.getByRole("button", { name: "Make it a secret parameter" }).click();
  await saved(file, "password: ${PASSWORD}");
  await axe("the fields of a submit step");
  await page.getByRole("heading", { name: "submit (user, password)" }).waitFor();
  await page.getByRole("link", { name: "Try up to here" }).click();
  await page.locator(".tag.good", { hasText: "2 of 2" }).waitFor();
  await page.getByRole("button", { name: "submit (user, password)" }).waitFor();
  // A wrong password: what to check, and the way to type it again.
  await page.getByRole("link", { name: "Back to the steps" }).click();
  const password = page.getByRole("textbox", { name: "Value of password" });
  await password.fill("wrong");
  await password.press("Enter");
  await page.getByRole("link", { name: "Try up to here" }).click();
  await page.getByText("The server refused this user (status 401)").waitFor();
  await axe("a failed login");
  await shot("refused");
  await page.getByRole("button", { name: "Type PASSWORD again" }).click();
  await page.getByLabel(/PASSWORD/).fill("demo");
  await page.getByRole("button", { name: "Use this value" }).click();
  await page.locator(".tag.good", { hasText: "2 of 2" }).waitFor();
  // The expectation that is offered for a text is true for this response.
  await page.getByRole("button", { name: "Tree", exact: true }).click();
  await page.locator(".leaf", { hasText: "anna" }).first().click();
  await page.getByText("The page contains").waitFor();
  await page.getByRole("button", { name: "Expect this instead" }).click();
  await saved(file, "contains:");
  await page.getByRole("button", { name: "Try again" }).click();
  await page.locator(".tag.good", { hasText: "2 of 2" }).waitFor();
  // The links of that page are offered for a step that follows one.
  await page.getByRole("button", { name: "+ Step" }).click();
  await page.locator(".kind", { hasText: "Follow" }).first().click();
  await page.getByRole("group", { name: "Links of the page" }).getByRole("button", { name: "your cart" }).click();
  await saved(file, "link: your cart");
  await shot("follow");
  await page.getByRole("link", { name: "Try up to here" }).click();
  await page.locator(".tag.good", { hasText: "3 of 3" }).waitFor();
}

/** Another program changes the file. */
async function foreignChange({ page, shop, folder, open }) {
  const file = join(folder, "shared.yaml");
  writeFileSync(file, `target: ${shop}\nsteps:\n  - get: /  # the first page\n  - get: /cart\n`);
  await open("#/test/shared.yaml/steps");
  await page.locator("[data-step]", { hasText: "/cart" }).waitFor();
  writeFileSync(file, readFileSync(file, "utf8") + "  - get: /login\n");
  await page.locator("[data-step]", { hasText: "/login" }).waitFor();
  const name = page.getByRole("textbox", { name: "Name in the results" });
  await name.fill("Home");
  await name.press("Enter");
  await saved(file, "name: Home");
  const text = readFileSync(file, "utf8");
  assert.ok(text.includes("# the first page") && text.includes("- get: /login"), text);
  await page.getByTitle("Undo (Ctrl+Z)").click();
  for (let i = 0; i < 600 && readFileSync(file, "utf8").includes("Home"); i++) await page.waitForTimeout(100);
  assert.ok(readFileSync(file, "utf8").endsWith("- get: /login\n"));
}

/** Steps are moved, turned off and deleted. */
async function moves({ page, shop, folder, open, axe }) {
  const file = join(folder, "order.yaml");
  writeFileSync(file, `target: ${shop}\nsteps:\n  - get: /a\n  - get: /b\n  - group: G\n    steps:\n      - get: /c\n`);
  await open("#/test/order.yaml/steps");
  const card = (text) => page.locator("[data-step] [data-card]", { hasText: text }).last();
  await card("/a").click();
  await card("/a").press("Alt+ArrowDown");
  await saved(file, "- get: /b\n  - get: /a\n");
  const moved = page.locator('[data-step="/steps/1"]', { hasText: "/a" });
  await moved.waitFor();
  await moved.locator(".grip").hover();
  await page.mouse.down();
  const inner = await page.locator('[data-step="/steps/2/steps/0"]').boundingBox();
  await page.mouse.move(inner.x + 60, inner.y + inner.height - 6, { steps: 8 });
  await page.locator(".drop-after").waitFor();
  await page.mouse.up();
  await saved(file, "- get: /c\n      - get: /a\n");
  await card("/b").click();
  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Turn off" }).click();
  await saved(file, "# - get: /b");
  await axe("a step that is off");
  await page.getByRole("button", { name: "Turn on" }).click();
  await saved(file, "  - get: /b\n");
  await card("/c").click();
  await card("/c").press("Delete");
  for (let i = 0; i < 600 && readFileSync(file, "utf8").includes("/c"); i++) await page.waitForTimeout(100);
  assert.ok(!readFileSync(file, "utf8").includes("/c"));
}

/** Rows from a spreadsheet. */
async function rows({ page, shop, folder, open, axe, shot }) {
  const file = join(folder, "data.yaml");
  writeFileSync(file, `target: ${shop}\nsteps:\n  - get: /\n`);
  await open("#/test/data.yaml/data");
  await page.getByText("Every user sends the same values").waitFor();
  await axe("no data");
  await page.getByRole("button", { name: "Paste from a spreadsheet" }).last().click();
  await page.getByRole("textbox", { name: "Cells" }).fill("user\tpassword\nanna\tdemo\nbob\tdemo\n");
  await page.getByRole("button", { name: "Save as account.csv" }).click();
  await saved(file, "file: account.csv");
  await page.getByRole("button", { name: "user, row 2: bob" }).click();
  await page.getByRole("textbox", { name: "user, row 2", exact: true }).fill("ben");
  await page.getByRole("textbox", { name: "user, row 2", exact: true }).press("Enter");
  await saved(join(folder, "account.csv"), "user,password\nanna,demo\nben,demo\n");
  await page.locator("th", { hasText: "password" }).getByRole("button").click();
  await page.getByRole("button", { name: "password, row 1: secret" }).waitFor();
  await saved(file, "secret:");
  await axe("rows");
  await shot("data");
}

/** The file is edited as text beside the form, and a click in it selects the step. */
async function asText({ page, shop, write, read, folder, open, axe, check }) {
  write("text.yaml", `target: ${shop}\nsteps:\n  - get: /one\n  - get: /two\n`);
  await open("#/test/text.yaml/steps");
  await page.locator("[data-step]", { hasText: "/one" }).waitFor();
  await page.getByRole("button", { name: "Show file" }).click();
  const line = page.locator(".CodeMirror-line", { hasText: "get: /two" });
  await line.click();
  await page.locator('[data-step="/steps/1"][aria-current]').waitFor();
  await page.locator(".code-on").first().waitFor({ state: "attached" });
  await page.keyboard.press("End");
  await page.keyboard.type("\nname: Second");
  await saved(join(folder, "text.yaml"), "name: Second");
  await page.locator("[data-step]", { hasText: "Second" }).waitFor();
  await axe("the file as text");
  // An error is marked in the text and at the field.
  await page.keyboard.type("\ntimeout: soon");
  await saved(join(folder, "text.yaml"), "timeout: soon");
  await page.locator(".code-error-text").first().waitFor();
  await page.locator(".file .tag.bad").waitFor();
  // Typing that another program interrupts: both changes are kept.
  await page.keyboard.press("Control+a");
  await page.keyboard.press("ArrowRight");
  write("text.yaml", read("text.yaml").replace("/one", "/first"));
  await page.locator("[data-step]", { hasText: "/first" }).waitFor();
  await page.getByTitle("Undo (Ctrl+Z)").click();
  for (let i = 0; i < 600 && read("text.yaml").includes("soon"); i++) await page.waitForTimeout(100);
  check(read("text.yaml").includes("/first") && read("text.yaml").includes("Second"), read("text.yaml"));
  await page.getByRole("button", { name: "Hide" }).click();
}

await journey(async (given) => {
  await logIn(given);
  await submitForm(given);
  await foreignChange(given);
  await moves(given);
  await rows(given);
  await asText(given);
});
