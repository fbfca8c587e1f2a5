import {
  addPoint,
  addPointAfter,
  curveLength,
  curvePeak,
  gridOf,
  isHold,
  levelAt,
  moveHold,
  movePoint,
  nudgePoint,
  pointsOfSimple,
  pointsOfStages,
  removePoint,
  simpleOfPoints,
  stagesOfPoints,
} from "../../src/edit/page/model/load_curve";
import type { Curve, Stage } from "../../src/edit/page/model/load_curve";
import { changeKind, curveValue, kindOfLoad, loadValue, PRESETS, PROPOSED, readLoad } from "../../src/edit/page/model/load_form";
import type { CurveLoad } from "../../src/edit/page/model/load_form";
import { equal, test } from "./check";
import { tree } from "./trees";

const stages: Stage[] = [
  { ramp_to: 30, over: 60 },
  { hold: 180 },
  { ramp_to: 55, over: 60 },
  { hold: 120 },
  { ramp_to: 0, over: 60 },
];
const curve: Curve = { unit: null, points: pointsOfStages(stages) };
const grid = gridOf(null, 480, 55);

void test("stages become points, and the points the same stages", () => {
  equal(
    curve.points.map((one) => [one.at, one.level]),
    [
      [0, 0],
      [60, 30],
      [240, 30],
      [300, 55],
      [420, 55],
      [480, 0],
    ],
  );
  equal(stagesOfPoints(curve.points), stages);
  equal([curveLength(curve), curvePeak(curve), levelAt(curve, 30), levelAt(curve, 270)], [480, 55, 15, 42.5]);
});

void test("a jump is a stage of 0 s, at the start and later", () => {
  const jumps: Stage[] = [{ ramp_to: 5, over: 0 }, { hold: 60 }, { ramp_to: 60, over: 0 }, { hold: 30 }];
  const points = pointsOfStages(jumps);
  equal(
    points.map((one) => [one.at, one.level]),
    [
      [0, 5],
      [60, 5],
      [60, 60],
      [90, 60],
    ],
  );
  equal(stagesOfPoints(points), jumps);
  equal(levelAt({ unit: null, points }, 60), 60);
});

void test("a load always starts with a ramp", () => {
  const points = [
    { at: 0, level: 0 },
    { at: 30, level: 0 },
    { at: 60, level: 10 },
  ];
  equal(stagesOfPoints(points), [
    { ramp_to: 0, over: 30 },
    { ramp_to: 10, over: 30 },
  ]);
  equal(pointsOfStages(stagesOfPoints(points)), points);
});

void test("users, duration and ramp-up are a curve, and only such a curve is simple", () => {
  for (const shape of [
    { level: 10, rampUp: 0, length: 60 },
    { level: 10, rampUp: 20, length: 60 },
    { level: 10, rampUp: 60, length: 60 },
  ])
    equal(simpleOfPoints(pointsOfSimple(shape)), shape);
  equal(simpleOfPoints(curve.points), null);
  equal(
    simpleOfPoints([
      { at: 0, level: 5 },
      { at: 60, level: 10 },
    ]),
    null,
  );
});

void test("a dragged point snaps to round values and does not pass its neighbours", () => {
  equal(grid, { level: 2, time: 5 });
  const moved = movePoint(curve, 3, 297.3, 48.7, grid);
  equal(moved.points[3], { at: 295, level: 48 });
  equal(movePoint(curve, 3, 100, 48.7, grid).points[3]?.at, 240);
  equal(movePoint(curve, 3, 9999, 48.7, grid).points[3]?.at, 420);
  equal(movePoint(curve, 0, 50, 10, grid).points[0], { at: 0, level: 10 });
  equal(movePoint(curve, 5, 700, -8, grid).points[5], { at: 700, level: 0 });
  equal(curve.points[3], { at: 300, level: 55 });
});

void test("a dragged point is attracted by the level of its neighbours", () => {
  const odd = {
    unit: null,
    points: [
      { at: 0, level: 0 },
      { at: 60, level: 33 },
      { at: 120, level: 50 },
    ],
  };
  equal(movePoint(odd, 2, 120, 34.5, grid).points[2]?.level, 33);
});

void test("keys move a point to the next round value", () => {
  equal(nudgePoint(curve, 3, { level: 1 }, grid).points[3]?.level, 56);
  equal(nudgePoint(curve, 3, { level: -1 }, grid).points[3]?.level, 54);
  equal(nudgePoint(curve, 3, { time: -5 }, grid).points[3]?.at, 275);
  equal(nudgePoint(curve, 0, { time: 5, level: 5 }, grid).points[0], { at: 0, level: 10 });
  equal(nudgePoint(curve, 5, { level: -9 }, grid).points[5]?.level, 0);
});

