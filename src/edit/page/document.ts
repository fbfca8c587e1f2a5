/*
 * The document that is edited: the text, tree and diagnostics that the program returned last, and
 * the edits of this session, which can be undone. Every edit is saved immediately.
 */
import { useEffect, useState } from "./parts/hooks";

import { api, ApiError, asApiError, events, filePath } from "./api";
import { mergeTexts } from "./model/edit_ops";
import type { Json, TreeNode } from "./model/tree";

export interface Diagnostic {
  level: "error" | "warning";
  code: string;
  file: string | null;
  line: number | null;
  column: number | null;
  end_line: number | null;
  end_column: number | null;
  message: string;
  fix: string | null;
  add: string | null;
  path: string | null;
  edits: { begin: number; end: number; text: string }[];
  certain: boolean;
  notes: { line: number | null; message: string }[];
}

export interface DisabledStep {
  list?: string;
  item: number;
  before: number;
  begin: number;
  end: number;
  value?: TreeNode | null;
}

export interface ApiDocument {
  path: string;
  version: string;
  text: string;
  tree: TreeNode | null;
  disabled: DisabledStep[];
  errors: number;
  warnings: number;
  diagnostics: Diagnostic[];
}

export type OpName =
  | ("set" | "add" | "insert" | "remove" | "move" | "duplicate")
  | ("disable" | "enable" | "rename" | "scenarios" | "undo");

/** One operation of POST edits; `reprise edit --help` describes them. */
export interface Op {
  op: OpName;
  path?: string;
  from?: string;
  value?: Json;
  style?: "plain" | "single" | "double" | "literal" | "folded";
  before?: string;
  after?: string;
  key?: string;
  item?: number;
  aliases?: "everywhere" | "here";
  [more: string]: unknown;
}

type Undo = { kind: "ops"; ops: Op[] } | { kind: "text"; from: string; to: string };

export interface DocumentState {
  document: ApiDocument | null;
  loading: boolean;
  saving: boolean;
  problem: ApiError | null;
  canUndo: boolean;
  canRedo: boolean;
  foreign: number; // how often another program changed the file
}

interface Edited extends ApiDocument {
  undo: Op[];
}

/** One open file. Changes are sent one after another, in the order of their calls. */
export class DocumentStore {
  state: DocumentState = {
    document: null,
    loading: false,
    saving: false,
    problem: null,
    canUndo: false,
    canRedo: false,
    foreign: 0,
  };
  private undos: Undo[] = [];
  private redos: Undo[] = [];
  private listeners = new Set<() => void>();
  private queue: Promise<unknown> = Promise.resolve();
  private off: (() => void) | undefined;

  constructor(readonly path: string) {}

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private update(change: Partial<DocumentState>): void {
    this.state = { ...this.state, ...change, canUndo: this.undos.length > 0, canRedo: this.redos.length > 0 };
    this.listeners.forEach((listener) => listener());
  }

  /** Follows changes of other programs until the returned function is called. */
  open(): () => void {
    this.off = events.on("file", (data: { path: string; version: string | null }) => {
      if (data.path === this.path && data.version !== this.state.document?.version)
        void this.enqueue(() => this.reload(data.version));
    });
    void this.load();
    return () => this.off?.();
  }

  load(): Promise<void> {
    this.update({ loading: true });
    return this.enqueue(async () => {
      try {
        const document = await api.get<ApiDocument>("files/" + filePath(this.path));
        this.update({ document, loading: false, problem: null });
      } catch (thrown) {
        this.update({ loading: false, problem: asApiError(thrown) });
      }
    });
  }

  /** After a change by another program. Equal versions: the page changed it. */
  private async reload(version: string | null): Promise<void> {
    if (version === this.state.document?.version) return;
    try {
      // The program adds the other program's change and the edits that it has overwritten.
      const document = await this.merged();
      const foreign = this.state.foreign + (document.version === this.state.document?.version ? 0 : 1);
      this.update({ document, foreign, problem: null });
    } catch (thrown) {
      this.update({ problem: asApiError(thrown) });
    }
  }

