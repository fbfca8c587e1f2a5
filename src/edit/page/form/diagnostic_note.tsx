/* A diagnostic at its field, with the repair that the program proposes as a button. */
import { isError } from "../model/form_model";
import type { Diagnostic } from "../document";
import { sentence } from "../parts/note";
import { useForm } from "./form_context";

/** Text with `code` between backticks. */
export function Prose({ text }: { text: string }) {
  return (
    <>
      {text
        .split(/(`[^`]+`)/)
        .map((part, index) =>
          part.length > 2 && part.startsWith("`") ? <code key={index}>{part.slice(1, -1)}</code> : part,
        )}
    </>
  );
}

/** A message that begins with the name of a file keeps it as it is. */
function sentenceOf(message: string): string {
  const whole = sentence(message);
  return /^[\w-]+[./_]\w/.test(message) ? message.charAt(0) + whole.slice(1) : whole;
}

/** What the repair writes, if it is short enough for a button. */
function repairLabel(diagnostic: Diagnostic): string {
  const text = diagnostic.edits.length === 1 ? (diagnostic.edits[0]?.text.trim() ?? "") : "";
  return text && text.length <= 30 && !text.includes("\n") ? `Use ${text}` : "Repair it";
}

export function DiagnosticNote({ diagnostic }: { diagnostic: Diagnostic }) {
  const form = useForm();
  return (
    <div className={isError(diagnostic) ? "err" : "err mild"} title={diagnostic.code}>
      <span>
        <Prose text={sentenceOf(diagnostic.message)} />
        {diagnostic.notes.map((note, index) => (
          <span key={index}>
            {" "}
            <Prose text={sentence(note.message)} />
          </span>
        ))}
      </span>
      {diagnostic.edits.length > 0 && (
        <button type="button" className="small" onClick={() => form.repair(diagnostic)}>
          {repairLabel(diagnostic)}
        </button>
      )}
    </div>
  );
}

export function DiagnosticNotes({ diagnostics }: { diagnostics: Diagnostic[] }) {
  return (
    <>
      {diagnostics.map((one, index) => (
        <DiagnosticNote key={index} diagnostic={one} />
      ))}
    </>
  );
}
