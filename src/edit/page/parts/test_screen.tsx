/* A test that is open: the bar with its tabs, undo and the buttons to try and run it. */
import { useEffect, useState } from "./hooks";
import type { ComponentType } from "react";

import { events } from "../api";
import { useDocument } from "../document";
import type { DocumentState, DocumentStore } from "../document";
import { childOf, findNode } from "../model/tree";
import type { TreeNode } from "../model/tree";
import { href } from "../router";
import type { Route } from "../router";
import { DataTab } from "../screens/data";
import { LoadTab } from "../screens/load";
import { RunScreen } from "../screens/run";
import { RunsTab } from "../screens/runs";
import { StepsTab } from "../screens/steps";
import { TryScreen } from "../screens/try";
import { Bar, Tabs } from "./bar";
import { Button } from "./button";
import { tabOfPath } from "./diagnostics";
import { ErrorNote } from "./note";
import { Path, way } from "./path";
import type { Stop } from "./path";
import type { Language, TestProps } from "./screen";
import { toast } from "./toast";

interface Tab {
  name: "steps" | "data" | "load" | "runs";
  label: string;
  component: ComponentType<TestProps>;
}

const tabs: Tab[] = [
  { name: "steps", label: "Steps", component: StepsTab },
  { name: "data", label: "Data", component: DataTab },
  { name: "load", label: "Load", component: LoadTab },
  { name: "runs", label: "Runs", component: RunsTab },
];

/** Screens of a test without a tab, and the tab that they belong to. */
const inner: { [name: string]: { tab: Tab["name"]; component: ComponentType<TestProps> } } = {
  try: { tab: "steps", component: TryScreen },
  run: { tab: "runs", component: RunScreen },
};

interface Props {
  store: DocumentStore;
  language: Language | null;
  route: Route;
}

export function TestScreen({ store, language, route }: Props) {
  const state = useOpenDocument(store);
  const name = route.rest[0] ?? "steps";
  const Screen = inner[name]?.component ?? tabs.find((tab) => tab.name === name)?.component ?? StepsTab;
  const onWay = useWay(store.path, name);
  useUndoKeys(store);
  useEffect(() => {
    if (state.foreign) toast("Another program changed the file; this is its new content");
  }, [state.foreign]);
  return (
    <>
      <Bar
        where={testName(state, store.path)}
        middle={<TestTabs file={store.path} state={state} current={inner[name]?.tab ?? name} />}
        side={<TestActions store={store} state={state} />}
        below={onWay && <Path at={onWay} />}
      />
      {state.document ? (
        <>
          {state.problem && (
            <div className="over">
              <ErrorNote error={state.problem} onClose={() => store.forgetProblem()} />
            </div>
          )}
          <Screen store={store} state={state} language={language} rest={route.rest.slice(1)} />
        </>
      ) : (
        <main className="sheet">
          <div className="center" aria-busy={state.loading}>
            {state.problem ? (
              <ErrorNote error={state.problem} retry={() => void store.load()} />
            ) : (
              <p role="status">Loading…</p>
            )}
          </div>
        </main>
      )}
    </>
  );
}

/** The stop of the path to the first load test, until a run ends or another tab is opened. */
function useWay(file: string, name: string): Stop | null {
  const [, setEnded] = useState(false);
  const at = (name === "load" || name === "run") && way.file() === file ? name : null;
  useEffect(() => {
    if (!at) return way.end();
    if (at === "run")
      return events.on("job-end", () => {
        way.end();
        setEnded(true);
      });
  }, [at]);
  return at;
}

function testName(state: DocumentState, path: string): string {
  const name = findNode(state.document?.tree, "/name");
  return name?.kind === "text" && name.value ? name.value : path;
}

function TestTabs({ file, state, current }: { file: string; state: DocumentState; current: string }) {
  const errors = (state.document?.diagnostics ?? []).filter((found) => found.level === "error");
  return (
    <Tabs
      label="Test"
      tabs={tabs.map((tab) => {
        const count = errors.filter((found) => tabOfPath(found.path) === tab.name).length;
        return {
          name: tab.name,
          label: tab.label,
          href: href("test", file, tab.name),
          current: tab.name === current,
          dot: count ? { kind: "no" as const, label: count === 1 ? "1 error" : `${count} errors` } : null,
        };
      })}
    />
  );
}

function TestActions({ store, state }: { store: DocumentStore; state: DocumentState }) {
  const errors = state.document?.errors ?? 0;
  const why = errors
    ? `${errors === 1 ? "1 error" : `${errors} errors`} in the file: correct ${errors === 1 ? "it" : "them"} first`
    : undefined;
  return (
    <>
      <span className="saved" role="status" title={store.path}>
        {state.saving ? "Saving…" : `Saved in ${store.path.split("/").pop()}`}
      </span>
      <Button small kind="bare" label="Undo" why="Undo (Ctrl+Z)" disabled={!state.canUndo} onClick={() => store.undo()}>
        ↶
      </Button>
      <Button small kind="bare" label="Redo" why="Redo (Ctrl+Y)" disabled={!state.canRedo} onClick={() => store.redo()}>
        ↷
      </Button>
      <ActionLink to={href("test", store.path, "try")} why={why} title="One user performs all steps once">
        Try once
      </ActionLink>
      <ActionLink
        go
        to={href("test", store.path, hasLoad(state.document?.tree) ? "run" : "load")}
        why={why}
        title="All users, for the whole duration"
      >
        Run load test
      </ActionLink>
    </>
  );
}

/** Without a load, one user would perform the steps once: the load is chosen first. */
function hasLoad(root: TreeNode | null | undefined): boolean {
  const scenarios = root && findNode(root, "/scenarios");
  const owners = scenarios?.kind === "list" ? [root, ...scenarios.items] : [root];
  return owners.some((one) => one && childOf(one, "load"));
}

interface ActionLinkProps {
  to: string;
  go?: boolean;
  why: string | undefined; // it is off
  title: string;
  children: string;
}

function ActionLink({ to, go, why, title, children }: ActionLinkProps) {
  const names = go ? "button small go" : "button small";
  if (why)
    return (
      <a className={names} role="link" aria-disabled="true" tabIndex={0} title={why}>
        {children}
      </a>
    );
  return (
    <a className={names} href={to} title={title}>
      {children}
    </a>
  );
}

function useOpenDocument(store: DocumentStore): DocumentState {
  const state = useDocument(store);
  useEffect(() => store.open(), [store]);
  return state;
}

/** Ctrl+Z and Ctrl+Y, except in an input, where the browser undoes what was typed. */
function useUndoKeys(store: DocumentStore): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement | null;
      if (!(event.ctrlKey || event.metaKey) || event.altKey || target?.closest("input, textarea, select, .CodeMirror"))
        return;
      const key = event.key.toLowerCase();
      if (key !== "z" && key !== "y") return;
      event.preventDefault();
      void (key === "y" || event.shiftKey ? store.redo() : store.undo());
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, [store]);
}
