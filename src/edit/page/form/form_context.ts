/* The context of the fields of a form: the document, the language, and how to change the file. */
import { createContext, useContext } from "../parts/hooks";
import type { EditOp } from "../model/edit_ops";
import { diagnosticsIn } from "../model/form_model";
import type { Diagnostic } from "../document";
import type { Language } from "../model/form_model";
import type { TreeNode } from "../model/tree";
import type { Variable } from "../model/variables";

export interface FormContext {
  language: Language;
  root: TreeNode | null;
  diagnostics: Diagnostic[];
  /** The variables that the selected step can use. */
  variables: Variable[];
  /** Files of the folder next to the scenario, for suggestions. */
  files: string[];
  /** The path that stays when its last key is removed: the selected step, or a mapping of the file. */
  within: string;
  /** Names of fields whose input in the page hides what is typed. */
  passwords: Set<string>;
  edit: (ops: EditOp[]) => void;
  /** Applies the edits of a diagnostic to the text. */
  repair: (diagnostic: Diagnostic) => void;
}

export const CurrentForm = createContext<FormContext | null>(null);

export function useForm(): FormContext {
  const form = useContext(CurrentForm);
  if (!form) throw new Error("a field needs a form around it");
  return form;
}

/** The diagnostics of a field; only those of exactly this path if its parts show their own. */
export function useDiagnostics(path: string, exact = false): Diagnostic[] {
  const all = diagnosticsIn(useForm().diagnostics, path);
  return exact ? all.filter((one) => one.path === path) : all;
}
