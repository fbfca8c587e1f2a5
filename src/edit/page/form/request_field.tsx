/* What a step does: the method and the URL of a request, or the keys of another kind of step. */
import { actionOf } from "../model/form_model";
import type { Field, Form, Kind } from "../model/form_model";
import { childOf, findNode, joinPath, textOf, toValue } from "../model/tree";
import type { TreeNode } from "../model/tree";
import { DiagnosticNotes } from "./diagnostic_note";
import { useDiagnostics, useForm } from "./form_context";
import { FieldView } from "./fields";
import { FollowField, SubmitField } from "./page_fields";
import { TemplateInput, TextInput } from "./text_input";
import { isError } from "../model/form_model";

/** The place of the URL: the value of the action, or the key `url` of it. */
function urlOf(action: string, node: TreeNode, path: string): { path: string; node: TreeNode | undefined } {
  const value = childOf(node, action);
  const place = joinPath(path, action);
  if (value?.kind === "map" || action === "request")
    return { path: joinPath(place, "url"), node: childOf(value, "url") };
  return { path: place, node: value };
}

function Request({ kind, shape, node }: { kind: Kind; shape: Form; node: TreeNode }) {
  const form = useForm();
  const action = actionOf(kind, node)?.key ?? "get";
  const url = urlOf(action, node, shape.path);
  const place = joinPath(shape.path, action);
  const diagnostics = useDiagnostics(place);
  const target = textOf(findNode(form.root, "/target"));
  const pick = (next: string) => {
    const ops = [{ op: "rename" as const, path: place, key: next }];
    const from = action === "request" ? textOf(url.node) : undefined;
    const to = joinPath(shape.path, next);
    if (next === "request") {
      const value = { method: action.toUpperCase(), url: url.node ? toValue(url.node) : "/" };
      return form.edit([...ops, { op: "set", path: to, value }]);
    }
    form.edit(from === undefined ? ops : [...ops, { op: "set", path: to, value: from }]);
  };
  return (
    <div className="f" role="group" aria-labelledby="request-label">
      <div className="lab">
        <span id="request-label">Request</span>
      </div>
      <div className="join">
        <select
          aria-label="Method"
          title={`In the file: ${action}`}
          value={action}
          onChange={(event) => pick(event.target.value)}
        >
          {shape.actions.map((one) => (
            <option key={one.row.key} value={one.row.key}>
              {one.row.label}
            </option>
          ))}
        </select>
        <TemplateInput
          label="URL"
          value={textOf(url.node) ?? ""}
          wrong={diagnostics.some(isError)}
          onCommit={(text) => form.edit([{ op: "set", path: url.path, value: text }])}
        />
      </div>
      {action === "request" && (
        <TextInput
          label="Other method"
          value={textOf(childOf(childOf(node, action), "method")) ?? ""}
          onCommit={(text) => form.edit([{ op: "set", path: joinPath(place, "method"), value: text.trim() }])}
        />
      )}
      <DiagnosticNotes diagnostics={diagnostics} />
      <span className="help">
        {target ? (
          <>
            A path of the server <code>{target}</code>, or a full URL of an allowed host.
          </>
        ) : (
          "A path of the server in the settings of this test, or a full URL of an allowed host."
        )}
      </span>
    </div>
  );
}

/** The fields that know the page before the step. */
const PARTS: { [action: string]: typeof SubmitField } = { submit: SubmitField, follow: FollowField };

export function ActionFields({ kind, shape, node }: { kind: Kind; shape: Form; node: TreeNode }) {
  if (kind.name === "request") return <Request kind={kind} shape={shape} node={node} />;
  const written: Field[] = shape.actions.filter((field) => field.node && field.row.widget !== "steps");
  return (
    <>
      {written.map((field) => {
        const Part = PARTS[field.row.key] ?? FieldView;
        return <Part key={field.row.key} field={field} order={shape.order} />;
      })}
    </>
  );
}
