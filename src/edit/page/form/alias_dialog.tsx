/* Changes of a value that the file repeats: at an anchor (&name) and its aliases (*name). */
import { useState } from "../parts/hooks";
import type { DocumentStore } from "../document";
import type { Aliases, EditOp } from "../model/edit_ops";
import { Dialog } from "../parts/dialog";
import { sentence } from "../parts/note";

/** A function that edits the document, and the dialog that asks which places change. */
export function useEdit(store: DocumentStore) {
  const [asked, setAsked] = useState<{ ops: EditOp[]; message: string } | null>(null);
  const edit = async (ops: EditOp[]): Promise<boolean> => {
    if (await store.edit(ops)) return true;
    const problem = store.state.problem;
    if (problem?.code === "alias") {
      store.forgetProblem();
      setAsked({ ops, message: problem.message });
    }
    return false;
  };
  const pick = (aliases: Aliases) => {
    setAsked(null);
    void store.edit((asked?.ops ?? []).map((op) => ({ ...op, aliases })));
  };
  const dialog = asked && (
    <Dialog
      title="This value is used in several places"
      onClose={() => setAsked(null)}
      actions={
        <>
          <button type="button" onClick={() => pick("here")}>
            Change it only here
          </button>
          <button type="button" className="go" onClick={() => pick("everywhere")}>
            Change it everywhere
          </button>
        </>
      }
    >
      <p>{sentence(asked.message)}</p>
    </Dialog>
  );
  return { edit, dialog };
}
