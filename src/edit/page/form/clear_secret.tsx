/* A password that is in the file as text, and a button that makes it a parameter. */
import { isClearSecret } from "../model/secrets";
import { useForm } from "./form_context";

export function ClearSecret({ name, path, text }: { name: string; path: string; text: string }) {
  const form = useForm();
  if (!isClearSecret(name, text, form.passwords)) return null;
  return (
    <div className="err mild" role="status">
      <span className="grow">Everyone who can read the file can read this secret.</span>
      <button type="button" className="small" onClick={() => form.edit([{ op: "set", path, value: text }])}>
        Make it a secret parameter
      </button>
    </div>
  );
}
