/* A login that failed: how it is recognized in a try, and what to check. */
import { isSecretName } from "./secrets";
import { findNode, keysOf } from "./tree";
import type { TreeNode } from "./tree";
import { usesOf } from "./variables";

export interface LoginAdvice {
  /** The request was refused with this status; null: the page is a login form. */
  status: number | null;
  /** The step that sends a password, at or before the one that is looked at: its index; -1: none. */
  login: number;
  /** The parameters with secrets that these steps use. */
  secrets: string[];
}

const BODIES = ["submit", "form", "json", "multipart", "add"];

function sendsPassword(step: TreeNode | undefined): boolean {
  if (step?.kind !== "map") return false;
  return step.pairs.some((pair) => BODIES.includes(pair.key) && keysOf(pair.value).some(isSecretName));
}

/** A page with two passwords is for a new account or a new password. */
function isLoginForm(body: string): boolean {
  return (body.match(/<input\b[^>]*\btype\s*=\s*["']?password/gi) ?? []).length === 1;
}

/** PATHS are the steps of a try. The page and the status are those of the step at INDEX. Null: no failed login. */
export function loginAdvice(
  root: TreeNode | null,
  paths: readonly string[],
  index: number,
  status: number | null,
  body: string,
): LoginAdvice | null {
  const done = paths.slice(0, index + 1);
  const login = done.map((path) => sendsPassword(findNode(root, path))).lastIndexOf(true);
  const refused = status === 401 || status === 403;
  if (!refused && (login < 0 || !isLoginForm(body))) return null;
  const secrets = keysOf(findNode(root, "/parameters"))
    .filter((name) => keysOf(findNode(root, `/parameters/${name}`)).includes("secret"))
    .filter((name) => usesOf(root, name).some((use) => done.some((path) => use.startsWith(path + "/"))));
  return { status: refused ? status : null, login, secrets };
}
