/*
 * The curve of a load as a drawing that is changed with the mouse or the keyboard. While a point is
 * dragged the axes stay, and the new curve is passed on when it is dropped.
 */
import { useEffect, useRef, useState } from "../parts/hooks";
import type { KeyboardEvent, PointerEvent } from "react";

import {
  addPoint,
  addPointAfter,
  curveLength,
  curvePeak,
  gridOf,
  isHold,
  moveHold,
  movePoint,
  nudgePoint,
  removePoint,
} from "../model/load_curve";
import type { Curve, CurveGrid } from "../model/load_curve";
import { axisSteps, clockText, levelWords, numberText, RATE_WORDS, timeSteps } from "../model/quantity";
import { useWidth } from "./use_width";

const HEIGHT = 250;
const LEFT = 52;
const RIGHT = 18;
const TOP = 18;
const BOTTOM = 34;
/** How long after the last key a change is saved, so that ten presses are one step of undo. */
const KEY_WAIT_MS = 700;

interface Axes {
  length: number;
  levels: number[];
  grid: CurveGrid;
}

function axesOf(curve: Curve): Axes {
  const length = curveLength(curve) * 1.1 || 60;
  const peak = Math.max(curvePeak(curve), 1);
  return {
    length,
    levels: axisSteps(peak * 1.15, 4, curve.unit === null),
    grid: gridOf(curve.unit, curveLength(curve) || 60, peak),
  };
}

interface Drag {
  kind: "point" | "hold";
  index: number;
  axes: Axes;
}

export interface CurvePlotProps {
  label: string;
  curve: Curve;
  warmUp: number;
  onChange: (curve: Curve) => void;
}

