import { useEffect, useId, useState } from "./hooks";
import type { ReactNode } from "react";

export interface FieldProps {
  label: string;
  help?: ReactNode;
  error?: ReactNode;
  title?: string; // the key in the file
  children: (ids: { id: string; describedBy: string | undefined }) => ReactNode;
}

/** A label, a control and what is wrong with it. */
export function Field({ label, help, error, title, children }: FieldProps) {
  const id = useId();
  const parts = [help && `${id}-help`, error && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div className="f">
      <label htmlFor={id} title={title}>
        {label}
      </label>
      {children({ id, describedBy: parts || undefined })}
      {error && (
        <div className="err" id={`${id}-error`}>
          {error}
        </div>
      )}
      {help && (
        <span className="help" id={`${id}-help`}>
          {help}
        </span>
      )}
    </div>
  );
}

export interface TextProps {
  value: string;
  onCommit: (value: string) => void;
  onType?: () => void;
  id?: string;
  label?: string;
  describedBy?: string | undefined;
  placeholder?: string;
  wrong?: boolean;
  multiline?: boolean;
  password?: boolean;
  autoFocus?: boolean;
  className?: string;
}

/** A text input whose value counts when Enter is pressed or the focus leaves; Escape restores it. */
export function Text(props: TextProps) {
  const [text, setText] = useState(props.value);
  useEffect(() => setText(props.value), [props.value]);
  const commit = () => {
    if (text !== props.value) props.onCommit(text);
  };
  const common = {
    id: props.id,
    "aria-label": props.label,
    "aria-describedby": props.describedBy,
    "aria-invalid": props.wrong || undefined,
    className: [props.wrong ? "in wrong" : "", props.className ?? ""].join(" ").trim() || undefined,
    placeholder: props.placeholder,
    autoFocus: props.autoFocus,
    spellCheck: false,
    value: text,
    onChange: (event: { target: { value: string } }) => {
      setText(event.target.value);
      props.onType?.();
    },
    onBlur: commit,
  };
  if (props.multiline) return <textarea {...common} rows={Math.min(20, text.split("\n").length + 1)} />;
  return (
    <input
      {...common}
      type={props.password ? "password" : "text"}
      autoComplete={props.password ? "new-password" : "off"}
      onKeyDown={(event) => {
        if (event.key === "Enter") commit();
        if (event.key === "Escape") setText(props.value);
      }}
    />
  );
}
