/*
 * Secrets that are typed into a form: the operations that write ${PASSWORD} instead, and a parameter of this name,
 * whose value is given to the program and is not in the file.
 */
import type { EditOp } from "./edit_ops";
import { findNode, joinPath, keysOf, splitPath, textOf } from "./tree";
import type { Json, TreeNode } from "./tree";
import { hasExpression } from "./variables";

/* The words of naming_is_secret (src/import/naming.c) that people type, and the keys of `auth`. */
const PARTS = /passw(or)?[dt]|passphrase|secret|api[_-]?key|(access|refresh|auth)[_-]?token/i;
const WHOLE = /^(pass|pwd?|pswd|pin|otp|cv[vc]|bearer|authorization)$/i;

/** The keys of a step in which a value is sent, and those in which it is compared or found. */
const SENT = /^(submit|add|form|multipart|json|query|headers|auth)$/;
const RECEIVED = /^(expect|extract)$/;

export function isSecretName(name: string): boolean {
  return PARTS.test(name) || WHOLE.test(name);
}

/** Whether the text of this name is a secret in clear text. */
export function isClearSecret(name: string, text: string, passwords: ReadonlySet<string>): boolean {
  return text !== "" && !hasExpression(text) && (isSecretName(name) || passwords.has(name));
}

/** As naming_parameter (src/import/naming.c); PWD is the folder of a shell. */
function parameterName(field: string): string {
  const name = field
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, "_")
    .replace(/^[^A-Z]+|_$/g, "");
  return !name || name === "PWD" ? `${name || "SECRET"}_VALUE` : name;
}

export interface Hidden {
  ops: EditOp[];
  /** Parameters with their values. */
  secrets: { [name: string]: string };
}

/**
 * The operations with a parameter in the place of each secret that they write. PASSWORDS are names of fields whose
 * input hides what is typed; GIVEN are the parameters of earlier calls.
 */
export function hideSecrets(
  root: TreeNode | null,
  ops: readonly EditOp[],
  passwords: ReadonlySet<string>,
  given: { [name: string]: string },
): Hidden {
  const secrets: { [name: string]: string } = {};
  const taken = (name: string) => name in secrets || name in given || !!findNode(root, joinPath("/parameters", name));
  const parameterFor = (path: string, field: string, value: string) => {
    // Another text for the same secret is another value of its parameter.
    const before = /^\$\{(\w+)\}$/.exec(textOf(findNode(root, path)) ?? "")?.[1] ?? "";
    const wanted = parameterName(field);
    const known = { ...given, ...secrets };
    const same = keysOf(findNode(root, joinPath("/parameters", before))).includes("secret")
      ? before
      : Object.keys(known).find((name) => name.startsWith(wanted) && known[name] === value);
    let name = same ?? wanted;
    for (let i = 2; !same && taken(name); i++) name = `${wanted}_${i}`;
    secrets[name] = value;
    return "${" + name + "}";
  };
  const hidden = (path: string, value: Json): Json => {
    if (Array.isArray(value)) return value.map((one, i) => hidden(joinPath(path, i), one));
    if (value !== null && typeof value === "object")
      return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, hidden(joinPath(path, key), one)]));
    const keys = splitPath(path).filter((key) => !/^\d+$/.test(key));
    const name = keys.pop() ?? "";
    const sent = keys.some((key) => SENT.test(key)) && !keys.some((key) => RECEIVED.test(key));
    return sent && isClearSecret(name, String(value ?? ""), passwords)
      ? parameterFor(path, name, String(value))
      : value;
  };
  const changed = ops.map((op) =>
    "value" in op && op.value !== undefined ? { ...op, value: hidden(op.path, op.value) } : op,
  );
  const missing = Object.keys(secrets).filter((name) => !findNode(root, joinPath("/parameters", name)));
  if (!missing.length) return { ops: changed, secrets };
  const row = { required: true, secret: true };
  const place = findNode(root, "/target") ? { after: "target" } : {};
  const added = findNode(root, "/parameters")
    ? missing.map((name): EditOp => ({ op: "add", path: joinPath("/parameters", name), value: row }))
    : [
        {
          op: "add",
          path: "/parameters",
          value: Object.fromEntries(missing.map((name) => [name, row])),
          ...place,
        } as const,
      ];
  return { ops: [...added, ...changed], secrets };
}
