/*
 * Steps are dragged by their handle. While one is dragged, a line shows where it would go: before or
 * after a step, or into an empty list.
 */
import { useEffect, useRef, useState } from "../parts/hooks";
import type { PointerEvent as ReactPointerEvent } from "react";
import { cutPath, isInside, joinPath } from "../model/tree";

export interface Drop {
  list: string;
  index: number;
  /** The element that shows the line: a step or a list, and on which side. */
  at: string;
  side: "before" | "after" | "in";
}

export interface Dragging {
  from: string;
  drop: Drop | null;
}

const EDGE_PX = 40;
const SCROLL_PX = 14;

/** The place for a pointer at (x, y); the deepest step or list under it decides. */
export function dropAt(x: number, y: number, from: string): Drop | null {
  const under = document.elementFromPoint(x, y)?.closest<HTMLElement>("[data-step], [data-list]");
  if (!under) return null;
  const list = under.dataset["list"];
  if (list !== undefined) {
    if (isInside(list, from)) return null;
    return { list, index: Number(under.dataset["count"] ?? 0), at: list, side: "in" };
  }
  const path = under.dataset["step"] ?? "";
  if (isInside(path, from)) return null;
  const { parent, last } = cutPath(path);
  const head = under.querySelector<HTMLElement>(":scope > .card-head") ?? under;
  const box = head.getBoundingClientRect();
  const before = y < box.top + box.height / 2;
  return { list: parent, index: Number(last) + (before ? 0 : 1), at: path, side: before ? "before" : "after" };
}

/** Scrolls the list when the pointer is near its edge. */
function scrollNear(element: HTMLElement | null, y: number) {
  const pane = element?.closest<HTMLElement>(".pane");
  if (!pane) return;
  const box = pane.getBoundingClientRect();
  if (y < box.top + EDGE_PX) pane.scrollTop -= SCROLL_PX;
  else if (y > box.bottom - EDGE_PX) pane.scrollTop += SCROLL_PX;
}

export function useDrag(onDrop: (from: string, list: string, index: number) => void) {
  const [dragging, setDragging] = useState<Dragging | null>(null);
  const current = useRef<Dragging | null>(null);
  const finish = useRef(onDrop);
  finish.current = onDrop;
  const set = (value: Dragging | null) => {
    current.current = value;
    setDragging(value);
  };
  const active = dragging !== null;

  useEffect(() => {
    if (!active) return undefined;
    const onMove = (event: PointerEvent) => {
      const from = current.current?.from;
      if (from === undefined) return;
      scrollNear(document.querySelector<HTMLElement>(`[data-step="${CSS.escape(from)}"]`), event.clientY);
      set({ from, drop: dropAt(event.clientX, event.clientY, from) });
    };
    const onUp = () => {
      const last = current.current;
      set(null);
      if (last?.drop) finish.current(last.from, last.drop.list, last.drop.index);
    };
    const onCancel = () => set(null);
    const onKey = (event: KeyboardEvent) => event.key === "Escape" && set(null);
    addEventListener("pointermove", onMove);
    addEventListener("pointerup", onUp);
    addEventListener("pointercancel", onCancel);
    addEventListener("keydown", onKey);
    return () => {
      removeEventListener("pointermove", onMove);
      removeEventListener("pointerup", onUp);
      removeEventListener("pointercancel", onCancel);
      removeEventListener("keydown", onKey);
    };
  }, [active]);

  const start = (event: ReactPointerEvent, path: string) => {
    if (event.button !== 0) return;
    event.preventDefault();
    set({ from: path, drop: null });
  };
  return { dragging, start };
}

/** Where Alt and an arrow key move a step; null if it is at the edge. */
export function arrowTarget(
  path: string,
  key: string,
  count: (list: string) => number,
  nested: (path: string) => string[],
): { list: string; index: number } | null {
  const { parent, last } = cutPath(path);
  const index = Number(last);
  const outer = outerStep(parent);
  if (key === "ArrowUp") {
    if (index > 0) return { list: parent, index: index - 1 };
    return outer ? { list: cutPath(outer).parent, index: Number(cutPath(outer).last) } : null;
  }
  if (key === "ArrowDown") {
    if (index + 1 < count(parent)) return { list: parent, index: index + 2 };
    return outer ? { list: cutPath(outer).parent, index: Number(cutPath(outer).last) + 1 } : null;
  }
  if (key === "ArrowLeft") {
    return outer ? { list: cutPath(outer).parent, index: Number(cutPath(outer).last) + 1 } : null;
  }
  const before = index > 0 ? nested(joinPath(parent, index - 1))[0] : undefined;
  return before === undefined ? null : { list: before, index: count(before) };
}

/** The step that has the list. */
export function outerStep(list: string): string | null {
  let place = list;
  while (place && !/\/\d+$/.test(place)) place = cutPath(place).parent;
  if (!place || /^\/scenarios\/\d+$/.test(place)) return null;
  // /steps/3/choose/1/steps: the branch is not a step.
  const { parent } = cutPath(place);
  return parent.endsWith("/choose") ? outerStep(cutPath(parent).parent) : place;
}
