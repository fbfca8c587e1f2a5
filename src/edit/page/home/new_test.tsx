/* The dialogs that begin a test without a recording. */
import { useState } from "../parts/hooks";

import { api, asApiError, filePath } from "../api";
import type { ApiError } from "../api";
import { freeName } from "../imports";
import { Button } from "../parts/button";
import { Dialog } from "../parts/dialog";
import { Field } from "../parts/field";
import { ErrorNote } from "../parts/note";
import { go, href } from "../router";
import { startShop } from "./example";

/** The server and the path of an address that a user typed; null if it is not one. */
export function splitAddress(typed: string): { target: string; path: string } | null {
  const text = typed.trim();
  if (!text || /\s/.test(text)) return null;
  try {
    const url = new URL(
      /^[a-z]+:\/\//i.test(text) ? text : `http${/^(localhost|127\.|\[)/.test(text) ? "" : "s"}://${text}`,
    );
    if (!/^https?:$/.test(url.protocol) || !url.hostname) return null;
    return { target: url.origin, path: url.pathname + url.search };
  } catch {
    return null;
  }
}

/** Writes a text in quotes if YAML would read it as something else. */
export function yamlText(text: string): string {
  return /^[A-Za-z0-9/][A-Za-z0-9 _./?=&%+~-]*$/.test(text) && !/\s$|^(true|false|null|yes|no|[0-9.]+)$/i.test(text)
    ? text
    : JSON.stringify(text);
}

export function BuildDialog({ taken, onClose }: { taken: string[]; onClose: () => void }) {
  const [address, setAddress] = useState("");
  const [name, setName] = useState("");
  const [error, setError] = useState<ApiError | null>(null);
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const split = splitAddress(address);
  const useShop = async () => {
    setBusy(true);
    try {
      setAddress((await startShop()) + "/login");
    } catch (thrown) {
      setError(asApiError(thrown));
    }
    setBusy(false);
  };

  const create = async () => {
    setTried(true);
    if (!split) return;
    const title = name.trim() || new URL(split.target).hostname;
    const file = freeName(title + ".yaml", taken);
    const text =
      `name: ${yamlText(title)}\ntarget: ${split.target}\n\n` +
      `load:\n  users: 1\n  iterations: 1\n\nsteps:\n  - get: ${yamlText(split.path)}\n`;
    try {
      await api.put("files/" + filePath(file), { text });
      go(href("test", file, "steps"));
    } catch (thrown) {
      setError(asApiError(thrown));
    }
  };

  return (
    <Dialog
      title="Build step by step"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="go" form="build">
            Create the test
          </Button>
        </>
      }
    >
      <form
        id="build"
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void create();
        }}
      >
        <Field
          label="First address"
          help="The page or the API that a user requests first. Nothing is sent yet."
          error={tried && !split ? "Type an address such as https://shop.example/login" : undefined}
        >
          {({ id, describedBy }) => (
            <input
              id={id}
              aria-describedby={describedBy}
              value={address}
              placeholder="https://shop.example/"
              autoFocus
              onChange={(event) => setAddress(event.target.value)}
            />
          )}
        </Field>
        <Field label="Name of the test" help="Shown in results. The file gets the same name.">
          {({ id, describedBy }) => (
            <input
              id={id}
              aria-describedby={describedBy}
              value={name}
              placeholder={split ? new URL(split.target).hostname : "shop"}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        <Button small disabled={busy} onClick={() => void useShop()}>
          {busy ? "Starting…" : "Use the sample shop"}
        </Button>
        <ErrorNote error={error} />
      </form>
    </Dialog>
  );
}
