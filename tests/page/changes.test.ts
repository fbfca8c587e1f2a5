/* Changes of the page: conditions of responses, moves in the list of steps, cells of tables, merged texts. */
import assert from "node:assert/strict";
import { mergeTexts } from "../../src/edit/page/model/edit_ops";
import { addCondition, changeCondition, conditionsOf } from "../../src/edit/page/model/expectations";
import { addRows, cellSpans, changeCell, jsonRows, removeRow } from "../../src/edit/page/model/spreadsheet";
import { findNode } from "../../src/edit/page/model/tree";
import type { Json } from "../../src/edit/page/model/tree";
import * as steps from "../../src/edit/page/steps/step_ops";
import { arrowTarget, outerStep } from "../../src/edit/page/steps/use_drag";
import { test } from "./check";
import { applied, language, tree } from "./trees";

const PATH = "/steps/0/expect";

function withExpect(expect: Json): { text: string; root: ReturnType<typeof tree> } {
  const value = { steps: [{ get: "/", expect }] };
  return { text: JSON.stringify(value), root: tree(value) };
}

function expectOf(text: string): Json {
  return (JSON.parse(text) as { steps: { expect: Json }[] }).steps[0]!.expect;
}

void test("conditions are lines, and several conditions can share a key", () => {
  const { root } = withExpect({
    status: 200,
    body: { contains: ["a", "b"], max: 3 },
    header: { X: "1" },
    css: { h1: { exists: true } },
  });
  assert.deepEqual(
    conditionsOf(language, findNode(root, PATH), PATH).map((one) => [
      one.subject,
      one.name,
      one.comparison,
      one.path.slice(PATH.length),
    ]),
    [
      ["status", undefined, undefined, "/status"],
      ["body", undefined, "contains", "/body/contains/0"],
      ["body", undefined, "contains", "/body/contains/1"],
      ["body", undefined, "max", "/body/max"],
      ["header", "X", "equals", "/header/X"],
      ["css", "h1", "exists", "/css/h1/exists"],
    ],
  );
});

void test("a condition is added to those of the same key", () => {
  const add = (expect: Json, wanted: Parameters<typeof addCondition>[3]) => {
    const { text, root } = withExpect(expect);
    return expectOf(applied(text, addCondition(root, language, PATH, wanted, [])));
  };
  const body = { subject: "body", name: "", comparison: "contains", value: "b" };
  assert.deepEqual(add({ status: 200 }, body), { status: 200, body: { contains: "b" } });
  assert.deepEqual(add({ body: { contains: "a" } }, body), { body: { contains: ["a", "b"] } });
  assert.deepEqual(add({ body: "a" }, body), { body: { equals: "a", contains: "b" } });
  assert.deepEqual(add({ status: 200 }, { subject: "header", name: "X", comparison: "equals", value: "1" }), {
    status: 200,
    header: { X: "1" },
  });
});

void test("a condition is changed where it is, or moves to another key", () => {
  const change = (expect: Json, index: number, change: object) => {
    const { text, root } = withExpect(expect);
    const old = conditionsOf(language, findNode(root, PATH), PATH)[index]!;
    const wanted = {
      subject: old.subject,
      name: old.name ?? "",
      comparison: old.comparison ?? "",
      value: "x",
      ...change,
    };
    return expectOf(applied(text, changeCondition(root, language, PATH, old, wanted)));
  };
  assert.deepEqual(change({ body: { contains: ["a", "b"] } }, 1, {}), { body: { contains: ["a", "x"] } });
  assert.deepEqual(change({ body: "a" }, 0, { comparison: "contains" }), { body: { contains: "x" } });
  assert.deepEqual(change({ body: { contains: "a" } }, 0, { comparison: "matches" }), { body: { matches: "x" } });
  assert.deepEqual(change({ body: { contains: "a" }, status: 200 }, 0, { subject: "url" }), {
    status: 200,
    url: { contains: "x" },
  });
  assert.deepEqual(change({ status: 200 }, 0, { subject: "max_time", value: "1s" }), { max_time: "1s" });
  assert.deepEqual(change({ header: { X: "1" } }, 0, { name: "Y" }), { header: { Y: "x" } });
});

const LIST =
  "target: http://127.0.0.1\nsteps:\n  - get: /a\n  # about b\n  - get: /b\n  - group: G\n    steps:\n      - get: /c\n      - get: /d\n";
const LIST_TREE = tree({
  target: "http://127.0.0.1",
  steps: [{ get: "/a" }, { get: "/b" }, { group: "G", steps: [{ get: "/c" }, { get: "/d" }] }],
});