export function CurvePlot({ label, curve, warmUp, onChange }: CurvePlotProps) {
  const [draft, setDraft] = useState<Curve | null>(null);
  const [drag, setDrag] = useState<Drag | null>(null);
  const [active, setActive] = useState(-1);
  const keyTimer = useRef<ReturnType<typeof setTimeout>>();
  const [holder, width] = useWidth<HTMLDivElement>(820);
  const svg = useRef<SVGSVGElement>(null);
  const shown = draft ?? curve;
  const axes = drag?.axes ?? axesOf(shown);
  const top = axes.levels[axes.levels.length - 1] ?? 1;
  const x = (at: number) => LEFT + (at / axes.length) * (width - LEFT - RIGHT);
  const y = (level: number) => HEIGHT - BOTTOM - (level / top) * (HEIGHT - TOP - BOTTOM);

  // A change by undo, by a number field or by another program replaces the draft.
  useEffect(() => setDraft(null), [curve]);
  useEffect(() => () => clearTimeout(keyTimer.current), []);

  const place = (event: PointerEvent) => {
    const box = svg.current?.getBoundingClientRect();
    const at = ((event.clientX - (box?.left ?? 0) - LEFT) / (width - LEFT - RIGHT)) * axes.length;
    const level = ((HEIGHT - BOTTOM - (event.clientY - (box?.top ?? 0))) / (HEIGHT - TOP - BOTTOM)) * top;
    return { at, level };
  };
  const save = (next: Curve) => {
    if (JSON.stringify(next.points) !== JSON.stringify(curve.points)) onChange(next);
  };
  const begin = (event: PointerEvent<SVGElement>, kind: Drag["kind"], index: number) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    setDrag({ kind, index, axes });
    setActive(index);
    event.stopPropagation();
  };
  const move = (event: PointerEvent<SVGElement>) => {
    if (!drag) return;
    const { at, level } = place(event);
    const next =
      drag.kind === "point"
        ? movePoint(shown, drag.index, at, level, drag.axes.grid)
        : moveHold(shown, drag.index, level, drag.axes.grid);
    setDraft(next);
  };
  const end = () => {
    if (!drag) return;
    setDrag(null);
    save(shown);
  };
  const add = (event: PointerEvent<SVGElement>) => {
    const added = addPoint(shown, place(event).at, axes.grid);
    if (added.index < 0) return;
    setActive(added.index);
    save(added.curve);
  };
  const key = (event: KeyboardEvent, index: number) => {
    const next = keyChange(event, shown, index, axes.grid);
    if (!next) return;
    event.preventDefault();
    clearTimeout(keyTimer.current);
    if (next.focus !== undefined) setActive(next.focus);
    setDraft(next.curve);
    keyTimer.current = setTimeout(() => save(next.curve), next.atOnce ? 0 : KEY_WAIT_MS);
  };
  const leave = () => {
    if (!draft || drag) return;
    clearTimeout(keyTimer.current);
    save(draft);
  };

  const line = shown.points.map((point, i) => `${i ? "L" : "M"}${x(point.at)} ${y(point.level)}`).join("");
  const last = shown.points[shown.points.length - 1];
  const close = `L${x(last?.at ?? 0)} ${y(0)}L${x(0)} ${y(0)}Z`;
  return (
    <div ref={holder} className="curve">
      <svg
        ref={svg}
        className="plot"
        width={width}
        height={HEIGHT}
        role="group"
        aria-label={label}
        onPointerMove={move}
        onPointerUp={end}
        onPointerCancel={end}
      >
        <PlotAxes axes={axes} x={x} y={y} width={width} />
        {warmUp > 0 && (
          <g>
            <rect className="w" x={x(0)} y={TOP} width={Math.max(0, x(warmUp) - x(0))} height={y(0) - TOP} />
            <text x={x(0) + 6} y={TOP + 14}>
              not measured
            </text>
          </g>
        )}
        <path className="a" d={line + close} />
        <path className="c" d={line} />
        <path className="touch" d={line} onPointerDown={add}>
          <title>Click to add a point</title>
        </path>
        {shown.points.map((point, i) => {
          const next = shown.points[i + 1];
          return isHold(shown, i) && next ? (
            <HoldLine
              key={`hold-${i}`}
              x1={x(point.at)}
              x2={x(next.at)}
              y={y(point.level)}
              onBegin={(event) => begin(event, "hold", i)}
            />
          ) : null;
        })}
        {shown.points.map((point, i) => (
          <Handle
            key={`point-${i}`}
            index={i}
            x={x(point.at)}
            y={y(point.level)}
            level={point.level}
            max={top}
            words={`${levelWords({ value: point.level, unit: shown.unit })} at ${clockText(point.at)}`}
            active={active === i}
            onFocus={() => setActive(i)}
            onBegin={(event) => begin(event, "point", i)}
            onKey={(event) => key(event, i)}
            onLeave={leave}
          />
        ))}
        <ActiveLabel curve={shown} index={active} x={x} y={y} width={width} />
      </svg>
      <p className="soft hint">
        Drag a point or a level part. Click the line to add a point. Keys: arrows move a point, Insert adds one, Delete
        removes it.
      </p>
    </div>
  );
}

interface KeyChange {
  curve: Curve;
  focus?: number;
  atOnce?: boolean;
}

function keyChange(event: KeyboardEvent, curve: Curve, index: number, grid: CurveGrid): KeyChange | null {
  const far = event.shiftKey ? 5 : 1;
  switch (event.key) {
    case "ArrowUp":
      return { curve: nudgePoint(curve, index, { level: far }, grid) };
    case "ArrowDown":
      return { curve: nudgePoint(curve, index, { level: -far }, grid) };
    case "ArrowRight":
      return { curve: nudgePoint(curve, index, { time: far }, grid) };
    case "ArrowLeft":
      return { curve: nudgePoint(curve, index, { time: -far }, grid) };
    case "Delete":
    case "Backspace":
      return { curve: removePoint(curve, index), focus: Math.max(0, index - 1), atOnce: true };
    case "Insert":
    case "+": {
      const added = addPointAfter(curve, index, grid);
      return added.index < 0 ? null : { curve: added.curve, focus: added.index, atOnce: true };
    }
    default:
      return null;
  }
}