void test("a constant part moves as a whole", () => {
  equal(
    [0, 1, 2, 3].map((index) => isHold(curve, index)),
    [false, true, false, true],
  );
  equal(
    moveHold(curve, 1, 21, grid)
      .points.slice(1, 3)
      .map((one) => one.level),
    [22, 22],
  );
  equal(moveHold(curve, 0, 21, grid), curve);
});

void test("points are added on the line and removed", () => {
  const added = addPoint(curve, 151.2, grid);
  equal([added.index, added.curve.points[2]], [2, { at: 150, level: 30 }]);
  equal(addPoint(curve, 60, grid).index, -1);
  equal(addPointAfter(curve, 5, grid).curve.points[6], { at: 600, level: 0 });
  equal(removePoint(added.curve, 2), curve);
  equal(removePoint(curve, 0), curve);
});

void test("the load of a file is read", () => {
  equal(readLoad(undefined), { kind: "iterations", users: 1, iterations: 1, total: false, atMost: null });
  equal(readLoad(tree({ users: 5, total_iterations: 100 })), {
    kind: "iterations",
    users: 5,
    iterations: 100,
    total: true,
    atMost: null,
  });
  const warm = readLoad(tree({ arrivals: "90/m", duration: "1m", warm_up: "20s", ramp_up: "10s" })) as CurveLoad;
  equal([warm.curve.unit, warm.warmUp, warm.stages], ["m", 20, false]);
  equal(
    warm.curve.points.map((one) => [one.at, one.level]),
    [
      [0, 0],
      [10, 90],
      [80, 90],
    ],
  );
  equal(kindOfLoad(readLoad(tree({ capacity: { find: "users", from: 5, to: 50 } }))), "capacity");
  equal(readLoad(tree({ users: "${users}", duration: "1m" })), {
    kind: "text",
    reason: "The value of users is ‘${users}’, which is not a fixed number.",
  });
  equal(readLoad(tree({ stages: [{ hold: "1m" }] })), { kind: "text", reason: "The first stage must be a ramp." });
});

void test("a changed curve keeps the form of the file, its other keys and its text", () => {
  const node = tree({ users: 5, duration: "60s", grace: "10s" });
  const load = readLoad(node) as CurveLoad;
  equal(curveValue(node, load), { users: 5, duration: "60s", grace: "10s" });
  const raised = moveHold(load.curve, 0, 8, gridOf(null, 60, 10));
  equal(curveValue(node, { ...load, curve: raised }), { users: 8, duration: "60s", grace: "10s" });
  const ramp = {
    unit: null,
    points: [
      { at: 0, level: 0 },
      { at: 30, level: 8 },
      { at: 60, level: 0 },
    ],
  };
  equal(curveValue(node, { ...load, curve: ramp }), {
    stages: [
      { ramp_to: 8, over: "30s" },
      { ramp_to: 0, over: "30s" },
    ],
    grace: "10s",
  });
});

void test("stages stay stages, with the text of those that did not change", () => {
  const node = tree({ stages: [{ ramp_to: "20/s", over: "90s" }, { hold: "60s" }], spacing: "random" });
  const load = readLoad(node) as CurveLoad;
  equal(curveValue(node, { ...load, curve: movePoint(load.curve, 2, 200, 20, gridOf("s", 150, 20)) }), {
    stages: [{ ramp_to: "20/s", over: "90s" }, { hold: "1m50s" }],
    spacing: "random",
  });
});

void test("another kind of load drops the keys that it cannot have", () => {
  const node = tree({ arrivals: "20/s", duration: "1m", max_users: 50, spacing: "random", grace: "5s" });
  const users = changeKind(readLoad(node), "users", 4);
  equal(loadValue(node, users), { users: 80, duration: "1m", grace: "5s" });
  equal(loadValue(node, changeKind(readLoad(node), "capacity", 4)), {
    capacity: { find: "arrivals", from: "1/s", to: "50/s", hold: "30s" },
    max_users: 50,
    spacing: "random",
    grace: "5s",
  });
  equal(loadValue(node, changeKind(readLoad(node), "iterations", 4)), { users: 10, iterations: 1, grace: "5s" });
});

void test("users and arrivals are related by the time of an iteration, and never get large", () => {
  const fixed = tree({ users: 30, duration: "1m" });
  equal(loadValue(fixed, changeKind(readLoad(fixed), "arrivals", 40)), { arrivals: "0.75/s", duration: "1m" });
  const many = tree({ arrivals: "750/s", duration: "1m" });
  equal(loadValue(many, changeKind(readLoad(many), "users", 40)), { users: 100, duration: "1m" });
  equal(loadValue(undefined, PROPOSED), { users: 10, duration: "1m", ramp_up: "10s" });
});

void test("every preset can be written and read again", () => {
  for (const preset of PRESETS) {
    for (const unit of [null, "s"] as const) {
      const load = preset.make(unit, 20);
      const read = readLoad(tree(loadValue(undefined, load) ?? {}));
      if (load.kind === "curve") equal((read as CurveLoad).curve, load.curve);
      else equal(read, load);
    }
  }
});
