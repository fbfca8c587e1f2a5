/* The file as text, beside the form: the lines of the selected step and of errors are marked. */
import { useEffect, useMemo, useRef, useState } from "../parts/hooks";
import { CodeEditor } from "../code_editor";
import type { CodeMark } from "../code_editor";
import type { Diagnostic, DocumentState, DocumentStore } from "../document";
import { mergeTexts } from "../model/edit_ops";
import { countDiagnostics, isError } from "../model/form_model";
import type { Language } from "../model/form_model";
import { stepAt } from "../model/outline";
import { findNode } from "../model/tree";
import { Button } from "../parts/button";
import { Note } from "../parts/note";

const SAVE_MS = 700;

function lineStart(text: string, offset: number): number {
  return text.lastIndexOf("\n", offset - 1) + 1;
}

/** The start of each line of a text. */
function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

function errorMarks(text: string, diagnostics: Diagnostic[]): CodeMark[] {
  const starts = lineStarts(text);
  return diagnostics.flatMap((one): CodeMark[] => {
    const begin = one.line === null ? undefined : starts[one.line - 1];
    if (begin === undefined) return [];
    const end = text.indexOf("\n", begin);
    const line = text.slice(begin, end < 0 ? text.length : end);
    const indent = line.length - line.trimStart().length;
    return [
      {
        begin: begin + indent,
        end: begin + line.trimEnd().length,
        kind: isError(one) ? "error" : "warning",
        title: one.message,
      },
    ];
  });
}

interface Props {
  store: DocumentStore;
  state: DocumentState;
  language: Language;
  selected: string | null;
  onSelect: (path: string) => void;
  onClose: () => void;
}

export function FilePane({ store, state, language, selected, onSelect, onClose }: Props) {
  const saved = state.document?.text ?? "";
  const tree = state.document?.tree ?? null;
  const [draft, setDraft] = useState<string | null>(null);
  const [conflict, setConflict] = useState(false);
  const timer = useRef<number>();
  const pending = useRef<string | null>(null);
  // The text of the file when the user began to type.
  const base = useRef("");
  const acting = useRef(false);
  const text = draft ?? saved;

  const save = () => {
    const next = pending.current;
    const current = store.state.document?.text;
    if (next === null || current === undefined) return;
    const merged = mergeTexts(base.current, next, current);
    if (merged === null) return setConflict(true);
    pending.current = null;
    base.current = merged;
    setDraft(merged);
    if (merged !== current) void store.replaceText(merged);
  };
  const take = (mine: boolean) => {
    setConflict(false);
    const next = pending.current;
    pending.current = null;
    base.current = next ?? "";
    if (mine && next !== null) void store.replaceText(next);
    else setDraft(null);
  };
  useEffect(() => {
    if (draft !== null && draft === saved) setDraft(null);
  }, [draft, saved]);
  useEffect(
    () => () => {
      window.clearTimeout(timer.current);
      save();
    },
    [],
  );

  const node = findNode(tree, selected ?? "");
  const marks = useMemo(() => {
    const found = errorMarks(saved, state.document?.diagnostics ?? []);
    if (draft !== null || node?.begin === undefined || node.end === undefined || !selected) return found;
    return [{ begin: lineStart(saved, node.begin), end: node.end, kind: "on" as const }, ...found];
  }, [saved, draft, state.document, node, selected]);
  const diagnostics = state.document?.diagnostics ?? [];
  const count = countDiagnostics(diagnostics);
  const onCursor = (offset: number) => {
    // The cursor also moves when the page changes the text.
    if (!acting.current || draft !== null) return;
    const step = stepAt(language, tree, offset);
    if (step && step !== selected) onSelect(step);
  };
  return (
    <aside
      className="pane tint file"
      aria-label="The file"
      onPointerDownCapture={() => (acting.current = true)}
      onKeyDownCapture={() => (acting.current = true)}
      onBlur={() => {
        acting.current = false;
        window.clearTimeout(timer.current);
        save();
      }}
    >
      <div className="head">
        <h2 className="grow">{store.path.split("/").pop()}</h2>
        {count && <span className={diagnostics.some(isError) ? "tag bad" : "tag warn"}>{count}</span>}
        <button type="button" className="small bare" onClick={onClose}>
          Hide
        </button>
      </div>
      {conflict && (
        <Note
          kind="warn"
          title="Another program changed the lines that you are changing."
          actions={
            <>
              <Button small onClick={() => take(true)}>
                Keep my text
              </Button>
              <Button small onClick={() => take(false)}>
                Use the file
              </Button>
            </>
          }
        />
      )}
      <CodeEditor
        text={text}
        mark={marks}
        mode="yaml"
        label="The text of the file"
        showOffset={node?.begin}
        onCursor={onCursor}
        onChange={(next) => {
          if (draft === null) base.current = saved;
          setDraft(next);
          pending.current = next;
          window.clearTimeout(timer.current);
          timer.current = window.setTimeout(save, SAVE_MS);
        }}
      />
    </aside>
  );
}
