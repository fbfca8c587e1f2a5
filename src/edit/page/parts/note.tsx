import type { ReactNode } from "react";

import type { ApiError } from "../api";
import { Button } from "./button";
import type { Kind } from "./marks";

export interface NoteProps {
  kind?: Kind;
  title?: ReactNode;
  actions?: ReactNode;
  children?: ReactNode;
}

/** Something that the user should read before going on. */
export function Note({ kind, title, actions, children }: NoteProps) {
  return (
    <div className={kind ? `note ${kind}` : "note"} role={kind === "bad" ? "alert" : "status"}>
      <div className="grow">
        {title && (
          <p>
            <b>{title}</b>
          </p>
        )}
        {children}
      </div>
      {actions}
    </div>
  );
}

export interface ErrorNoteProps {
  error: ApiError | null;
  title?: string;
  retry?: () => void;
  onClose?: () => void;
}

/** A refused request: what is wrong, where, and what can be done. */
export function ErrorNote({ error, title, retry, onClose }: ErrorNoteProps) {
  if (!error) return null;
  const place = error.file ? `${error.file}${error.line ? `, line ${error.line}` : ""}` : "";
  return (
    <Note
      kind="bad"
      title={title ?? sentence(error.message)}
      actions={
        <>
          {retry && (
            <Button small onClick={retry}>
              Try again
            </Button>
          )}
          {onClose && (
            <Button small kind="bare" label="Close" onClick={onClose}>
              ✕
            </Button>
          )}
        </>
      }
    >
      {title && <p>{sentence(error.message)}</p>}
      {place && <p className="soft">{place}</p>}
    </Note>
  );
}

/** Messages of the program begin in lower case and have no full stop. */
export function sentence(text: string): string {
  const first = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?…]$/.test(first) ? first : first + ".";
}
