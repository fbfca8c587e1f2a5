import type { ReactNode } from "react";

import { home } from "../router";

export function Mark() {
  return (
    <a className="mark" href={home} title="All tests in this folder">
      <svg viewBox="0 0 20 20" aria-hidden="true">
        <path
          d="M3 10a7 7 0 0 1 12-5l2 2M17 3v4h-4M17 10a7 7 0 0 1-12 5l-2-2M3 17v-4h4"
          fill="none"
          stroke="currentColor"
          strokeWidth="2"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      </svg>
      reprise
    </a>
  );
}

export interface TabLink {
  name: string;
  label: string;
  href: string;
  current: boolean;
  dot?: { kind: "ok" | "no" | "warn"; label: string } | null;
}

export interface BarProps {
  where?: string; // the folder or the test
  middle?: ReactNode; // tabs or the path
  side?: ReactNode;
  below?: ReactNode; // in a second row
}

export function Bar({ where, middle, side, below }: BarProps) {
  return (
    <header className="bar">
      <Mark />
      {where && (
        <div className="where">
          / <b title={where}>{where}</b>
        </div>
      )}
      {middle}
      <div className="side">{side}</div>
      {below}
    </header>
  );
}

export function Tabs({ label, tabs }: { label: string; tabs: TabLink[] }) {
  return (
    <nav className="tabs" aria-label={label}>
      {tabs.map((tab) => (
        <a key={tab.name} href={tab.href} aria-current={tab.current ? "page" : undefined}>
          {tab.label}
          {tab.dot && <i className={tab.dot.kind} role="img" aria-label={tab.dot.label} title={tab.dot.label} />}
        </a>
      ))}
    </nav>
  );
}
