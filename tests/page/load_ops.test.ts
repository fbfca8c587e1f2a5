import { addThresholds, loadOps, ownLoadOps, typedOps } from "../../src/edit/page/load/load_ops";
import type { EditOp } from "../../src/edit/page/model/edit_ops";
import { changeKind, PRESETS, readLoad } from "../../src/edit/page/model/load_form";
import { findNode } from "../../src/edit/page/model/tree";
import { equal, test } from "./check";
import { applied, tree } from "./trees";

const head = "# A shop\nname: Shop\ntarget: http://shop.test\n";
const steps = "steps:\n  - get: /\n";
const root = tree({ name: "Shop", target: "http://shop.test", steps: [{ get: "/" }] });

/** The file after the operations, without its first lines. */
function changed(text: string, ops: unknown): string {
  const found = applied(text, ops as EditOp[]);
  equal(found.startsWith(head), true);
  return found.slice(head.length);
}

void test("a load is added to a file without one, between target and steps", () => {
  const smoke = PRESETS[0]!.make(null, 10);
  equal(changed(head + steps, loadOps(root, "", smoke)), `load:\n  users: 1\n  duration: 30s\n  iterations: 5\n${steps}`);
});

void test("every preset and every kind of load can be written over every other", () => {
  for (const from of PRESETS) {
    for (const unit of [null, "s"] as const) {
      const text = changed(head + steps, loadOps(root, "", from.make(unit, 20)));
      equal(/^load:\n {2}(users|arrivals|stages):/.test(text), true);
    }
  }
  const node = tree({
    name: "Shop",
    target: "http://shop.test",
    load: { arrivals: "20/s", duration: "1m" },
    steps: [{ get: "/" }],
  });
  const load = "load: {arrivals: 20/s, duration: 1m}  # busy\n";
  for (const [kind, expected] of [
    ["users", "load: {duration: 1m, users: 20}  # busy\n"],
    ["iterations", "load:  # busy\n  users: 10\n  iterations: 1\n"],
    ["capacity", "load:  # busy\n  capacity:\n    find: arrivals\n    from: 1/s\n    to: 50/s\n    hold: 30s\n"],
  ] as const) {
    const next = changeKind(readLoad(findNode(node, "/load")), kind, 1);
    equal(changed(head + load + steps, loadOps(node, "", next)), expected + steps);
  }
});

void test("a typed value is a number, a text or nothing", () => {
  const node = tree({
    name: "Shop",
    target: "http://shop.test",
    load: { users: 5, duration: "1m" },
    steps: [{ get: "/" }],
  });
  const text = head + "load: {users: 5, duration: 1m}\n" + steps;
  const type = (key: string, value: string) =>
    changed(text, typedOps(node, "/load", key, value, ["users", "duration", "grace"]));
  equal(type("users", " 8 "), "load: {users: 8, duration: 1m}\n" + steps);
  equal(type("grace", "5s"), "load: {users: 5, duration: 1m, grace: 5s}\n" + steps);
  equal(type("duration", ""), "load: {users: 5}\n" + steps);
});

void test("limits are added at the end, also to a single one", () => {
  equal(
    changed(head + steps, addThresholds(root, ["error_rate < 1%", "p95 < 1s"])),
    `${steps}thresholds:\n  - error_rate < 1%\n  - p95 < 1s\n`,
  );
  const one = tree({ name: "Shop", target: "http://shop.test", steps: [{ get: "/" }], thresholds: "p95 < 1s" });
  const text = changed(head + steps + "thresholds: p95 < 1s\n", addThresholds(one, ["failures < 10"]));
  equal(/thresholds:\s+- p95 < 1s\s+- failures < 10/.test(text), true);
});

void test("a scenario gets its own load, and shares that of the file again", () => {
  const list = "scenarios:\n  - name: Buy\n    weight: 3\n    steps: [get: /]\n";
  const node = tree({
    name: "Shop",
    target: "http://shop.test",
    scenarios: [{ name: "Buy", weight: 3, steps: [{ get: "/" }] }],
  });
  const own = changed(head + list, ownLoadOps(node, "/scenarios/0", true));
  equal(own, "scenarios:\n  - name: Buy\n    load:\n      users: 5\n      duration: 1m\n    steps: [get: /]\n");
  const later = tree({
    name: "Shop",
    target: "http://shop.test",
    scenarios: [{ name: "Buy", start_after: "5s", load: { users: 5, duration: "1m" }, steps: [{ get: "/" }] }],
  });
  const text = own.replace("    load:", "    start_after: 5s\n    load:");
  equal(
    changed(head + text, ownLoadOps(later, "/scenarios/0", false)),
    "scenarios:\n  - name: Buy\n    steps: [get: /]\n",
  );
});
