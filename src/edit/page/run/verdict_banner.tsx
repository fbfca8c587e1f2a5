/* The most important line of a run: its verdict, why, and what can be done next. */
import type { ReactNode } from "react";

import type { VerdictKind } from "../model/verdict";

export interface VerdictBannerProps {
  kind: VerdictKind;
  word: string;
  why: string;
  detail?: ReactNode;
  actions?: ReactNode;
  children?: ReactNode;
}

export function VerdictBanner({ kind, word, why, detail, actions, children }: VerdictBannerProps) {
  return (
    <div className={`verdict ${kind}`}>
      <span className="word" role="status">
        {word}
      </span>
      <div className="grow">
        <p className="why">{why}</p>
        {detail && <p className="soft">{detail}</p>}
        {children}
      </div>
      {actions}
    </div>
  );
}

/** PART is from 0 to 1; null: the length is not known, so only the activity is shown. */
export function ProgressBar({ part, label }: { part: number | null; label: string }) {
  const percent = Math.round((part ?? 0) * 100);
  return (
    <svg
      className={part === null ? "progress endless" : "progress"}
      width="100%"
      height="8"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={part === null ? undefined : percent}
    >
      <rect className="rest" width="100%" height="8" rx="4" />
      <rect className="part" width={part === null ? "30%" : `${percent}%`} height="8" rx="4" />
    </svg>
  );
}
