/* Lines over the time of a run, with the values at the mouse. */
import { useState } from "../parts/hooks";
import type { PointerEvent } from "react";

import { useWidth } from "../load/use_width";
import { axisSteps, clockText, timeSteps } from "../model/quantity";

const HEIGHT = 180;
const LEFT = 58;
const RIGHT = 14;
const TOP = 10;
const BOTTOM = 26;

export interface ChartLine {
  name: string;
  /** The class of its colour: "p50", "p95", "okl", "usersl", "badl". */
  color: string;
  values: { at: number; value: number | null }[];
}

export interface LineChartProps {
  label: string;
  lines: ChartLine[];
  /** Planned seconds of the run. A long axis grows with the run while it is live. */
  length: number;
  live: boolean;
  /** Only whole numbers, such as users. */
  whole?: boolean;
  format: (value: number) => string;
}

/** At most two points per pixel: the smallest and the largest value of each column. */
function thin(values: ChartLine["values"], columns: number): ChartLine["values"] {
  const size = Math.ceil(values.length / Math.max(columns, 1));
  if (size <= 2) return values;
  const kept: ChartLine["values"] = [];
  for (let i = 0; i < values.length; i += size) {
    const part = values.slice(i, i + size).filter((one) => one.value !== null);
    if (!part.length) {
      kept.push(values[i]!);
      continue;
    }
    const low = part.reduce((a, b) => (b.value! < a.value! ? b : a));
    const high = part.reduce((a, b) => (b.value! > a.value! ? b : a));
    kept.push(...(low === high ? [low] : low.at < high.at ? [low, high] : [high, low]));
  }
  return kept;
}

export function LineChart({ label, lines, length, live, whole, format }: LineChartProps) {
  const [holder, width] = useWidth<HTMLDivElement>(340);
  const [mouse, setMouse] = useState<number | null>(null);
  const last = Math.max(...lines.map((line) => line.values[line.values.length - 1]?.at ?? 0), 1);
  const end = live ? Math.max(last, Math.min(length, Math.max(60, last * 1.4))) : last;
  const peak =
    lines.reduce((max, line) => line.values.reduce((top, one) => Math.max(top, one.value ?? 0), max), 0) || 1;
  const levels = axisSteps(peak, 4, whole);
  const top = levels[levels.length - 1] ?? 1;
  const x = (at: number) => LEFT + (at / end) * (width - LEFT - RIGHT);
  const y = (value: number) => HEIGHT - BOTTOM - (value / top) * (HEIGHT - TOP - BOTTOM);
  const at = mouse === null ? null : nearest(lines, mouse);
  const move = (event: PointerEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    setMouse(((event.clientX - box.left - LEFT) / (width - LEFT - RIGHT)) * end);
  };
  return (
    <div ref={holder} className="curve">
      <p className="legend">
        {lines.map((line) => (
          <span key={line.name}>
            <i className={line.color} /> {line.name} <b>{live || at !== null ? readout(line, at, format) : ""}</b>
          </span>
        ))}
        {at !== null && <span>at {clockText(at)}</span>}
      </p>
      <svg
        className="plot"
        width={width}
        height={HEIGHT}
        role="img"
        aria-label={`${label}. ${lines.map((line) => `${line.name}: ${readout(line, null, format)}`).join(", ")}`}
        onPointerMove={move}
        onPointerLeave={() => setMouse(null)}
      >
        {levels.map((level) => (
          <g key={level}>
            <path className="g" d={`M${LEFT} ${y(level)}H${width - RIGHT}`} />
            <text x={LEFT - 8} y={y(level) + 4} textAnchor="end">
              {format(level)}
            </text>
          </g>
        ))}
        {timeSteps(end, Math.max(2, Math.floor(width / 120))).map((time) => (
          <text key={time} x={x(time)} y={HEIGHT - BOTTOM + 20} textAnchor={x(time) > width - 30 ? "end" : "middle"}>
            {clockText(time)}
          </text>
        ))}
        {at !== null && <path className="now" d={`M${x(at)} ${TOP}V${HEIGHT - BOTTOM}`} />}
        {lines.map((line) => (
          <g key={line.name} className={line.color}>
            <path d={pathOf(line, width, x, y)} />
            {line.values.map(
              ({ at: time, value }, i, all) =>
                value !== null &&
                (all[i - 1]?.value ?? null) === null &&
                (all[i + 1]?.value ?? null) === null && <circle key={time} cx={x(time)} cy={y(value)} r={3} />,
            )}
          </g>
        ))}
      </svg>
    </div>
  );
}

function pathOf(line: ChartLine, width: number, x: (at: number) => number, y: (value: number) => number): string {
  const drawn = thin(line.values, width);
  let pen = false;
  return drawn
    .map(({ at, value }) => {
      if (value === null) {
        pen = false;
        return "";
      }
      const command = pen ? "L" : "M";
      pen = true;
      return `${command}${x(at).toFixed(1)} ${y(value).toFixed(1)}`;
    })
    .join("");
}

/** The time of the second that is nearest to the mouse. */
function nearest(lines: ChartLine[], mouse: number): number | null {
  return (lines[0]?.values ?? []).reduce<number | null>(
    (best, one) => (best === null || Math.abs(one.at - mouse) < Math.abs(best - mouse) ? one.at : best),
    null,
  );
}

function readout(line: ChartLine, at: number | null, format: (value: number) => string): string {
  const found = at === null ? line.values[line.values.length - 1] : line.values.find((one) => one.at === at);
  return found === undefined || found.value === null ? "–" : format(found.value);
}
