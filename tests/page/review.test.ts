/* The review of an import: what is read from the scenario, and the operations that change it. */
import { splitAddress, yamlText } from "../../src/edit/page/home/new_test";
import { freeName, pastedName } from "../../src/edit/page/imports";
import { hostAndPort, keptOf, skippedByReason } from "../../src/edit/page/model/import_report";
import { diffContext, diffLines } from "../../src/edit/page/model/line_diff";
import * as review from "../../src/edit/page/model/review";
import { varied } from "../../src/edit/page/review/pauses_part";
import { equal, test } from "./check";
import { tree } from "./trees";

const visit = tree({
  target: "http://127.0.0.1",
  parameters: { PASSWORD: { secret: true } },
  steps: [
    { get: "/login", extract: { csrf: { form_field: "token" } } },
    { think: "3s" },
    {
      group: "Log in",
      steps: [
        { submit: { user: "anna", password: "${PASSWORD}", csrf: "${csrf}" } },
        { get: "/x?t=${csrf | upper}", name: "Look", think: "1s" },
      ],
    },
    { get: "/end" },
  ],
});

void test("the steps of groups follow their group, pauses are not listed", () => {
  equal(
    review.reviewSteps(visit).map((step) => `${step.path} ${step.depth} ${step.verb} ${step.name}`),
    [
      "/steps/0 0 GET /login",
      "/steps/2 0 GROUP Log in",
      "/steps/2/steps/0 1 SUBMIT submit (user, password, csrf)",
      "/steps/2/steps/1 1 GET Look",
      "/steps/3 0 GET /end",
    ],
  );
});

void test("values given by the site have their source and their uses", () => {
  const [csrf, ...rest] = review.givenValues(visit);
  equal(rest.length, 0);
  equal(csrf, {
    name: "csrf",
    path: "/steps/0/extract/csrf",
    from: "/login",
    how: "the form field token",
    uses: ["/steps/2/steps/0/submit/csrf", "/steps/2/steps/1/get"],
  });
  equal(review.renameOps(visit, csrf!, "proof"), [
    { op: "set", path: "/steps/2/steps/0/submit/csrf", value: "${proof}" },
    { op: "set", path: "/steps/2/steps/1/get", value: "/x?t=${proof | upper}" },
    { op: "rename", path: "/steps/0/extract/csrf", key: "proof" },
  ]);
  equal(review.keepRecordedOps(visit, csrf!, "abc").slice(1), [
    { op: "set", path: "/steps/2/steps/1/get", value: "/x?t=abc" },
    { op: "remove", path: "/steps/0/extract" },
  ]);
});

void test("values that were typed are the same, secret, or have a number", () => {
  equal(
    review.typedValues(visit).map(({ label, kind, secret }) => [label, kind, secret]),
    [
      ["user", "same", false],
      ["password", "parameter", true],
    ],
  );
  const numbered = tree({ steps: [{ submit: { title: review.withNumber("Sale") } }] });
  equal(review.typedValues(numbered)[0]?.kind, "number");
  equal(review.withoutNumber(review.withNumber("Sale")), "Sale");
  equal(review.numberExample(review.withNumber("Sale")), "Sale 17-1");
});

void test("a column is added to a table", () => {
  equal(review.addColumn("", "user", "anna"), "user\nanna\n");
  equal(review.addColumn("user\nanna\nben\n", "note", 'a,"b"'), 'user,note\nanna,"a,""b"""\nben,"a,""b"""\n');
});

void test("pauses are steps or keys of requests, and are removed from the end", () => {
  const pauses = review.pausesOf(visit);
  equal(
    pauses.map(({ text, after, isStep }) => [text, after, isStep]),
    [
      ["3s", "/login", true],
      ["1s", "Look", false],
    ],
  );
  equal(review.removePausesOps(visit, pauses), [
    { op: "remove", path: "/steps/2/steps/1/think" },
    { op: "remove", path: "/steps/1" },
  ]);
  equal([varied("3s"), varied("soon")], ["1.5s..4.5s", null]);
});

void test("an address is split, and an import gets a free name", () => {
  equal(splitAddress("shop.example/a?b=1"), { target: "https://shop.example", path: "/a?b=1" });
  equal(splitAddress("127.0.0.1:8080"), { target: "http://127.0.0.1:8080", path: "/" });
  equal([splitAddress(""), splitAddress("ftp://x/"), splitAddress("a b")], [null, null, null]);
  equal([yamlText("Web shop"), yamlText("yes"), yamlText("a: b")], ["Web shop", '"yes"', '"a: b"']);
  equal(freeName("Visit.har", ["Visit.yaml", "Visit-2.yaml"]), "Visit-3.yaml");
  equal(freeName("api.postman_collection.json", []), "api.yaml");
  equal(freeName("../x/.har", []), "test.yaml");
  equal([pastedName("curl 'http://x/'"), pastedName("hello")], ["curl command.sh", null]);
});

void test("the difference of two texts", () => {
  const lines = diffLines("a\nb\nc\nd\ne\n", "a\nb\nx\nd\ne\n");
  equal(
    lines.filter((line) => line.kind !== "same"),
    [
      { kind: "removed", text: "c" },
      { kind: "added", text: "x" },
    ],
  );
  equal(
    diffContext(lines, 1).map((line) => line?.text ?? null),
    ["b", "c", "x", "d", null],
  );
});

void test("a missing value is named after its field, the user and the host", () => {
  equal(review.secretLabel(visit, "PASSWORD"), "Password of anna at 127.0.0.1");
  equal(review.secretLabel(visit, "OTHER"), "");
});

void test("hosts are shown with their ports, reasons are described for everyone", () => {
  const requests = [
    { method: "GET", url: "http://shop.test:8080/", kept: true },
    { method: "GET", url: "http://shop.test:8080/a.png", kept: false, reason: "asset" },
    { method: "GET", url: "https://other.test/?u=http://shop.test:1", kept: false, reason: "to analytics" },
  ];
  const report = { requests };
  equal(
    ["shop.test", "other.test", "none.test"].map((host) => hostAndPort(report, host)),
    ["shop.test:8080", "other.test", "none.test"],
  );
  const keptAt = (host: string) => keptOf(report, { host, kept: true, requests: 7 });
  equal(["shop.test", "other.test", "none.test"].map(keptAt), ["1 of 2", "0 of 1", "7"]);
  equal(
    skippedByReason(report).map((group) => group.reason),
    ["files of pages (images, styles, scripts)", "to analytics"],
  );
});
