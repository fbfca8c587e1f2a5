/* A try whose login failed. */
import { loginAdvice } from "../../src/edit/page/model/login_advice";
import { equal, test } from "./check";
import { tree } from "./trees";

const root = tree({
  parameters: { PASSWORD: { secret: true }, KEY: { secret: true }, PAGES: { default: 3 } },
  steps: [{ get: "/login" }, { submit: { user: "anna", password: "${PASSWORD}" } }, { get: "/?n=${PAGES}" }],
});
const paths = ["/steps/0", "/steps/1", "/steps/2"];
const form = '<form><input name="user"><input name=password type=password></form>';

void test("a login form after the password was sent", () => {
  equal(loginAdvice(root, paths, 0, 200, form), null);
  equal(loginAdvice(root, paths, 1, 200, form), { status: null, login: 1, secrets: ["PASSWORD"] });
  equal(loginAdvice(root, paths, 2, 200, form), { status: null, login: 1, secrets: ["PASSWORD"] });
  equal(loginAdvice(root, paths, 2, 200, "<p>Hello</p>"), null);
  equal(loginAdvice(root, paths, 2, 200, form + form), null);
});

void test("a status that refuses a user, with or without a login", () => {
  equal(loginAdvice(root, paths, 0, 401, ""), { status: 401, login: -1, secrets: [] });
  equal(loginAdvice(root, paths, 2, 403, ""), { status: 403, login: 1, secrets: ["PASSWORD"] });
  equal(loginAdvice(root, paths, 2, 500, ""), null);
  const token = tree({ parameters: { KEY: { secret: true } }, steps: [{ get: "/", headers: { Auth: "Bearer ${KEY}" } }] });
  equal(loginAdvice(token, ["/steps/0"], 0, 401, ""), { status: 401, login: -1, secrets: ["KEY"] });
});
