import {
  aboutText,
  axisSteps,
  bytesText,
  clockText,
  durationText,
  lengthText,
  levelValue,
  levelWords,
  niceStep,
  numberText,
  parseDuration,
  parseLevel,
  parseShare,
  shareText,
  timeSteps,
  timeText,
  typedDuration,
  whenText,
} from "../../src/edit/page/model/quantity";
import { equal, test } from "./check";

void test("durations are read as the language does", () => {
  equal(
    ["1m30s", "250ms", "0", "1.5s", "1h 30m", "2 s", "100us"].map(parseDuration),
    [90, 0.25, 0, 1.5, 5400, 2, 1e-4],
  );
  equal(["", "30", "1s1m", "1m1m", "abc", "-1s", "1:30"].map(parseDuration), [
    null,
    null,
    null,
    null,
    null,
    null,
    null,
  ]);
});

void test("a person may type a duration without a unit", () => {
  equal(["10", "1 min", "1.5", "2 hours", "1m 30s", "90 sec", "500 ms", "${wait}"].map(typedDuration), [
    "10s",
    "1m",
    "1.5s",
    "2h",
    "1m30s",
    "90s",
    "500ms",
    "${wait}",
  ]);
  equal(["", "abc", "-1", "1:30"].map(typedDuration), [null, null, null, null]);
});

void test("durations are written as the language does", () => {
  equal([90, 0.25, 0, 3600, 5400.5, 86400].map(durationText), ["1m30s", "250ms", "0s", "1h", "1h30m500ms", "24h"]);
  for (const seconds of [1, 59, 61, 3601, 0.001]) equal(parseDuration(durationText(seconds)), seconds);
});

void test("levels are users or rates", () => {
  equal(
    [parseLevel("50"), parseLevel("20/s"), parseLevel("0.5 / m")],
    [
      { value: 50, unit: null },
      { value: 20, unit: "s" },
      { value: 0.5, unit: "m" },
    ],
  );
  equal([parseLevel("${n}"), parseLevel("20/d"), parseLevel("-1")], [null, null, null]);
  equal([levelValue({ value: 19.6, unit: null }), levelValue({ value: 0.1 + 0.2, unit: "s" })], [20, "0.3/s"]);
  equal(
    [levelWords({ value: 1, unit: null }), levelWords({ value: 20, unit: "m" })],
    ["1 user", "20 new users per minute"],
  );
});

void test("numbers for people", () => {
  equal([0.12, 0.98, 41.04, 999.7, 1250, 95000].map(timeText), [
    "120 µs",
    "980 µs",
    "41 ms",
    "1 s",
    "1.25 s",
    "1 min 35 s",
  ]);
  equal([timeText(null), timeText(0)], ["–", "0 ms"]);
  equal([0, 0.00001, 0.0007, 0.029, 0.9999, 1].map(shareText), [
    "0%",
    "under 0.01%",
    "0.07%",
    "2.9%",
    "over 99.9%",
    "100%",
  ]);
  equal([5, 62.4, 18412, 3063].map(aboutText), ["5", "62", "18,400", "3,060"]);
  equal([0.5, 12.34, 6214].map(numberText), ["0.5", "12.3", "6,214"]);
  equal([431, 12345, 2.1e8].map(bytesText), ["431 bytes", "12.3 kB", "210 MB"]);
  equal([8 * 60, 90, 7500, 0.35, 2.5].map(lengthText), ["8 min", "1 min 30 s", "2 h 5 min", "350 ms", "2.5 s"]);
  equal([0, 252, 3723].map(clockText), ["0:00", "4:12", "1:02:03"]);
  equal(parseShare("0.5 %"), 0.005);
});

void test("times of a day", () => {
  const now = new Date(2026, 11, 1, 15, 0);
  const at = (...parts: [number, number, number, number, number]) => whenText(new Date(...parts).toISOString(), now);
  equal(
    [at(2026, 11, 1, 14, 2), at(2026, 10, 30, 17, 40), at(2026, 10, 27, 9, 12), at(2025, 0, 2, 3, 4)],
    ["today 14:02", "yesterday 17:40", "Fri 27 Nov, 09:12", "2 Jan 2025, 03:04"],
  );
});

void test("axes have round steps", () => {
  equal([0.3, 1, 3, 11, 20, 21].map(niceStep), [0.5, 1, 5, 20, 20, 50]);
  equal(axisSteps(55, 4), [0, 20, 40, 60]);
  equal(axisSteps(1, 4, true), [0, 1]);
  equal(timeSteps(480, 5), [0, 120, 240, 360, 480]);
});
