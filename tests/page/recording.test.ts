/* A recording that is shown while it happens. */
import { afterLine, countRequests, NOTHING } from "../../src/edit/page/model/recording";
import { equal, test } from "./check";

const lines = [
  { event: "ready", host: "127.0.0.1", port: 8888, certificate: "ca.pem", browser: "chromium" },
  { event: "request", method: "GET", url: "http://shop/", status: 200, use: "document", asset: false, ms: 3 },
  { event: "request", method: "GET", url: "http://shop/a.png", status: 200, use: "image", asset: true, ms: 1 },
  { event: "request", method: "GET", url: "http://shop/api?q=1", status: 200, use: "fetch", asset: false, ms: 2 },
  { event: "request", method: "GET", url: "http://shop/login", status: 200, use: "document", asset: false, ms: 2 },
  { event: "step", name: "Log in" },
  { event: "request", method: "POST", url: "http://shop/login", status: 303, use: "document", asset: false, ms: 2 },
  { event: "request", method: "GET", url: "http://shop/account", status: 200, use: "document", asset: false, ms: 2 },
  { event: "end", requests: 5, steps: 1, recording: "shop.har", scenario: "shop.yaml" },
];

void test("the reason why no browser was opened", () => {
  const line = { event: "ready", host: "127.0.0.1", port: 1, browser: null, why_no_browser: "no browser was found" };
  equal(afterLine(NOTHING, line).whyNoBrowser, "no browser was found");
  equal(afterLine(NOTHING, lines[0]).whyNoBrowser, null);
});

void test("requests are grouped by page, and a named part keeps its pages", () => {
  const recording = lines.reduce(afterLine, NOTHING);
  equal(
    recording.parts.map((part) => [part.name, part.requests.length]),
    [
      ["/", 2],
      ["/login", 1],
      ["Log in", 2],
    ],
  );
  equal([countRequests(recording), recording.assets, recording.proxy], [5, 1, "127.0.0.1:8888"]);
  equal(recording.ended, { requests: 5, recording: "shop.har", scenario: "shop.yaml" });
});