  private async merged(): Promise<ApiDocument> {
    const { version } = this.state.document ?? {};
    const address = filePath(this.path);
    if (!version) return api.get<ApiDocument>("files/" + address);
    try {
      return await api.post<ApiDocument>("edits/" + address, { version, ops: [] });
    } catch (thrown) {
      const { body } = asApiError(thrown);
      return body?.text !== undefined ? (body as ApiDocument) : api.get<ApiDocument>("files/" + address);
    }
  }

  /** Applies all operations or none; false if they were refused, with the reason in `problem`. */
  edit(ops: Op[]): Promise<boolean> {
    return this.enqueue(() =>
      this.change(async (version) => {
        const edited = await this.sendOps(ops, version);
        this.undos.push({ kind: "ops", ops: edited.undo });
        this.redos = [];
        return edited;
      }),
    );
  }

  /** The whole text, as the file pane changed it. */
  replaceText(text: string): Promise<boolean> {
    return this.enqueue(() =>
      this.change(async (version) => {
        const before = this.state.document?.text ?? "";
        const document = await this.sendText(text, version);
        this.undos.push({ kind: "text", from: text, to: before });
        this.redos = [];
        return document;
      }),
    );
  }

  /** The document of a text that is not saved. */
  check(text: string): Promise<ApiDocument> {
    return api.post<ApiDocument>("check/" + filePath(this.path), { text });
  }

  undo(): Promise<boolean> {
    return this.enqueue(() => this.step(this.undos, this.redos));
  }

  redo(): Promise<boolean> {
    return this.enqueue(() => this.step(this.redos, this.undos));
  }

  /** Forgets a problem that the user has read. */
  forgetProblem(): void {
    this.update({ problem: null });
  }

  private async step(from: Undo[], to: Undo[]): Promise<boolean> {
    const last = from.pop();
    if (!last) return false;
    return this.change(async (version) => {
      if (last.kind === "text") {
        // Later changes of another program stay.
        const merged = mergeTexts(last.from, last.to, this.state.document?.text ?? "");
        if (merged === null)
          throw new ApiError(409, "conflict", "another program has changed the same lines since then");
        const document = await this.sendText(merged, version);
        to.push({ kind: "text", from: last.to, to: last.from });
        return document;
      }
      const edited = await this.sendOps(last.ops, version);
      to.push({ kind: "ops", ops: edited.undo });
      return edited;
    });
  }

  private sendOps(ops: Op[], version: string): Promise<Edited> {
    return api.post<Edited>("edits/" + filePath(this.path), { version, ops });
  }

  private sendText(text: string, version: string): Promise<ApiDocument> {
    return api.put<ApiDocument>("files/" + filePath(this.path), { text, version });
  }

  private async change(perform: (version: string) => Promise<ApiDocument>): Promise<boolean> {
    this.update({ saving: true });
    try {
      const document = await perform(this.state.document?.version ?? "");
      this.update({ document, saving: false, problem: null });
      return true;
    } catch (thrown) {
      const problem = asApiError(thrown);
      this.update({ saving: false, problem });
      // The file is not what this page shows: show the new one, with the reason.
      if (problem.body?.text !== undefined && problem.body?.version !== undefined)
        this.update({ document: problem.body as ApiDocument });
      else if (problem.code === "changed") await this.reload(null);
      this.update({ problem });
      return false;
    }
  }

  private enqueue<T>(work: () => Promise<T>): Promise<T> {
    const result = this.queue.then(work);
    this.queue = result.catch(() => undefined);
    return result;
  }
}

/** The state of the store; the component is drawn again when it changes. */
export function useDocument(store: DocumentStore): DocumentState {
  const [state, setState] = useState(store.state);
  useEffect(() => {
    setState(store.state);
    return store.subscribe(() => setState(store.state));
  }, [store]);
  return state;
}
