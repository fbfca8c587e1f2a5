/* Loads that are shown but not changed by drawing: the shape of a plan, and a search for the maximum. */
import { axisSteps, clockText, levelWords, numberText, timeSteps } from "../model/quantity";
import type { SearchLoad } from "../model/load_form";
import type { PlanLoad } from "../model/plan_text";
import { useWidth } from "./use_width";

const HEIGHT = 190;
const LEFT = 52;
const RIGHT = 18;
const TOP = 16;
const BOTTOM = 30;

interface Piece {
  begin: number;
  end: number;
  from: number;
  to: number;
}

function Shape({ label, pieces, times }: { label: string; pieces: Piece[]; times: boolean }) {
  const [holder, width] = useWidth<HTMLDivElement>(820);
  const length = Math.max(...pieces.map((one) => one.end), 1e-9);
  const levels = axisSteps(Math.max(...pieces.map((one) => Math.max(one.from, one.to)), 1) * 1.1, 4);
  const top = levels[levels.length - 1] ?? 1;
  const x = (at: number) => LEFT + (at / length) * (width - LEFT - RIGHT);
  const y = (level: number) => HEIGHT - BOTTOM - (level / top) * (HEIGHT - TOP - BOTTOM);
  const line = pieces
    .map((one, i) => `${i ? "L" : "M"}${x(one.begin)} ${y(one.from)}L${x(one.end)} ${y(one.to)}`)
    .join("");
  return (
    <div ref={holder} className="curve">
      <svg className="plot" width={width} height={HEIGHT} role="img" aria-label={label}>
        {levels.map((level) => (
          <g key={level}>
            <path className="g" d={`M${LEFT} ${y(level)}H${width - RIGHT}`} />
            <text x={LEFT - 8} y={y(level) + 4} textAnchor="end">
              {numberText(level)}
            </text>
          </g>
        ))}
        {times &&
          timeSteps(length, Math.max(3, Math.floor(width / 130))).map((at) => (
            <text key={at} x={x(at)} y={HEIGHT - BOTTOM + 20} textAnchor={at ? "middle" : "start"}>
              {clockText(at)}
            </text>
          ))}
        <path className="a" d={`${line}L${x(length)} ${y(0)}L${x(0)} ${y(0)}Z`} />
        <path className="c" d={line} />
      </svg>
    </div>
  );
}

/** The load as the program computed it, with the values of its parameters. */
export function ShapePicture({ load }: { load: PlanLoad }) {
  const pieces = (load.shape ?? []).map((one) => ({ begin: one.begin_s, end: one.end_s, from: one.from, to: one.to }));
  return pieces.length ? <Shape label={load.text} pieces={pieces} times /> : <p>{load.text}</p>;
}

const SEARCH_STEPS = 12;

/** An example of a search: doubled until it fails, then between the last two. */
function searchLevels(from: number, to: number): number[] {
  const levels: number[] = [];
  for (let level = from; level < to && levels.length < SEARCH_STEPS; level *= 2) levels.push(level);
  levels.push(to);
  const low = levels[levels.length - 2] ?? from;
  return [...levels, (low + to) / 2, low + (to - low) * 0.75];
}

export function SearchPicture({ load }: { load: SearchLoad }) {
  const levels = searchLevels(load.from, load.to);
  const pieces = levels.map((level, i) => ({ begin: i * load.hold, end: (i + 1) * load.hold, from: level, to: level }));
  const level = (value: number) => levelWords({ value, unit: load.unit });
  const words = `From ${level(load.from)} to at most ${level(load.to)}`;
  return (
    <>
      <p>{words}. The picture shows an example: where the search turns depends on the limits.</p>
      <Shape label={`Example of a search. ${words}`} pieces={pieces} times />
    </>
  );
}
