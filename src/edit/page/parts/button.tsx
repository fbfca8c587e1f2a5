import type { ReactNode } from "react";

export interface ButtonProps {
  kind?: "go" | "stop" | "bare";
  small?: boolean;
  big?: boolean;
  disabled?: boolean;
  why?: string; // why it is disabled, or what it does
  label?: string; // for a button that shows only a symbol
  pressed?: boolean;
  form?: string; // the id of the form that it submits
  onClick?: () => void;
  children: ReactNode;
}

export function Button({ kind, small, big, disabled, why, label, pressed, form, onClick, children }: ButtonProps) {
  const names = [kind, small && "small", big && "big"].filter(Boolean).join(" ");
  return (
    <button
      type={form ? "submit" : "button"}
      form={form}
      className={names || undefined}
      // Still reachable with the keyboard, so that the reason can be read.
      aria-disabled={disabled || undefined}
      title={why}
      aria-label={label}
      aria-pressed={pressed}
      onClick={disabled ? undefined : onClick}
    >
      {children}
    </button>
  );
}
