/* Passwords that are typed into a form: the file gets a parameter instead. */
import { hideSecrets, isClearSecret } from "../../src/edit/page/model/secrets";
import type { EditOp } from "../../src/edit/page/model/edit_ops";
import { equal, test } from "./check";
import { applied, reprise, tree } from "./trees";

const NONE: ReadonlySet<string> = new Set();
const ROW = { required: true, secret: true };

function hide(root: Parameters<typeof tree>[0], ops: EditOp[], given = {}, passwords = NONE) {
  return hideSecrets(tree(root), ops, passwords, given);
}

const login = { target: "http://127.0.0.1", steps: [{ submit: { user: "anna" } }] };

void test("a password that is typed becomes a parameter before it is in the file", () => {
  equal(hide(login, [{ op: "add", path: "/steps/0/submit/password", value: "demo" }]), {
    ops: [
      { op: "add", path: "/parameters", value: { PASSWORD: ROW }, after: "target" },
      { op: "add", path: "/steps/0/submit/password", value: "${PASSWORD}" },
    ],
    secrets: { PASSWORD: "demo" },
  });
});

void test("the whole body of a request, numbers and lists", () => {
  const { ops, secrets } = hide(login, [
    { op: "set", path: "/steps/0/json", value: { user: "anna", pin: 1234, keys: [{ apiKey: "k" }], page: 2 } },
  ]);
  equal(ops[1], {
    op: "set",
    path: "/steps/0/json",
    value: { user: "anna", pin: "${PIN}", keys: [{ apiKey: "${APIKEY}" }], page: 2 },
  });
  equal(secrets, { PIN: "1234", APIKEY: "k" });
});

void test("what is not a secret in clear text stays", () => {
  for (const op of [
    { op: "add", path: "/steps/0/submit/password", value: "${account.password}" },
    { op: "add", path: "/steps/0/submit/password", value: "" },
    { op: "add", path: "/steps/0/submit/csrf_token", value: "abc" },
    { op: "add", path: "/steps/0/expect/json/password", value: "abc" },
    { op: "set", path: "/steps/0/name", value: "password" },
    { op: "remove", path: "/steps/0/submit/password" },
  ] satisfies EditOp[])
    equal(hide(login, [op]), { ops: [op], secrets: {} });
  equal(isClearSecret("password", "demo", NONE), true);
});

void test("an input of the page that hides its text is a password by any name", () => {
  const op: EditOp = { op: "add", path: "/steps/0/submit/kennung", value: "demo" };
  equal(hide(login, [op]).secrets, {});
  equal(hide(login, [op], {}, new Set(["kennung"])).secrets, { KENNUNG: "demo" });
});

void test("one parameter for the same password, another for another one, and a correction keeps its parameter", () => {
  const op: EditOp = { op: "add", path: "/steps/0/form/password", value: "demo" };
  const root = { ...login, parameters: { PASSWORD: ROW } };
  equal(hide(root, [op], { PASSWORD: "demo" }), {
    ops: [{ ...op, value: "${PASSWORD}" }],
    secrets: { PASSWORD: "demo" },
  });
  equal(hide(root, [op], { PASSWORD: "other" }).secrets, { PASSWORD_2: "demo" });
  const used = { parameters: { KEY: ROW }, steps: [{ form: { password: "${KEY}" } }] };
  equal(hide(used, [{ ...op, op: "set" }]), {
    ops: [{ op: "set", path: op.path, value: "${KEY}" }],
    secrets: { KEY: "demo" },
  });
  const pwd: EditOp = { op: "add", path: "/steps/0/form/pwd", value: "demo" };
  equal(Object.keys(hide(login, [pwd]).secrets), ["PWD_VALUE"]);
});

if (reprise)
  void test("the program applies the operations", () => {
    const text = "target: http://127.0.0.1\nsteps:\n  - submit: {user: anna}\n";
    const { ops } = hide(login, [{ op: "add", path: "/steps/0/submit/password", value: "demo" }]);
    equal(
      applied(text, ops),
      "target: http://127.0.0.1\nparameters:\n  PASSWORD:\n    required: true\n    secret: true\n" +
        'steps:\n  - submit: {user: anna, password: "${PASSWORD}"}\n',
    );
  });
