/* A text editor with line numbers and colours. Its library is a bundle that is loaded when needed. */
import { useEffect, useRef, useState } from "./parts/hooks";

import { ErrorNote } from "./parts/note";
import { ApiError } from "./api";

export interface CodeMark {
  begin: number; // UTF-16 units
  end: number;
  kind: "on" | "error" | "warning" | "found";
  title?: string;
}

export interface CodeOptions {
  text: string;
  mode: "yaml" | "json" | "text";
  label: string;
  readOnly?: boolean;
  lineNumbers?: boolean;
  wrap?: boolean;
  onChange?: (text: string) => void;
  onCursor?: (offset: number) => void;
}

export interface CodeView {
  setText(text: string): void;
  setMarks(marks: CodeMark[]): void;
  show(offset: number): void;
  focus(): void;
  refresh(): void;
}

interface Library {
  create(parent: HTMLElement, options: CodeOptions): CodeView;
}

let library: Promise<Library> | undefined;

function load(): Promise<Library> {
  library ??= new Promise<Library>((resolve, reject) => {
    const script = document.createElement("script");
    script.src = "assets/code.js";
    script.onload = () => resolve((window as unknown as { repriseCode: Library }).repriseCode);
    script.onerror = () => {
      library = undefined;
      reject(new ApiError(0, "offline", "the editor for text could not be loaded; load the page again"));
    };
    document.head.append(script);
  });
  return library;
}

export interface CodeEditorProps extends CodeOptions {
  mark?: CodeMark[];
  showOffset?: number; // scrolls there when it changes
}

export function CodeEditor({ text, mark, showOffset, ...options }: CodeEditorProps) {
  const parent = useRef<HTMLDivElement>(null);
  const [view, setView] = useState<CodeView | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const latest = useRef(options);
  latest.current = options;

  useEffect(() => {
    let gone = false;
    load().then(
      (found) => {
        if (gone || !parent.current) return;
        parent.current.textContent = "";
        setView(
          found.create(parent.current, {
            ...latest.current,
            text,
            onChange: (changed) => latest.current.onChange?.(changed),
            onCursor: (offset) => latest.current.onCursor?.(offset),
          }),
        );
      },
      (thrown) => setError(thrown),
    );
    return () => {
      gone = true;
    };
  }, [options.mode, options.readOnly]);
  useEffect(() => view?.setText(text), [view, text]);
  useEffect(() => view?.setMarks(mark ?? []), [view, text, mark]);
  useEffect(() => {
    if (showOffset !== undefined) view?.show(showOffset);
  }, [view, showOffset]);

  if (error) return <ErrorNote error={error} />;
  return (
    <div className="code" ref={parent}>
      <pre className="code-plain">{text}</pre>
    </div>
  );
}
