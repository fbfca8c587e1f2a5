import { useEffect, useRef, useState } from "../parts/hooks";
import type { RefObject } from "react";

/** The width of an element in pixels, so that the texts of a drawing in it are not scaled. */
export function useWidth<T extends HTMLElement>(first: number): [RefObject<T>, number] {
  const ref = useRef<T>(null);
  const [width, setWidth] = useState(first);
  useEffect(() => {
    if (!ref.current) return undefined;
    const observer = new ResizeObserver((entries) => {
      const found = entries[0]?.contentRect.width ?? 0;
      if (found > 0) setWidth(Math.floor(found));
    });
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, []);
  return [ref, width];
}
