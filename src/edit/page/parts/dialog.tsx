import { useEffect, useRef } from "./hooks";
import type { ReactNode } from "react";

export interface DialogProps {
  title: string;
  onClose: () => void;
  actions?: ReactNode;
  wide?: boolean;
  children: ReactNode;
}

/** The browser keeps the focus inside, and Escape closes it. */
export function Dialog({ title, onClose, actions, wide, children }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    ref.current?.showModal();
  }, []);
  return (
    <dialog
      ref={ref}
      className={wide ? "pop wide" : "pop"}
      aria-label={title}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === ref.current) onClose();
      }}
    >
      <div className="pop-in stack">
        <div className="row">
          <h2 className="grow">{title}</h2>
          <button type="button" className="small bare" aria-label="Close" onClick={onClose}>
            ✕
          </button>
        </div>
        {children}
        {actions && <div className="row actions">{actions}</div>}
      </div>
    </dialog>
  );
}