interface PlotAxesProps {
  axes: Axes;
  x: (at: number) => number;
  y: (level: number) => number;
  width: number;
}

function PlotAxes({ axes, x, y, width }: PlotAxesProps) {
  return (
    <g aria-hidden="true">
      {axes.levels.map((level) => (
        <g key={level}>
          <path className="g" d={`M${LEFT} ${y(level)}H${width - RIGHT}`} />
          <text x={LEFT - 14} y={y(level) + 4} textAnchor="end">
            {numberText(level)}
          </text>
        </g>
      ))}
      {timeSteps(axes.length, Math.max(3, Math.floor(width / 130))).map((at) => (
        <text key={at} x={x(at)} y={HEIGHT - BOTTOM + 22} textAnchor="middle">
          {clockText(at)}
        </text>
      ))}
    </g>
  );
}

interface HoldLineProps {
  x1: number;
  x2: number;
  y: number;
  onBegin: (event: PointerEvent<SVGElement>) => void;
}

/** The grip in the middle of a level part. The part is also reachable by its two points. */
function HoldLine({ x1, x2, y, onBegin }: HoldLineProps) {
  const middle = (x1 + x2) / 2;
  const half = Math.min(16, (x2 - x1) / 4);
  return (
    <g className="hold" onPointerDown={onBegin}>
      <title>Drag this part up or down</title>
      <rect x={middle - half - 6} y={y - 11} width={2 * half + 12} height={22} fill="transparent" />
      <rect className="grip" x={middle - half} y={y - 3.5} width={2 * half} height={7} rx={3.5} />
    </g>
  );
}

interface HandleProps {
  index: number;
  x: number;
  y: number;
  level: number;
  max: number;
  words: string;
  active: boolean;
  onFocus: () => void;
  onBegin: (event: PointerEvent<SVGElement>) => void;
  onKey: (event: KeyboardEvent) => void;
  onLeave: () => void;
}

function Handle(props: HandleProps) {
  const ref = useRef<SVGGElement>(null);
  const focused = props.active && document.activeElement?.classList.contains("handle");
  // After a point was added or removed, the focus follows to its neighbour.
  useEffect(() => {
    if (focused && document.activeElement !== ref.current) ref.current?.focus();
  });
  return (
    <g
      ref={ref}
      className="handle"
      role="slider"
      tabIndex={0}
      aria-label={`Point ${props.index + 1}`}
      aria-valuemin={0}
      aria-valuemax={Math.max(props.max, props.level)}
      aria-valuenow={props.level}
      aria-valuetext={props.words}
      aria-orientation="vertical"
      onFocus={props.onFocus}
      onBlur={props.onLeave}
      onKeyDown={props.onKey}
      onPointerDown={props.onBegin}
    >
      <circle cx={props.x} cy={props.y} r={14} fill="transparent" />
      <circle className="h" cx={props.x} cy={props.y} r={6} />
    </g>
  );
}

interface ActiveLabelProps {
  curve: Curve;
  index: number;
  x: (at: number) => number;
  y: (level: number) => number;
  width: number;
}

/** What the chosen point means, beside it and inside the drawing. */
function ActiveLabel({ curve, index, x, y, width }: ActiveLabelProps) {
  const point = curve.points[index];
  if (!point) return null;
  const unit = curve.unit ? ` ${RATE_WORDS[curve.unit]}` : point.level === 1 ? " user" : " users";
  const words = `${numberText(point.level)}${unit} at ${clockText(point.at)}`;
  const right = x(point.at) > width - 170;
  const above = y(point.level) > TOP + 16;
  return (
    <text
      className="tip"
      aria-hidden="true"
      x={x(point.at) + (right ? -10 : 10)}
      y={y(point.level) + (above ? -12 : 22)}
      textAnchor={right ? "end" : "start"}
    >
      {words}
    </text>
  );
}
