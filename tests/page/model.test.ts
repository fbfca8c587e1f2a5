/* The modules of the page that do not need a browser: trees, operations, outline, variables, cells. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import assert from "node:assert/strict";
import * as ops from "../../src/edit/page/model/edit_ops";
import { formOf, groupSummary, kindOf } from "../../src/edit/page/model/form_model";
import { insertPlace } from "../../src/edit/page/steps/step_ops";
import { newStep, outlineList, pageStepName, sectionsOf, flatSteps } from "../../src/edit/page/model/outline";
import { lastName, parseJson, responseLines } from "../../src/edit/page/model/response_tree";
import { readCells, writeCsv, wrongColumns } from "../../src/edit/page/model/spreadsheet";
import { findNode, joinPath, splitPath, toValue } from "../../src/edit/page/model/tree";
import { segmentsOf, usesOf, variableName, variablesAt } from "../../src/edit/page/model/variables";
import { test } from "./check";
import { applied, language, reprise, tree } from "./trees";

void test("paths with / and ~ in keys", () => {
  assert.equal(joinPath("/a", "b/c~d", 0), "/a/b~1c~0d/0");
  assert.deepEqual(splitPath("/a/b~1c~0d/0"), ["a", "b/c~d", "0"]);
  assert.equal(toValue(findNode(tree({ "a/b": [1, "2"] }), "/a~1b/1")!), "2");
});

void test("values without quotes have a type, values with quotes are texts", () => {
  assert.deepEqual(toValue(tree({ a: 1, b: true, c: null, d: "x", e: "7", f: "1s" })), {
    a: 1,
    b: true,
    c: null,
    d: "x",
    e: "7",
    f: "1s",
  });
});

void test("a value is set, added in the order of the table, and added with the mappings around it", () => {
  const text = "steps:\n  - get: /\n    timeout: 1s  # short\n";
  const root = tree({ steps: [{ get: "/", timeout: "1s" }] });
  const order = ["get", "name", "retry", "timeout"];
  const step = "/steps/0";
  assert.equal(
    applied(text, ops.setValue(root, `${step}/timeout`, "2s", order)),
    "steps:\n  - get: /\n    timeout: 2s  # short\n",
  );
  assert.equal(
    applied(text, ops.setValue(root, `${step}/name`, "Home", order)),
    "steps:\n  - get: /\n    name: Home\n    timeout: 1s  # short\n",
  );
  assert.match(
    applied(text, ops.setValue(root, `${step}/retry/times`, 3, order)),
    /get: \/\n    retry:\s+\{?\s*times: 3/,
  );
});

void test("the last key of a mapping is removed with the mapping, but not the step", () => {
  const root = tree({ steps: [{ get: "/", expect: { body: { contains: "x" } } }] });
  assert.deepEqual(ops.removeValue(root, "/steps/0/expect/body/contains", "/steps/0"), [
    { op: "remove", path: "/steps/0/expect" },
  ]);
  assert.deepEqual(ops.removeValue(root, "/steps/0/none", "/steps/0"), []);
});

void test("another choice takes the place of the old one", () => {
  const text = "steps:\n  - post: /\n    form: {a: b}\n    timeout: 1s\n";
  const root = tree({ steps: [{ post: "/", form: { a: "b" }, timeout: "1s" }] });
  const keys = ["form", "json", "body"];
  const changed = applied(text, ops.setChoice(root, "/steps/0", keys, "body", "hello", ["post", ...keys]));
  assert.equal(changed, "steps:\n  - post: /\n    body: hello\n    timeout: 1s\n");
  assert.equal(
    applied(text, ops.setChoice(root, "/steps/0", keys, null, null)),
    "steps:\n  - post: /\n    timeout: 1s\n",
  );
});

void test("a step is moved within its list, into another list and not into itself", () => {
  const value = { steps: [{ get: "/a" }, { get: "/b" }, { group: "G", steps: [{ get: "/c" }] }] };
  const text = "steps:\n  - get: /a\n  - get: /b\n  - group: G\n    steps:\n      - get: /c\n";
  const root = tree(value);
  const into = ops.moveItem(root, "/steps/0", "/steps/2/steps", 1);
  assert.equal(into?.path, "/steps/1/steps/1");
  assert.equal(
    applied(text, into!.ops),
    "steps:\n  - get: /b\n  - group: G\n    steps:\n      - get: /c\n      - get: /a\n",
  );
  const down = ops.moveItem(root, "/steps/0", "/steps", 2);
  assert.equal(down?.path, "/steps/1");
  assert.match(applied(text, down!.ops), /- get: \/b\n  - get: \/a\n  - group/);
  assert.equal(ops.moveItem(root, "/steps/0", "/steps", 1), null);
  assert.equal(ops.moveItem(root, "/steps/2", "/steps/2/steps", 0), null);
});

void test("the difference of two texts is one edit and does not split a character", () => {
  for (const [before, after] of [
    ["abc", "axc"],
    ["aa", "aaa"],
    ["", "x"],
    ["a\u{1F6D2}b", "a\u{1F6D3}b"],
  ] as const) {
    const edit = ops.textEdit(before, after)!;
    assert.equal(ops.applyEdits(before, [edit]), after);
    assert.ok(!/^[\uDC00-\uDFFF]/.test(edit.text));
  }
  assert.equal(ops.textEdit("a", "a"), null);
});

void test("the form of a request: groups in order, one body, values in force", () => {
  const root = tree({ defaults: { timeout: "10s" }, steps: [{ post: "/", form: { a: "b" }, bogus: 1 }] });
  const node = findNode(root, "/steps/0");
  const kind = kindOf(language, node)!;
  const form = formOf(language, kind, node, "/steps/0", root);
  assert.equal(kind.name, "request");
  assert.deepEqual(form.unknown, ["bogus"]);
  const names = form.groups.map((group) => group.name);
  assert.ok(names.indexOf("main") < names.indexOf("body") && names.indexOf("body") < names.indexOf("failure"));
  const body = form.groups.find((group) => group.name === "body")!.choices[0]!;
  assert.equal(body.chosen, "form");
  assert.deepEqual(
    body.options.map((field) => field.row.key),
    ["form", "json", "body", "body_file", "multipart"],
  );
  const failure = form.groups.find((group) => group.name === "failure")!;
  const force = (key: string) => failure.fields.find((field) => field.row.key === key)?.inForce;
  assert.deepEqual(force("timeout"), { text: "10s", from: "settings" });
  assert.deepEqual(force("connect_timeout"), { text: "10s", from: "default" });
  assert.equal(force("on_failure")?.from, "default");
  assert.equal(groupSummary(failure), "as in the settings of this test");
});

void test("keys that need another key are shown with it", () => {
  const set = (value: Parameters<typeof tree>[0]) => {
    const row = language.file.rows.find((one) => one.key === "data")!;
    const form = formOf(language, row.element as never, tree(value), "/data/a", null);
    return form.groups.flatMap((group) => group.choices)[0]!.companions.map((field) => field.row.key);
  };
  assert.ok(set({ file: "a.csv" }).includes("delimiter"));
  assert.ok(!set({ rows: [] }).includes("delimiter"));
});

void test("sections and cards of nested steps", () => {
  const root = tree({
    setup: { scope: "fleet", steps: [{ post: "/reset" }] },
    scenarios: [
      {
        name: "Buy",
        steps: [
          { post: "/login", name: "Log in", form: { a: "1", b: "2" }, extract: { token: { jsonpath: "$.t" } } },
          { if: "${token}", then: [{ get: "/a", expect: { status: 201 } }], else: [{ think: "1s" }] },
          { choose: [{ weight: 3, steps: [{ get: "/x" }] }, { steps: [] }] },
        ],
      },
      { steps: [] },
    ],
    flows: { "log in": [{ get: "/" }] },
  });
  assert.deepEqual(
    sectionsOf(root).map((section) => [section.label, section.list]),
    [
      ["Buy", "/scenarios/0/steps"],
      ["Scenario 2", "/scenarios/1/steps"],
      ["Before the run", "/setup/steps"],
      ["log in", "/flows/log in"],
    ],
  );
  const steps = outlineList(language, findNode(root, "/scenarios/0/steps"), "/scenarios/0/steps");
  assert.deepEqual(
    [steps[0]!.title, steps[0]!.verb, steps[0]!.detail, steps[0]!.keeps],
    ["Log in", "POST", "/login · 2 form fields", ["token"]],
  );
  assert.deepEqual(
    steps[1]!.lists.map((list) => [list.path, list.label]),
    [
      ["/scenarios/0/steps/1/then", ""],
      ["/scenarios/0/steps/1/else", "otherwise"],
    ],
  );
  assert.equal(steps[1]!.lists[0]!.steps[0]!.detail, "must be 201");
  assert.equal(steps[2]!.lists[0]!.label, "branch 1, weight 3");
  assert.equal(flatSteps(steps).length, 6);
});

void test("a new step of every kind is a step of that kind, and the program accepts its keys", () => {
  const folder = mkdtempSync(join(tmpdir(), "reprise-new-"));
  try {
    for (const kind of language.steps) {
      const action = kind.rows.find((row) => row.action)!.key;
      const step = newStep(kind, action);
      assert.equal(kindOf(language, tree(step))?.name, kind.name);
      const file = join(folder, `${kind.name}.yaml`);
      writeFileSync(
        file,
        JSON.stringify({ target: "http://127.0.0.1:1", steps: [{ get: "/" }, { websocket: "/" }, step] }),
      );
      let found = "";
      try {
        execFileSync(reprise, ["check", "--format", "json", file], { stdio: "pipe" });
      } catch (error) {
        found = String((error as { stdout: Buffer }).stdout);
      }
      // The name of the flow that is called is the choice of the user.
      if (kind.name !== "call") assert.equal(found, "", `${kind.name}: ${found}`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

void test("expressions in texts", () => {
  assert.deepEqual(
    segmentsOf('a${b.c | default("}")}d$${e}').map((one) => [one.text, one.expression]),
    [
      ["a", undefined],
      ['${b.c | default("}")}', 'b.c | default("}")'],
      ["d$${e}", undefined],
    ],
  );
  assert.deepEqual(
    segmentsOf("${open").map((one) => one.expression),
    [undefined],
  );
});

void test("a step can use values of earlier steps, in its branch and in flows", () => {
  const root = tree({
    parameters: { PASSWORD: { secret: true } },
    data: { account: { file: "a.csv" } },
    flows: { login: [{ get: "/", extract: { csrf: { form_field: "c" } } }] },
    before_user: [{ post: "/t", extract: { token: { jsonpath: "$.t" } } }],
    steps: [
      { call: "login" },
      { for_each: "id", in: "${ids}", steps: [{ get: "/${id}" }, { set: { later: 1 } }] },
      { if: "x", then: [{ set: { in_then: 1 } }], else: [{ get: "/else" }] },
      { get: "/end", extract: { own: { cookie: "x" } } },
    ],
  });
  const names = (path: string) => variablesAt(root, path, { account: ["user"] }).map((one) => one.name);
  assert.deepEqual(names("/steps/1/steps/0"), ["id", "csrf", "token", "account.user", "PASSWORD"]);
  assert.ok(!names("/steps/2/else/0").includes("in_then"));
  assert.ok(names("/steps/3").includes("in_then") && !names("/steps/3").includes("own"));
  assert.deepEqual(names("/before_user/0"), ["account.user", "PASSWORD"]);
  assert.deepEqual(usesOf(root, "id"), ["/steps/1/steps/0/get"]);
  assert.equal(variableName("X-CSRF-Token", ["x_csrf_token"]), "x_csrf_token_2");
  assert.equal(variableName("itemId", []), "item_id");
});

void test("cells of a spreadsheet become CSV", () => {
  const cells = readCells('user\tnote\r\nann\t"two\nlines ""x"""\r\nbob\n');
  assert.deepEqual(cells, [
    ["user", "note"],
    ["ann", 'two\nlines "x"'],
    ["bob", ""],
  ]);
  assert.equal(writeCsv(cells), 'user,note\nann,"two\nlines ""x"""\nbob,\n');
  assert.deepEqual(readCells("a;b\n1;2"), [
    ["a", "b"],
    ["1", "2"],
  ]);
  assert.equal(writeCsv([["a"], [""], [" x"]]), 'a\n""\n" x"\n');
  assert.equal(wrongColumns(["a", "a"]), "Two columns have the name “a”.");
  assert.equal(wrongColumns(["a", ""]), "Column 2 has no name in the first row.");
  assert.equal(wrongColumns(["a", "b"]), null);
});

void test("a JSON response as lines with places", () => {
  const value = parseJson('{"items":[{"id":"h-1","a b":null}],"none":{}}')!;
  const lines = responseLines(value);
  assert.deepEqual(
    lines.filter((line) => line.leaf).map((line) => [line.path, line.text]),
    [
      ["$.items[0].id", '"h-1"'],
      ["$.items[0]['a b']", "null"],
    ],
  );
  assert.equal(responseLines(value, new Set(["$.items"])).length, 4);
  assert.equal(lastName("$.items[0]['a b']"), "a b");
  assert.deepEqual(["$.items[1].id", "$.id", "$.data"].map(lastName), ["item_id", "id", "data"]);
  assert.equal(parseJson("<p>"), undefined);
  const long = parseJson(JSON.stringify(Array.from({ length: 200 }, (_, id) => ({ id }))))!;
  assert.equal(responseLines(long).length, 602);
  const exact = parseJson('{"2": 12345678901234567890, "1": [89.00, "a\\"]"], "e": [[], {}]}')!;
  assert.deepEqual(
    responseLines(exact).map((line) => line.text),
    ["{", "12345678901234567890", "[", "89.00", '"a\\"]"', "]", "[", "[]", "{}", "]", "}"],
  );
});

void test("a submit step without a name has the name that it has in results", () => {
  const nameOf = (step: object) => pageStepName(tree(step as never));
  assert.equal(nameOf({ submit: { user: "anna", password: "demo" } }), "submit (user, password)");
  assert.equal(nameOf({ submit: { title: "Sale" }, button: "Save" }), "submit Save (title)");
  assert.equal(nameOf({ submit: "Log in" }), "submit Log in");
  assert.equal(nameOf({ submit: {} }), "submit");
  assert.equal(nameOf({ follow: { link: "Next" } }), "follow Next");
  const many = Object.fromEntries([..."abcdefghi"].map((key) => [key, ""]));
  assert.equal(nameOf({ submit: many }), "submit (a, b, c, d, e, f, g, h, …)");
});

void test("a new step goes after the pauses of the selected one", () => {
  const root = tree({ steps: [{ get: "/" }, { think: "1s" }, { get: "/b" }] });
  assert.deepEqual(insertPlace(root, "/steps", "/steps/0"), { list: "/steps", index: 2 });
  assert.deepEqual(insertPlace(root, "/steps", "/steps/2"), { list: "/steps", index: 3 });
});
