import { readEvents } from "../../src/edit/page/api";
import { tabOfPath } from "../../src/edit/page/parts/diagnostics";
import { href, parseRoute } from "../../src/edit/page/router";
import { equal, test } from "./check";

void test("an address leads back to its screen and file", () => {
  equal(href("test", "a/b c.yaml", "steps"), "#/test/a%2Fb%20c.yaml/steps");
  equal(parseRoute("#/test/a%2Fb%20c.yaml/steps"), { screen: "test", file: "a/b c.yaml", rest: ["steps"] });
  equal(parseRoute(""), { screen: "home", file: "", rest: [] });
  equal(parseRoute("#/test/100%"), { screen: "test", file: "100%", rest: [] });
});

void test("events are read in any pieces", () => {
  const text = ": hello\n\nevent: job\ndata: {\"a\":\ndata: 1}\n\nevent: file\r\ndata: 2\r\n\r\nevent: half\n";
  const read = readEvents(text);
  equal(read.events, [
    { name: "job", data: '{"a":\n1}' },
    { name: "file", data: "2" },
  ]);
  equal(read.rest, "event: half\n");
});

void test("an error belongs to a tab", () => {
  equal(["/steps/2/get", "/scenarios/0/load/users", "/data/a", "/thresholds/0", null].map(tabOfPath), [
    "steps",
    "load",
    "data",
    "load",
    "steps",
  ]);
});
