/* What to check when a login failed: the step with the password, its value, and what the server requires. */
import type { LoginAdvice } from "../model/login_advice";
import { Button } from "../parts/button";
import { Note } from "../parts/note";

interface Props {
  advice: LoginAdvice;
  /** The title of the step with the password; null: it is this step. */
  login: string | null;
  onShow: () => void;
  onType: () => void;
}

export function LoginNote({ advice, login, onShow, onType }: Props) {
  const { status, secrets } = advice;
  return (
    <Note
      kind="warn"
      title={status ? `The server refused this user (status ${status}). Check:` : "This is a login form again. Check:"}
      actions={
        secrets.length > 0 && (
          <Button small onClick={onType}>
            Type {secrets.join(", ")} again
          </Button>
        )
      }
    >
      {advice.login < 0 ? (
        <p>Does the test log in? No step before this one sends a password: add a Submit step that does.</p>
      ) : (
        <p>Are the user name and the password right? The page below may say why it refuses them.</p>
      )}
      {login !== null && (
        <p>
          Did the step{" "}
          <button type="button" className="link" onClick={onShow}>
            {login}
          </button>{" "}
          log in? A site can refuse a password on a page with the status 200.
        </p>
      )}
      {status === 401 && advice.login < 0 && (
        <p>Does the server require a login in the headers? Then set “Login” of this step.</p>
      )}
      {status === 403 && <p>Does the form have a hidden token? A Submit step sends all fields of the page.</p>}
    </Note>
  );
}
