import type { ReactNode } from "react";

export interface CardProps {
  title?: string;
  note?: ReactNode;
  actions?: ReactNode;
  flush?: boolean; // a table fills the card
  children?: ReactNode;
}

export function Card({ title, note, actions, flush, children }: CardProps) {
  return (
    <section className="card" aria-label={title}>
      {title && (
        <div className="row between pad">
          <div>
            <h2>{title}</h2>
            {note && <p className="soft">{note}</p>}
          </div>
          {actions && <div className="row">{actions}</div>}
        </div>
      )}
      {flush ? children : children && <div className="pad stack">{children}</div>}
    </section>
  );
}
