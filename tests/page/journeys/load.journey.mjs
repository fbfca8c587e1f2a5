/*
 * A person draws a load, adds the proposed limits, runs it, stops another run early, and compares
 * both; then the server is down, and a host must be confirmed.
 */
import { journey } from "./journey.mjs";

await journey(async ({ page, shop, write, read, open, axe, shot, check }) => {
  write(
    "shop.yaml",
    `# A visit that is too short to be real.
name: Shop
target: ${shop}
load: {users: 2, duration: 4s}
steps:
  - get: /
    name: Home
  - think: 100ms
  - get: /search
    name: Search
    query: {q: red}
`,
  );
  const button = (text) => page.getByRole("button", { name: text, exact: true });
  const run = page.getByRole("link", { name: "Run load test" });

  // The level of the load is dragged up; the file keeps its comment and its form.
  await open("#/test/shop.yaml/load");
  const hold = page.locator(".plot .hold").first();
  await hold.waitFor();
  const box = await hold.boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2, box.y - 40, { steps: 4 });
  await page.mouse.up();
  await page.getByText(/^[3-9] users for 4s\.$/).waitFor();
  check(/^# A visit that/.test(read("shop.yaml")), "the comment is lost");
  check(/load: \{users: [3-9], duration: 4s\}/.test(read("shop.yaml")), `the load was not changed: ${read("shop.yaml")}`);

  // The last point is moved with the keyboard, until the load takes 10 s.
  const last = page.getByRole("slider").last();
  await last.focus();
  for (let i = 0; i < 200 && !/at 0:10$/.test(await last.getAttribute("aria-valuetext")); i++) await last.press("Shift+ArrowRight");
  await page.getByText(/users for 10s\.$/).waitFor();

  // Nothing covers failures: the proposed limits are added with one click.
  await page.getByText("no limit for failures").waitFor();
  await button("Add the first two proposals").click();
  await page.getByText("no limit for failures").waitFor({ state: "detached" });
  check(/thresholds:\n {2}- error_rate < 1%\n {2}- p95 < 1s/.test(read("shop.yaml")), "the limits are not in the file");
  await axe("Load");
  await shot("load");

  // The run is drawn, passes its limits, and is found again after a reload.
  await run.click();
  await button("Stop").waitFor();
  await page.getByText(/all limits met so far/).waitFor();
  await axe("a run");
  await shot("running");
  await page.reload();
  await page.getByText("Run again").waitFor({ timeout: 40000 });
  await page.getByText(/^((Both|All \d+) limits passed|NOT VALID)/).first().waitFor();
  await axe("the end of a run");
  await shot("run");

  // The report opens in a tab of its own.
  const [report] = await Promise.all([page.context().waitForEvent("page"), page.getByRole("button", { name: "Open the report" }).click()]);
  await report.waitForLoadState();
  check(/Shop/.test(await report.title()), `the report has the title ${await report.title()}`);
  await report.close();

  // Another run is stopped early, with a report of what was measured.
  await button("Run again").click();
  await page.getByText(/[1-9]\d* users?, 0:0[2-5] of/).waitFor();
  await button("Stop").click();
  await page.getByText("The run was stopped.").waitFor();

  // Both are compared.
  await button("All runs").click();
  await page.getByText("STOPPED").first().waitFor();
  await axe("Runs");
  await shot("runs");
  const ticks = page.getByRole("table", { name: "Runs" }).getByRole("checkbox");
  check((await ticks.count()) === 2, "there are not two runs");
  await ticks.nth(0).check();
  await ticks.nth(1).check();
  await button("Compare 2").click();
  await page.getByRole("table", { name: "Comparison" }).waitFor();
  check((await page.getByRole("row", { name: /Search/ }).count()) === 1, "the comparison has no step");
  await axe("a comparison");
  await shot("comparison");

  // A test without a load: one is proposed, drawn, and saved when it is accepted.
  write("none.yaml", `name: None\ntarget: ${shop}\nsteps:\n  - get: /\n  - think: 4s\n`);
  await open("#/test/none.yaml/load");
  await page.locator(".plot .hold").first().waitFor();
  await axe("a proposed load");
  await button("Use this load").click();
  await page.getByText(/^10 users for 1m/i).waitFor();
  check(/users: 10/.test(read("none.yaml")), `the load was not saved: ${read("none.yaml")}`);

  // A number without a unit is seconds; a wrong text is not saved; the ramp-up follows the duration.
  await page.getByText("The same in numbers").click();
  const duration = page.getByLabel("Duration", { exact: true });
  await duration.fill("abc");
  await duration.press("Enter");
  await page.getByText(/‘abc’ is not a time/).waitFor();
  check(!/abc/.test(read("none.yaml")), "a wrong text was saved");
  check(await page.locator(".plot").first().isVisible(), "the drawing is missing");
  await duration.fill("8");
  await duration.press("Enter");
  await page.getByText(/^10 users for 8s/i).waitFor();
  check(/duration: 8s/.test(read("none.yaml")) && /ramp_up: 800ms/.test(read("none.yaml")), read("none.yaml"));

  // Another kind starts with small values, and the first kind gets its values back.
  const lines = () => read("none.yaml").split("\n").sort().join("\n");
  const before = lines();
  await button("New users per second").click();
  await page.getByText(/of this kind are proposed/).waitFor();
  await page.getByText(/arrivals? |new users? per second|per second for/i).first().waitFor();
  check(/arrivals: 2\.[0-9]\/s/.test(read("none.yaml")), `the rate is not small: ${read("none.yaml")}`);
  await button("Concurrent users").click();
  await page.getByText("The earlier values of this kind are used again.").waitFor();
  await page.getByText(/^10 users for 8s/i).waitFor();
  check(lines() === before, `the values did not come back: ${read("none.yaml")}`);

  // A scenario gets its own load, which is drawn beside the shared one; Undo restores the file.
  const two = `name: Two
target: ${shop}
load: {users: 4, duration: 1m}
scenarios:
  - name: Browse
    weight: 3
    steps: [get: /]
  - name: Buy
    steps: [get: /search]
`;
  write("two.yaml", two);
  await open("#/test/two.yaml/load");
  await page.getByRole("row", { name: /^Browse/ }).getByText("75%").waitFor();
  await page.getByText(/no think time\.$/).first().waitFor();
  await page.getByRole("row", { name: /^Buy/ }).getByRole("button", { name: "Own load" }).click();
  await button("Buy").click();
  await page.getByRole("row", { name: /^Browse/ }).getByText("100%").waitFor();
  await axe("several loads");
  await shot("several");
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByRole("row", { name: /^Browse/ }).getByText("75%").waitFor();
  check(read("two.yaml") === two, `Undo did not restore the file: ${read("two.yaml")}`);

  // The server is down.
  write("dead.yaml", "name: Dead\ntarget: http://127.0.0.1:1\nload: {users: 1, duration: 1s}\nsteps:\n  - get: /\n");
  await open("#/test/dead.yaml/runs");
  await page.getByText("This test has not run yet.").waitFor();
  await axe("no runs");
  await page.getByRole("main").getByRole("button", { name: "Run load test" }).click();
  await page.getByText("The server was not reached.").waitFor();
  await page.getByText(/connection refused/).waitFor();
  await axe("a server that is down");
  await shot("down");

  // Another host is tested only after the question.
  write("other.yaml", "name: Other\ntarget: http://shop.test\nload: {users: 1, duration: 1s}\nsteps:\n  - get: /\n");
  await open("#/test/other.yaml/load");
  await page.getByText("asks first").waitFor();
  await run.click();
  await page.getByText("May you test shop.test?").waitFor();
  await axe("the question");
});
