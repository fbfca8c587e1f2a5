/* The list of steps: one card per step, with nested lists, errors, and steps that are turned off. */
import { useEffect, useRef } from "../parts/hooks";
import type { KeyboardEvent, PointerEvent } from "react";
import type { Diagnostic, DisabledStep } from "../document";
import { countDiagnostics, diagnosticsIn, isError } from "../model/form_model";
import type { Language } from "../model/form_model";
import { outlineStep } from "../model/outline";
import type { OutlineList, OutlineStep } from "../model/outline";
import { joinPath } from "../model/tree";
import type { Dragging } from "./use_drag";

export interface ListActions {
  select: (path: string) => void;
  move: (path: string, key: string) => void;
  remove: (path: string) => void;
  duplicate: (path: string) => void;
  enable: (disabled: DisabledStep) => void;
  startDrag: (event: PointerEvent, path: string) => void;
}

interface Shared {
  language: Language;
  selected: string | null;
  diagnostics: Diagnostic[];
  disabled: DisabledStep[];
  dragging: Dragging | null;
  actions: ListActions;
}

const ARROWS = ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"];

function onCardKey(event: KeyboardEvent, path: string, actions: ListActions) {
  if (event.altKey && ARROWS.includes(event.key)) {
    event.preventDefault();
    actions.move(path, event.key);
  } else if (event.key === "Delete") {
    event.preventDefault();
    actions.remove(path);
  } else if (event.key === "d" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    actions.duplicate(path);
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const all = [...document.querySelectorAll<HTMLElement>("[data-card]")];
    const next = all[all.indexOf(event.currentTarget as HTMLElement) + (event.key === "ArrowDown" ? 1 : -1)];
    next?.focus();
  }
}

/** Errors of the step itself, without those of the steps in it. */
function ownDiagnostics(step: OutlineStep, diagnostics: Diagnostic[]): Diagnostic[] {
  const inside = step.lists.flatMap((list) => list.steps.flatMap((one) => diagnosticsIn(diagnostics, one.path)));
  return diagnosticsIn(diagnostics, step.path).filter((one) => !inside.includes(one));
}

function dropClass(dragging: Dragging | null, path: string): string {
  const own = dragging?.from === path ? " dragged" : "";
  return dragging?.drop?.at === path ? `${own} drop-${dragging.drop.side}` : own;
}

/** A pause is a line between two cards. */
function Pause({ step, shared }: { step: OutlineStep; shared: Shared }) {
  const { actions, selected, dragging } = shared;
  const errors = ownDiagnostics(step, shared.diagnostics);
  return (
    <li
      className={"pause" + dropClass(dragging, step.path)}
      data-step={step.path}
      aria-current={selected === step.path || undefined}
    >
      <span className="grip" aria-hidden="true" onPointerDown={(event) => actions.startDrag(event, step.path)}>
        ⋮⋮
      </span>
      <button
        type="button"
        data-card=""
        className="bare"
        onClick={() => actions.select(step.path)}
        onKeyDown={(event) => onCardKey(event, step.path, actions)}
      >
        {step.title}
      </button>
      {errors.length > 0 && <span className="tag bad">{countDiagnostics(errors)}</span>}
    </li>
  );
}

function Card({ step, shared }: { step: OutlineStep; shared: Shared }) {
  const { actions, selected, dragging } = shared;
  const errors = ownDiagnostics(step, shared.diagnostics);
  const wrong = errors.some(isError);
  const card = useRef<HTMLLIElement>(null);
  const current = selected === step.path;
  useEffect(() => {
    if (current) card.current?.scrollIntoView({ block: "nearest" });
  }, [current]);
  return (
    <li
      ref={card}
      className={"step" + (wrong ? " bad" : "") + dropClass(dragging, step.path)}
      data-step={step.path}
      aria-current={current || undefined}
    >
      <div className="card-head">
        <span
          className="grip"
          aria-hidden="true"
          title="Drag to move; or press Alt and an arrow key"
          onPointerDown={(event) => actions.startDrag(event, step.path)}
        >
          ⋮⋮
        </span>
        <button
          type="button"
          data-card=""
          className="title"
          onClick={() => actions.select(step.path)}
          onKeyDown={(event) => onCardKey(event, step.path, actions)}
          title={step.title}
        >
          {step.title}
        </button>
        <span className="verb" title={step.kind?.sentence}>
          {step.verb}
        </span>
        {(step.detail || step.keeps.length > 0 || errors.length > 0) && (
          <span className="what">
            {step.detail && <span className="cut">{step.detail}</span>}
            {step.keeps.map((name) => (
              <span className="chip" key={name} title="It keeps this value for later steps">
                {name}
              </span>
            ))}
            {errors.length > 0 && <span className={wrong ? "tag bad" : "tag warn"}>{countDiagnostics(errors)}</span>}
          </span>
        )}
      </div>
      {step.lists.map((list) => (
        <NestedList key={list.path} list={list} shared={shared} />
      ))}
    </li>
  );
}

function NestedList({ list, shared }: { list: OutlineList; shared: Shared }) {
  return (
    <div className="nested">
      {list.label && <small>{list.label}</small>}
      <ol className="nest">
        <Items steps={list.steps} path={list.path} shared={shared} />
      </ol>
    </div>
  );
}

function Off({ disabled, shared }: { disabled: DisabledStep; shared: Shared }) {
  const path = joinPath(disabled.list ?? "", "off", disabled.item);
  const face = disabled.value ? outlineStep(shared.language, disabled.value, path) : null;
  return (
    <li className="step off">
      <div className="card-head">
        <span className="grip" aria-hidden="true" />
        <span className="title">{face?.title ?? "A step"}</span>
        <button type="button" className="small" onClick={() => shared.actions.enable(disabled)}>
          Turn on
        </button>
        <span className="what">
          <span className="tag">off</span>
          <span className="cut">{face?.verb}</span>
        </span>
      </div>
    </li>
  );
}

function Items({ steps, path, shared }: { steps: OutlineStep[]; path: string; shared: Shared }) {
  const off = shared.disabled.filter((one) => one.list === path);
  const offBefore = (index: number) => off.filter((one) => one.before === index);
  const drop = shared.dragging?.drop;
  return (
    <>
      {steps.map((step, index) => [
        ...offBefore(index).map((one) => <Off key={`off${one.item}`} disabled={one} shared={shared} />),
        step.kind?.name === "think" ? (
          <Pause key={step.path} step={step} shared={shared} />
        ) : (
          <Card key={step.path} step={step} shared={shared} />
        ),
      ])}
      {offBefore(steps.length).map((one) => (
        <Off key={`off${one.item}`} disabled={one} shared={shared} />
      ))}
      {!steps.length && !off.length && (
        <li className={"hole" + (drop?.at === path ? " drop-in" : "")} data-list={path} data-count={0}>
          No steps yet
        </li>
      )}
    </>
  );
}

export function StepList({
  steps,
  path,
  label,
  ...shared
}: Shared & { steps: OutlineStep[]; path: string; label: string }) {
  return (
    <ol className="steps" aria-label={label}>
      <Items steps={steps} path={path} shared={shared} />
    </ol>
  );
}
