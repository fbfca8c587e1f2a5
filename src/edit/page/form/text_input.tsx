/* Inputs whose text is saved when the user presses Enter or leaves them. */
import { useEffect, useId, useRef, useState } from "../parts/hooks";
import type { KeyboardEvent } from "react";
import { hasExpression, nameIn, segmentsOf } from "../model/variables";
import type { Variable } from "../model/variables";
import { useForm } from "./form_context";

export interface TextInputProps {
  id?: string;
  label?: string;
  value: string;
  placeholder?: string;
  wrong?: boolean;
  describedBy?: string;
  suggestions?: string[] | undefined;
  mono?: boolean;
  secret?: boolean;
  /** It has the focus when it appears. */
  first?: boolean;
  onCommit: (value: string) => void;
}

/** The text while it is edited; the saved one appears again when it changes. */
export function useDraft(value: string, onCommit: (value: string) => void) {
  const [draft, setDraft] = useState(value);
  const [busy, setBusy] = useState(false);
  // What was saved while the focus stays; the saved text can differ from it.
  const sent = useRef("");
  useEffect(() => {
    if (!busy || draft === sent.current) setDraft(value);
  }, [value, busy]);
  const save = () => {
    sent.current = draft;
    if (draft !== value) onCommit(draft);
  };
  return {
    draft,
    setDraft,
    begin: () => setBusy(true),
    cancel: () => setDraft(value),
    commit: save,
    end: () => {
      if (busy) save();
      setBusy(false);
    },
  };
}

export function TextInput(props: TextInputProps) {
  const { draft, setDraft, begin, end, commit, cancel } = useDraft(props.value, props.onCommit);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter") commit();
    if (event.key === "Escape") cancel();
  };
  const list = useId();
  return (
    <>
      <input
        id={props.id}
        type="text"
        aria-label={props.label}
        aria-invalid={props.wrong || undefined}
        aria-describedby={props.describedBy}
        className={(props.wrong ? "wrong " : "") + (props.mono ? "mono" : "")}
        list={props.suggestions ? list : undefined}
        value={draft}
        placeholder={props.placeholder}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => setDraft(event.target.value)}
        onFocus={begin}
        onBlur={end}
        onKeyDown={onKeyDown}
      />
      {props.suggestions && (
        <datalist id={list}>
          {props.suggestions.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
      )}
    </>
  );
}

/** Several lines; Enter is a new line. */
export function AreaInput(props: TextInputProps) {
  const { draft, setDraft, begin, end, cancel } = useDraft(props.value, props.onCommit);
  const lines = draft.split("\n").length;
  return (
    <textarea
      id={props.id}
      aria-label={props.label}
      aria-invalid={props.wrong || undefined}
      aria-describedby={props.describedBy}
      className={"mono" + (props.wrong ? " wrong" : "")}
      rows={Math.min(24, Math.max(3, lines + 1))}
      value={draft}
      placeholder={props.placeholder}
      spellCheck={false}
      onChange={(event) => setDraft(event.target.value)}
      onFocus={begin}
      onBlur={end}
      onKeyDown={(event) => event.key === "Escape" && cancel()}
    />
  );
}

/** The variable of an open `${` before the cursor: where it begins and what is typed of it. */
function openName(text: string, cursor: number): { begin: number; typed: string } | null {
  const open = /\$\{\s*([A-Za-z0-9_.]*)$/.exec(text.slice(0, cursor));
  return open ? { begin: open.index, typed: open[1] ?? "" } : null;
}

const OFFERS_MAX = 8;

function offersFor(variables: Variable[], typed: string): Variable[] {
  const word = typed.toLowerCase();
  return variables.filter((one) => one.name.toLowerCase().includes(word)).slice(0, OFFERS_MAX);
}

/** The chips of a text, above its input while it is not edited. */
function Veil({ text, known }: { text: string; known: Set<string> }) {
  return (
    <div className="veil" aria-hidden="true">
      {segmentsOf(text).map((segment, index) => {
        if (segment.expression === undefined) return <span key={index}>{segment.text}</span>;
        const name = nameIn(segment.expression);
        const unknown = name !== undefined && name === segment.expression && !known.has(name);
        return (
          <span key={index} className={unknown ? "chip unknown" : "chip"}>
            {segment.expression}
          </span>
        );
      })}
    </div>
  );
}

/** A text that can contain ${…}. With `expression`, the whole text is an expression. */
export function TemplateInput(props: TextInputProps & { lines?: boolean }) {
  const form = useForm();
  const [open, setOpen] = useState(false);
  const [cursor, setCursor] = useState(0);
  const input = useRef<HTMLInputElement & HTMLTextAreaElement>(null);
  const offered = useRef<HTMLDivElement>(null);
  const { draft, setDraft, begin, end, commit, cancel } = useDraft(props.value, props.onCommit);
  const known = new Set(form.variables.map((one) => one.name));
  const name = openName(draft, cursor);
  const offers = open ? offersFor(form.variables, name?.typed ?? "") : [];

  const insert = (variable: Variable) => {
    const from = name ? name.begin : cursor;
    const rest = draft.slice(cursor).replace(name ? /^[A-Za-z0-9_.]*\}?/ : /^/, "");
    const text = draft.slice(0, from) + "${" + variable.name + "}";
    setDraft(text + rest);
    setCursor(text.length);
    input.current?.focus();
    requestAnimationFrame(() => input.current?.setSelectionRange(text.length, text.length));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown" && offers.length && (!props.lines || name)) {
      event.preventDefault();
      offered.current?.querySelector("button")?.focus();
    } else if (event.key === "Tab" && name && name.typed && offers[0]) {
      event.preventDefault();
      insert(offers[0]);
    } else if (event.key === "Enter" && !props.lines) commit();
    else if (event.key === "Escape") {
      cancel();
      setOpen(false);
    }
  };
  const place = () => setCursor(input.current?.selectionStart ?? 0);
  const shared = {
    id: props.id,
    ref: input,
    autoFocus: props.first,
    "aria-label": props.label,
    "aria-invalid": props.wrong || undefined,
    "aria-describedby": props.describedBy,
    className: "mono" + (props.wrong ? " wrong" : ""),
    value: draft,
    placeholder: props.placeholder,
    autoComplete: "off",
    spellCheck: false,
    onSelect: place,
    onKeyDown,
    onChange: (event: { target: { value: string; selectionStart: number | null } }) => {
      setDraft(event.target.value);
      setCursor(event.target.selectionStart ?? 0);
    },
  };
  return (
    <div
      className="template"
      onFocus={() => {
        begin();
        setOpen(true);
      }}
      onBlur={(event) => {
        if (event.currentTarget.contains(event.relatedTarget)) return;
        setOpen(false);
        end();
      }}
    >
      {props.lines ? (
        <textarea {...shared} rows={Math.min(24, Math.max(3, draft.split("\n").length + 1))} />
      ) : (
        <input type={props.secret && draft && !draft.includes("${") ? "password" : "text"} {...shared} />
      )}
      {!open && !props.lines && hasExpression(draft) && <Veil text={draft} known={known} />}
      {offers.length > 0 && (
        <div className="offers" ref={offered} role="group" aria-label="Variables to use here">
          <small>Use</small>
          {offers.map((one) => (
            <button
              key={one.name}
              type="button"
              className="chip"
              title={one.from}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => insert(one)}
            >
              {one.name}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
