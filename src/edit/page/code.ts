/*
 * The second bundle: CodeMirror 5, for the file pane and for bodies. Only this file knows it, so
 * that it can be exchanged; the page loads it when an editor is shown first (code_editor.tsx).
 */
import CodeMirror from "codemirror";
import "codemirror/mode/yaml/yaml";

import type { CodeOptions, CodeView } from "./code_editor";

/* Colours for JSON; CodeMirror's own mode is for all of JavaScript, and much larger. */
CodeMirror.defineMode("json-text", () => ({
  token(stream) {
    if (stream.eatSpace()) return null;
    if (stream.match(/^"(\\.|[^"\\])*"?/)) return stream.match(/^\s*:/, false) ? "property" : "string";
    if (stream.match(/^-?\d[\d.eE+-]*/)) return "number";
    if (stream.match(/^(true|false|null)\b/)) return "atom";
    stream.next();
    return null;
  },
}));

const modes = { yaml: "yaml", json: "json-text", text: "null" };

function create(parent: HTMLElement, options: CodeOptions): CodeView {
  const editor = CodeMirror(parent, {
    value: options.text,
    mode: modes[options.mode],
    lineNumbers: options.lineNumbers ?? true,
    lineWrapping: options.wrap ?? false,
    readOnly: options.readOnly ?? false,
    indentUnit: 2,
    tabSize: 2,
    viewportMargin: 40,
    screenReaderLabel: options.label,
    extraKeys: {
      // Tab leaves the editor, as everywhere on the page; Ctrl+] and Ctrl+[ indent.
      Tab: false,
      "Shift-Tab": false,
      "Ctrl-]": "indentMore",
      "Ctrl-[": "indentLess",
    },
  });
  editor.on("change", (_, change) => {
    if (change.origin !== "setValue") options.onChange?.(editor.getValue());
  });
  editor.on("cursorActivity", () => options.onCursor?.(editor.indexFromPos(editor.getCursor())));
  let marked: { clear(): void }[] = [];
  return {
    setText(text) {
      if (text === editor.getValue()) return;
      const scroll = editor.getScrollInfo();
      editor.setValue(text);
      editor.scrollTo(scroll.left, scroll.top);
    },
    setMarks(marks) {
      editor.operation(() => {
        marked.forEach((mark) => mark.clear());
        editor.eachLine((line) => void editor.removeLineClass(line, "background"));
        marked = marks.map((mark) => {
          const begin = editor.posFromIndex(mark.begin);
          const end = editor.posFromIndex(mark.end);
          if (mark.kind === "on")
            for (let line = begin.line; line <= end.line; line++)
              if (line < end.line || end.ch > 0) editor.addLineClass(line, "background", "code-on");
          if (mark.kind === "error") editor.addLineClass(begin.line, "background", "code-error");
          return editor.markText(begin, end, { className: `code-${mark.kind}-text`, attributes: titled(mark.title) });
        });
      });
    },
    show(offset) {
      editor.scrollIntoView(editor.posFromIndex(offset), 80);
    },
    focus() {
      editor.focus();
    },
    refresh() {
      editor.refresh();
    },
  };
}

function titled(title: string | undefined): { [name: string]: string } {
  return title ? { title } : {};
}

(window as unknown as { repriseCode: { create: typeof create } }).repriseCode = { create };
