import type { ReactNode } from "react";

export interface Option {
  value: string;
  label: string;
  note?: ReactNode; // a count, or a tag
}

export interface SegmentsProps {
  label: string;
  value: string;
  options: Option[];
  small?: boolean;
  onChange: (value: string) => void;
}

/** A choice of a few, all visible. */
export function Segments({ label, value, options, small, onChange }: SegmentsProps) {
  return (
    <div className="seg" role="group" aria-label={label}>
      {options.map((option) => (
        <button
          type="button"
          key={option.value}
          className={small ? "small" : undefined}
          aria-pressed={option.value === value}
          onClick={() => onChange(option.value)}
        >
          {option.label}
          {option.note !== undefined && option.note !== "" && <small>{option.note}</small>}
        </button>
      ))}
    </div>
  );
}
