/* Edits of a form, without the passwords that are typed into it: they become secret parameters. */
import { useRef } from "../parts/hooks";
import { api } from "../api";
import type { DocumentStore } from "../document";
import type { EditOp } from "../model/edit_ops";
import { hideSecrets } from "../model/secrets";
import { toast } from "../parts/toast";

/** The values that were typed since the page was loaded. A password of two steps is one parameter. */
const given: { [name: string]: string } = {};

export function useSecretEdit(store: DocumentStore, edit: (ops: EditOp[]) => Promise<boolean>) {
  const passwords = useRef(new Set<string>()).current;
  const change = async (ops: EditOp[]) => {
    const { ops: hidden, secrets } = hideSecrets(store.state.document?.tree ?? null, ops, passwords, given);
    const names = Object.keys(secrets);
    Object.assign(given, secrets);
    // If a value does not arrive, the next try shows a field for it.
    for (const name of names) api.put("secrets", { name, value: secrets[name], keep: false }).catch(() => undefined);
    if (!(await edit(hidden)) || !names.length) return;
    const used = names.map((name) => "${" + name + "}").join(", ");
    toast(`The file has ${used} instead of the secret. The value is kept until reprise edit ends.`, {
      undo: () => void store.undo().then(() => store.edit(ops)),
    });
  };
  return { passwords, edit: (ops: EditOp[]) => void change(ops) };
}
