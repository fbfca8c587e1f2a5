import { useEffect, useState } from "./hooks";

interface Shown {
  id: number;
  text: string;
  undo?: () => void;
}

const SHOWN_MS = 6000;
let count = 0;
let show: ((toast: Shown) => void) | undefined;

/** A short message at the bottom of the page, with a way to undo what it reports. */
export function toast(text: string, options: { undo?: () => void } = {}): void {
  show?.({ id: ++count, text, ...options });
}

export function Toasts() {
  const [shown, setShown] = useState<Shown | null>(null);
  useEffect(() => {
    show = setShown;
    return () => {
      show = undefined;
    };
  }, []);
  useEffect(() => {
    if (!shown) return;
    const timer = setTimeout(() => setShown(null), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [shown]);
  return (
    <div className="toasts" role="status" aria-live="polite">
      {shown && (
        <div className="toast">
          <span>{shown.text}</span>
          {shown.undo && (
            <button
              type="button"
              className="small"
              onClick={() => {
                shown.undo?.();
                setShown(null);
              }}
            >
              Undo
            </button>
          )}
        </div>
      )}
    </div>
  );
}
