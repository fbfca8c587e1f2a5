/* Where a recording is dropped, chosen or pasted. The whole page accepts it. */
import { useEffect, useRef, useState } from "../parts/hooks";

import { asApiError } from "../api";
import type { ApiError } from "../api";
import { importFile, pastedName } from "../imports";
import { Button } from "../parts/button";
import { ErrorNote } from "../parts/note";
import { go, href } from "../router";

const ACCEPTED = ".har,.gz,.json,.yaml,.yml,.jmx,.log,.txt,.sh,.hurl,.http,.zip";

export function DropZone() {
  const [over, setOver] = useState(false);
  const [sending, setSending] = useState<{ name: string; part: number } | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const input = useRef<HTMLInputElement>(null);

  const receive = async (file: Blob, name: string) => {
    setError(null);
    setSending({ name, part: 0 });
    try {
      const { to } = await importFile(file, name, (part) => setSending({ name, part }));
      go(href("review", to));
    } catch (thrown) {
      setError(asApiError(thrown));
    }
    setSending(null);
  };
  useDropped(receive, setOver);
  usePasted(receive, () =>
    setError(asApiError(new Error("The pasted text is not a cURL command. Copy a request as cURL in the browser."))),
  );

  return (
    <>
      <section className={over ? "drop over-drop" : "drop"} aria-label="Import a recording">
        {sending ? (
          <>
            <strong>Reading {sending.name}</strong>
            <progress value={sending.part} max={1} aria-label={`Reading ${sending.name}`} />
          </>
        ) : (
          <>
            <strong>{over ? "Drop it here" : "Drop a recording here"}</strong>
            <p className="soft">
              A HAR file from any browser, a file of Postman, OpenAPI, JMeter, Artillery and others, a server log, or a
              copied cURL command (Ctrl+V).
            </p>
            <div className="row">
              <Button kind="go" big onClick={() => input.current?.click()}>
                Choose a file…
              </Button>
              or
              <Button
                kind="go"
                big
                why="A browser opens. Click through your site once."
                onClick={() => go(href("record"))}
              >
                Record a visit
              </Button>
            </div>
          </>
        )}
        <input
          ref={input}
          type="file"
          className="unseen"
          tabIndex={-1}
          aria-label="Recording"
          accept={ACCEPTED}
          onChange={(event) => {
            const file = event.target.files?.[0];
            event.target.value = "";
            if (file) void receive(file, file.name);
          }}
        />
      </section>
      <ErrorNote error={error} onClose={() => setError(null)} />
    </>
  );
}

type Receive = (file: Blob, name: string) => Promise<void>;

function useDropped(receive: Receive, setOver: (over: boolean) => void): void {
  const latest = useRef(receive);
  latest.current = receive;
  useEffect(() => {
    const over = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      setOver(true);
    };
    const left = (event: DragEvent) => {
      if (!event.relatedTarget) setOver(false);
    };
    const dropped = (event: DragEvent) => {
      event.preventDefault();
      setOver(false);
      const file = event.dataTransfer?.files[0];
      if (file) void latest.current(file, file.name);
    };
    addEventListener("dragover", over);
    addEventListener("dragleave", left);
    addEventListener("drop", dropped);
    return () => {
      removeEventListener("dragover", over);
      removeEventListener("dragleave", left);
      removeEventListener("drop", dropped);
    };
  }, []);
}

function usePasted(receive: Receive, refused: () => void): void {
  const latest = useRef({ receive, refused });
  latest.current = { receive, refused };
  useEffect(() => {
    const pasted = (event: ClipboardEvent) => {
      if (event.target instanceof Element && event.target.closest("input, textarea")) return;
      const file = event.clipboardData?.files[0];
      const text = event.clipboardData?.getData("text") ?? "";
      if (!file && !text) return;
      event.preventDefault();
      const name = pastedName(text);
      if (file) void latest.current.receive(file, file.name);
      else if (name) void latest.current.receive(new Blob([text]), name);
      else latest.current.refused();
    };
    document.addEventListener("paste", pasted);
    return () => document.removeEventListener("paste", pasted);
  }, []);
}
