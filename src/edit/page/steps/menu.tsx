/* A button that opens a short list of actions. */
import { useEffect, useRef, useState } from "../parts/hooks";
import type { KeyboardEvent } from "react";

export interface MenuItem {
  label: string;
  note?: string;
  disabled?: boolean;
  onPick: () => void;
}

export function Menu({ label, text, items }: { label: string; text: string; items: MenuItem[] }) {
  const [open, setOpen] = useState(false);
  const list = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (open) list.current?.querySelector("button")?.focus();
  }, [open]);
  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") close();
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    const all = [...(list.current?.querySelectorAll("button") ?? [])];
    const at = all.indexOf(document.activeElement as HTMLButtonElement) + (event.key === "ArrowDown" ? 1 : -1);
    all[(at + all.length) % all.length]?.focus();
  };
  return (
    <div
      className="menu"
      onKeyDown={open ? onKeyDown : undefined}
      onBlur={(event) => !event.currentTarget.contains(event.relatedTarget) && setOpen(false)}
    >
      <button
        ref={button}
        type="button"
        className="small bare"
        aria-haspopup="menu"
        aria-expanded={open}
        aria-label={text === label ? undefined : label}
        title={label}
        onClick={() => setOpen(!open)}
      >
        {text}
      </button>
      {open && (
        <div className="menu-list" role="menu" aria-label={label} ref={list}>
          {items.map((item) => (
            <button
              key={item.label}
              type="button"
              role="menuitem"
              className="bare"
              disabled={item.disabled}
              onClick={() => {
                close();
                item.onPick();
              }}
            >
              <span className="grow">{item.label}</span>
              {item.note && <kbd>{item.note}</kbd>}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
