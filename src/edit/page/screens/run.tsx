import { CodeEditor } from "../code_editor";
import type { TestProps } from "../parts/screen";

/** The file as text. */
export function RunScreen({ store, state }: TestProps) {
  return (
    <main className="sheet">
      <CodeEditor
        text={state.document?.text ?? ""}
        mode="yaml"
        label="The file"
        onChange={(text) => void store.replaceText(text)}
      />
    </main>
  );
}