void test("a step is put into a group with its comments, and a group is dissolved", () => {
  const grouped = applied(LIST, steps.groupStep("/steps/1", "B").ops);
  assert.match(grouped, /- group: B\n    steps:\n      # about b\n      - get: \/b\n  - group: G/);
  const flat = applied(LIST, steps.ungroupStep(LIST_TREE, "/steps/2").ops);
  assert.match(flat, /- get: \/b\n  - get: \/c\n  - get: \/d\n$/);
});

void test("a step is inserted, deleted and duplicated, and the right one is selected", () => {
  const kind = language.steps.find((one) => one.name === "request")!;
  const inserted = steps.insertKind(LIST_TREE, "/steps", 1, kind, "post");
  assert.equal(inserted.select, "/steps/1");
  assert.match(applied(LIST, inserted.ops), /- get: \/a\n  - post: \/\n  # about b/);
  const first = steps.insertKind(tree({ target: "x" }), "/steps", 0, kind, "get");
  assert.equal(first.select, "/steps/0");
  assert.match(applied("target: http://127.0.0.1\n", first.ops), /steps:\n +- get: \/\n/);
  assert.equal(steps.deleteStep(LIST_TREE, "/steps/2").select, "/steps/1");
  assert.equal(steps.deleteStep(LIST_TREE, "/steps/0").select, "/steps/0");
  assert.equal(steps.duplicateStep("/steps/0").select, "/steps/1");
  assert.equal(steps.nearestStep(LIST_TREE, "/steps/2/steps/7"), "/steps/2/steps/1");
  assert.equal(steps.nearestStep(LIST_TREE, "/flows/x/0"), null);
});

void test("Alt and an arrow key move a step up, down, into a list and out of it", () => {
  const nested = (path: string) => steps.listsIn(language, LIST_TREE, path);
  const move = (path: string, key: string) => arrowTarget(path, key, steps.countIn(LIST_TREE), nested);
  assert.deepEqual(move("/steps/1", "ArrowUp"), { list: "/steps", index: 0 });
  assert.deepEqual(move("/steps/0", "ArrowDown"), { list: "/steps", index: 2 });
  assert.equal(move("/steps/0", "ArrowUp"), null);
  assert.deepEqual(move("/steps/2/steps/0", "ArrowUp"), { list: "/steps", index: 2 });
  assert.deepEqual(move("/steps/2/steps/1", "ArrowDown"), { list: "/steps", index: 3 });
  assert.deepEqual(move("/steps/2/steps/0", "ArrowLeft"), { list: "/steps", index: 3 });
  assert.equal(move("/steps/1", "ArrowRight"), null);
  assert.equal(outerStep("/scenarios/0/steps"), null);
  assert.equal(outerStep("/scenarios/0/steps/3/choose/1/steps"), "/scenarios/0/steps/3");
});

void test("one cell of a table is changed, and the others stay as they are written", () => {
  const table = 'a;"b"\r\n1;"x ""y"";z"\r\n\r\n"2";3';
  assert.equal(cellSpans(table, ";").length, 3);
  assert.equal(changeCell(table, ";", 1, 1, "n;m"), 'a;"b"\r\n1;"n;m"\r\n\r\n"2";3');
  assert.equal(changeCell(table, ";", 2, 0, "7"), 'a;"b"\r\n1;"x ""y"";z"\r\n\r\n7;3');
  assert.equal(changeCell(table, ";", 9, 0, "7"), null);
  assert.equal(addRows("a,b\n1,2", ",", [["3", "4"]]), "a,b\n1,2\n3,4\n");
  assert.equal(removeRow("a,b\n1,2\n3,4\n", ",", 1), "a,b\n3,4\n");
  assert.equal(removeRow("a,b\n1,2\n", ",", 1), "a,b\n");
});

void test("rows of JSON files", () => {
  assert.deepEqual(jsonRows('[{"a":1},{"b":[2]}]', false), {
    columns: ["a", "b"],
    rows: [
      ["1", ""],
      ["", "[2]"],
    ],
  });
  assert.deepEqual(jsonRows('{"a":"x"}\n{"a":"y"}\n', true)?.rows, [["x"], ["y"]]);
  assert.equal(jsonRows("{}", false), null);
  assert.equal(jsonRows("nonsense", false), null);
});

void test("changes of two programs are joined if they are in different places", () => {
  assert.equal(mergeTexts("a\nb\nc\n", "a\nb\nC\n", "A\nb\nc\n"), "A\nb\nC\n");
  assert.equal(mergeTexts("a\nb\n", "a\nx\n", "a\ny\n"), null);
  assert.equal(mergeTexts("a", "a", "b"), "b");
  assert.equal(mergeTexts("a", "b", "b"), "b");
});
