/* The tab Steps: the list of steps, the form of the selected one, and the file as text. */
import { useEffect, useMemo, useRef, useState } from "../parts/hooks";
import type { TestProps } from "../parts/screen";
import { Empty } from "../parts/empty";
import { Note } from "../parts/note";
import { toast } from "../parts/toast";
import type { Diagnostic } from "../document";
import { useEdit } from "../form/alias_dialog";
import { useSecretEdit } from "../form/use_secret_edit";
import { CurrentForm } from "../form/form_context";
import type { FormContext } from "../form/form_context";
import { SettingsForm, StepForm } from "../form/step_form";
import { applyEdits } from "../model/edit_ops";
import type { Language } from "../model/form_model";
import { countDiagnostics, isError } from "../model/form_model";
import { outlineList, outlineStep, sectionsOf } from "../model/outline";
import type { Section } from "../model/outline";
import { findNode, joinPath, splitPath } from "../model/tree";
import { variablesAt } from "../model/variables";
import { href, replace } from "../router";
import { isReady } from "../home/example";
import { AddStep } from "../steps/add_step";
import { FilePane } from "../steps/file_pane";
import { SectionHead, SectionFields } from "../steps/sections";
import { StepList } from "../steps/step_list";
import { StepHead } from "../steps/step_head";
import * as change from "../steps/step_ops";
import { arrowTarget, useDrag } from "../steps/use_drag";
import { namesFrom, useColumns, useFolder } from "../steps/use_folder";

const PANE_KEY = "reprise-file-pane";
export const SETTINGS = "settings";

/** Which step is selected is in the address, so that Back from a try returns to it. */
function useSelected(
  file: string,
  rest: string[],
  exists: (path: string) => boolean,
  fallback: (path: string) => string,
) {
  const asked = rest[0] ?? "";
  const selected = asked === SETTINGS || exists(asked) ? asked : fallback(asked);
  const select = (path: string) => replace(href("test", file, "steps", path));
  return { selected, select };
}

/** Whether the screen is still shown, for what happens after a request. */
function useShown() {
  const shown = useRef(true);
  useEffect(() => {
    shown.current = true;
    return () => {
      shown.current = false;
    };
  }, []);
  return shown;
}

function usePane(): [boolean, (open: boolean) => void] {
  const [open, setOpen] = useState(() => localStorage.getItem(PANE_KEY) === "open");
  return [
    open,
    (value) => {
      localStorage.setItem(PANE_KEY, value ? "open" : "closed");
      setOpen(value);
    },
  ];
}

export function StepsTab(props: TestProps) {
  if (!props.language) {
    return (
      <main className="sheet">
        <p role="status">Loading…</p>
      </main>
    );
  }
  return <Steps {...props} language={props.language as unknown as Language} />;
}

type Props = Omit<TestProps, "language"> & { language: Language };

/** The section that is shown: that of the selected step, or the one that was chosen. */
function useSection(sections: Section[], selected: string) {
  const [chosen, setChosen] = useState("");
  const own = sections.find((one) => selected.startsWith(one.list + "/"));
  useEffect(() => {
    if (own) setChosen(own.list);
  }, [own?.list]);
  const section = own ?? sections.find((one) => one.list === chosen) ?? sections[0];
  return { section, setChosen };
}

