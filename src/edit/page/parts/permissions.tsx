/* What must be clear before requests are sent: the hosts that may be tested, and values of secrets. */
import { useEffect, useState } from "./hooks";

import { api, asApiError } from "../api";
import type { ApiError } from "../api";
import { secretLabel } from "../model/review";
import type { TreeNode } from "../model/tree";
import { Button } from "./button";
import { ErrorNote, Note } from "./note";

interface NeededHost {
  host: string;
  local: boolean;
  confirmed: boolean;
}

/** The hosts of an error with the code "hosts", and a button that confirms all of them. */
export function HostsNote({ error, onAllowed }: { error: ApiError; onAllowed: () => void }) {
  const [problem, setProblem] = useState<ApiError | null>(null);
  const needed = (error.more["needed"] ?? []) as NeededHost[];
  const hosts = needed.filter((one) => !one.confirmed).map((one) => one.host);
  const allow = async () => {
    try {
      for (const host of hosts) await api.post("hosts", { host });
      onAllowed();
    } catch (thrown) {
      setProblem(asApiError(thrown));
    }
  };
  return (
    <Note
      kind="warn"
      title={hosts.length === 1 ? `May you test ${hosts[0]}?` : "May you test these hosts?"}
      actions={
        <Button kind="go" onClick={() => void allow()}>
          Yes, I may test {hosts.length === 1 ? "it" : "them"}
        </Button>
      }
    >
      <p>
        The test sends requests to <b>{hosts.join(", ")}</b>. Test only servers of your own, or with the permission of
        their owner.
      </p>
      <ErrorNote error={problem} />
    </Note>
  );
}

export interface Secret {
  name: string;
  secret: boolean;
  required: boolean;
  set: boolean;
}

async function missingSecrets(file: string, again: string[]): Promise<Secret[]> {
  const found = await api.get<{ secrets: Secret[] }>(`secrets?file=${encodeURIComponent(file)}`);
  return found.secrets.filter((one) => (one.required && !one.set) || again.includes(one.name));
}

/** The values that a test needs and that are not set, and AGAIN; null while this is not known. TURN: asks again. */
export function useMissingSecrets(file: string, turn: unknown, again: string[] = []): Secret[] | null {
  const [missing, setMissing] = useState<Secret[] | null>(null);
  useEffect(() => {
    let gone = false;
    missingSecrets(file, again).then(
      (found) => !gone && setMissing(found),
      // What is wrong with the file is reported by what needs the values.
      () => !gone && setMissing([]),
    );
    return () => {
      gone = true;
    };
  }, [file, turn, again.join()]);
  return missing;
}

interface SecretsNoteProps {
  file: string;
  root?: TreeNode | null; // the test, to say what a value is for
  again?: string[]; // those that are set, but may be wrong
  onReady: () => void;
}

/** Asks for the values that a test needs and that are not set. Nothing is shown if none is missing. */
export function SecretsNote({ file, root, again, onReady }: SecretsNoteProps) {
  const [turn, setTurn] = useState(0);
  const missing = useMissingSecrets(file, turn, again);
  const [values, setValues] = useState<{ [name: string]: string }>({});
  const [keep, setKeep] = useState(false);
  const [problem, setProblem] = useState<ApiError | null>(null);
  if (!missing?.length) return null;
  const ready = missing.every((one) => (values[one.name] ?? "") !== "");
  const save = async () => {
    try {
      for (const { name } of missing) await api.put("secrets", { name, value: values[name] ?? "", keep });
      setTurn(turn + 1);
      onReady();
    } catch (thrown) {
      setProblem(asApiError(thrown));
    }
  };
  return (
    <Note kind="warn" title={missing.length === 1 ? "The test needs a value" : "The test needs these values"}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) void save();
        }}
      >
        {missing.map((one) => (
          <div className="f" key={one.name}>
            <label htmlFor={`secret-${one.name}`}>
              {secretLabel(root, one.name)} <code>{one.name}</code>
            </label>
            <input
              id={`secret-${one.name}`}
              type={one.secret ? "password" : "text"}
              autoComplete="off"
              value={values[one.name] ?? ""}
              onChange={(event) => setValues({ ...values, [one.name]: event.target.value })}
            />
            {!keep && <span className="help">Kept only in memory.</span>}
          </div>
        ))}
        <label className="row">
          <input type="checkbox" className="tick" checked={keep} onChange={(event) => setKeep(event.target.checked)} />
          <span>
            Keep it for the next time (in the file <code>.env</code>, readable only by you)
          </span>
        </label>
        <div className="row">
          <button type="submit" className="go" disabled={!ready}>
            Use {missing.length === 1 ? "this value" : "these values"}
          </button>
        </div>
        <ErrorNote error={problem} />
      </form>
    </Note>
  );
}
