/* Small marks in a line of text: a variable, a state, a coloured dot. */
import type { ReactNode } from "react";

export function Chip({ children, title }: { children: ReactNode; title?: string }) {
  return (
    <span className="chip" title={title}>
      {children}
    </span>
  );
}

export type Kind = "good" | "bad" | "warn";

export function Tag({ kind, children }: { kind?: Kind | undefined; children: ReactNode }) {
  return <span className={kind ? `tag ${kind}` : "tag"}>{children}</span>;
}

/** A dot is only a colour, so `label` says what it means. */
export function Dot({ kind, label }: { kind?: Kind | "live" | undefined; label: string }) {
  return <span className={kind ? `dot ${kind}` : "dot"} role="img" aria-label={label} title={label} />;
}