function Steps({ store, state, language, rest }: Props) {
  const root = state.document?.tree ?? null;
  const diagnostics = state.document?.diagnostics ?? [];
  const sections = useMemo(() => sectionsOf(root), [root]);
  const first = sections[0];
  const isStep = (path: string) => path !== "" && change.nearestStep(root, path) === path;
  const { selected, select } = useSelected(store.path, rest, isStep, (path) => {
    const near = change.nearestStep(root, path);
    if (near) return near;
    const list = first && findNode(root, first.list);
    return list?.kind === "list" && list.items.length && first ? joinPath(first.list, 0) : SETTINGS;
  });
  const [pane, setPane] = usePane();
  const { edit, dialog } = useEdit(store);
  const shown = useShown();
  const [adding, setAdding] = useState(false);
  const { section, setChosen } = useSection(sections, selected);
  const files = useFolder();
  const columns = useColumns(root, store.path);
  const steps = useMemo(
    () => (section ? outlineList(language, findNode(root, section.list), section.list) : []),
    [language, root, section?.list],
  );

  const apply = async (next: change.Change | null, done?: string) => {
    if (!next) return;
    const applied = await edit(next.ops);
    // The user may have gone to another screen in the meantime.
    if (applied && next.select && shown.current) select(next.select);
    if (applied && done) toast(done, { undo: () => void store.undo() });
  };
  const drag = useDrag((from, list, index) => void apply(change.moveStep(root, from, list, index)));
  const titleOf = (path: string) => {
    const node = findNode(root, path);
    return node ? outlineStep(language, node, path).title : "";
  };
  const actions = {
    select,
    move: (path: string, key: string) => {
      const nested = (step: string) => change.listsIn(language, root, step);
      const to = arrowTarget(path, key, change.countIn(root), nested);
      if (to) void apply(change.moveStep(root, path, to.list, to.index)).then(focusCurrent);
    },
    remove: (path: string) => void apply(change.deleteStep(root, path), `Deleted “${titleOf(path)}”.`),
    duplicate: (path: string) => void apply(change.duplicateStep(path)),
    enable: (disabled: { list?: string; item: number; before: number }) =>
      void apply({
        ops: [{ op: "enable", path: disabled.list ?? "", item: disabled.item }],
        select: joinPath(disabled.list ?? "", disabled.before),
      }),
    startDrag: drag.start,
  };
  const node = selected === SETTINGS ? undefined : findNode(root, selected);
  const form: FormContext = {
    language,
    root,
    diagnostics,
    variables: useMemo(() => variablesAt(root, selected, columns), [root, selected, columns]),
    files: namesFrom(files, store.path),
    within: selected === SETTINGS ? "" : selected,
    ...useSecretEdit(store, edit),
    repair: (diagnostic: Diagnostic) =>
      void store.replaceText(applyEdits(state.document?.text ?? "", diagnostic.edits)),
  };
  const place = section && change.insertPlace(root, section.list, selected);
  const broken = !root || root.kind !== "map";
  const settingsErrors = countDiagnostics(diagnostics.filter((one) => isError(one) && isOfSettings(one.path)));

  return (
    <CurrentForm.Provider value={form}>
      <main className={pane || broken ? "work three" : "work"}>
        <h1 className="unseen">Steps</h1>
        <section className="pane list" aria-label="Steps">
          <SectionHead
            sections={sections}
            section={section}
            store={store}
            root={root}
            onShow={(one) => {
              setChosen(one.list);
              const list = findNode(root, one.list);
              const empty = list?.kind !== "list" || !list.items.length;
              if (!empty) select(joinPath(one.list, 0));
            }}
            onAdd={() => setAdding(true)}
          />
          <button
            type="button"
            className="entry"
            aria-current={selected === SETTINGS || undefined}
            onClick={() => select(SETTINGS)}
          >
            Settings of this test
            {settingsErrors && <span className="tag bad">{settingsErrors}</span>}
          </button>
          {section && (
            <StepList
              label={section.label}
              steps={steps}
              path={section.list}
              language={language}
              selected={selected}
              diagnostics={diagnostics}
              disabled={state.document?.disabled ?? []}
              dragging={drag.dragging}
              actions={actions}
            />
          )}
        </section>
        <section className="pane" aria-label={selected === SETTINGS ? "Settings of this test" : "Selected step"}>
          {broken ? (
            <div className="pad">
              <Note kind="bad" title="The file cannot be shown as steps.">
                <p>Correct the marked lines in the text; the steps appear again when it can be read.</p>
              </Note>
            </div>
          ) : node ? (
            <>
              {isReady(store.path) && !state.canUndo && (
                <Note kind="good">
                  <p>
                    This test is ready. <a href={href("test", store.path, "try")}>Try it once</a>, or{" "}
                    <a href={href("test", store.path, "load")}>choose the load</a>.
                  </p>
                </Note>
              )}
              <StepHead
                file={store.path}
                title={titleOf(selected)}
                path={selected}
                why={state.document?.errors ? tryReason(diagnostics) : undefined}
                isGroup={outlineStep(language, node, selected).action === "group"}
                onDuplicate={() => actions.duplicate(selected)}
                onMove={(key) => actions.move(selected, key)}
                onDisable={() =>
                  void apply(
                    { ops: [{ op: "disable", path: selected }], select: null },
                    `“${titleOf(selected)}” is turned off.`,
                  )
                }
                onGroup={() => void apply(change.groupStep(selected, titleOf(selected)))}
                onUngroup={() => void apply(change.ungroupStep(root, selected))}
                onDelete={() => actions.remove(selected)}
                pane={pane}
                onPane={() => setPane(!pane)}
              />
              <StepForm key={selected} node={node} path={selected} />
            </>
          ) : (
            <>
              <div className="head">
                <h2 className="grow">Settings of this test</h2>
                <button type="button" className="small bare" aria-pressed={pane} onClick={() => setPane(!pane)}>
                  Show file
                </button>
              </div>
              {!steps.length && section && (
                <Empty title="This test has no steps yet">
                  <p>Add the first request, or record a visit with your browser.</p>
                  <div className="row">
                    <button type="button" className="go" onClick={() => setAdding(true)}>
                      + Step
                    </button>
                    <a className="button" href={href("record")}>
                      Record a visit
                    </a>
                  </div>
                </Empty>
              )}
              <SettingsForm>{section && section.kind !== "steps" && <SectionFields section={section} />}</SettingsForm>
            </>
          )}
        </section>
        {(pane || broken) && (
          <FilePane
            store={store}
            state={state}
            language={language}
            selected={node ? selected : null}
            onSelect={select}
            onClose={() => setPane(false)}
          />
        )}
      </main>
      {dialog}
      {adding && place && (
        <AddStep
          language={language}
          where={
            place.index > 0
              ? `It goes after “${titleOf(joinPath(place.list, place.index - 1))}”.`
              : "It is the first step of the list."
          }
          onClose={() => setAdding(false)}
          onPick={(kind, action) => {
            setAdding(false);
            const next = change.insertKind(root, place.list, place.index, kind, action);
            void apply(kind.name === "think" ? { ...next, select: null } : next);
          }}
        />
      )}
    </CurrentForm.Provider>
  );
}

/** Keeps the focus on a card that was moved with the keyboard. */
function focusCurrent() {
  requestAnimationFrame(() => document.querySelector<HTMLElement>("[data-step][aria-current] [data-card]")?.focus());
}

const ELSEWHERE = new Set([
  ...["steps", "scenarios", "setup", "before_user", "after_user", "teardown", "flows"],
  ...["data", "parameters", "variables", "load", "thresholds", "profiles"],
]);

function isOfSettings(path: string | null): boolean {
  return !ELSEWHERE.has(splitPath(path ?? "")[0] ?? "");
}

function tryReason(diagnostics: Diagnostic[]): string {
  const errors = diagnostics.filter(isError);
  return `${countDiagnostics(errors)} in the file: correct ${errors.length === 1 ? "it" : "them"} first`;
}
