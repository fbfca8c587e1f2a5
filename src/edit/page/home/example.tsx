/* Start from an example: the sample shop runs on this machine, with a test that visits it. */
import { useState } from "../parts/hooks";

import { api, asApiError, filePath } from "../api";
import type { ApiError } from "../api";
import { freeName } from "../imports";
import { attachJob, jobProblem, startJob } from "../jobs";
import type { Job, JobState } from "../jobs";
import { Button } from "../parts/button";
import { Dialog } from "../parts/dialog";
import { ErrorNote } from "../parts/note";
import { go, href } from "../router";

const USUAL_PORT = 8080;
const READY_KEY = "reprise-ready";

/** Whether the file is the example that was written last. */
export function isReady(file: string): boolean {
  return sessionStorage.getItem(READY_KEY) === file;
}

/** The test of the shop, which has its address in `url`. */
function exampleText(url: string): string {
  return `# A visit to the sample shop: log in, search for a hat, and put it into the cart.
name: Sample shop
target: ${url}

load:
  users: 5
  duration: 20s

defaults:
  think: 200ms..800ms     # think time after each request

steps:
  - get: /login
    name: Open the login page
  - submit: {user: "visitor-\${user.id}", password: demo}
    name: Log in
    expect: {body: {contains: Welcome}}
  - get: /api/products
    name: Search
    query: {q: hat}
    extract:
      product: {jsonpath: "$.items[*].id", match: random}
  - post: /api/cart
    name: Put it into the cart
    json: {product: "\${product}", quantity: 1}
    expect: {status: 201}

thresholds:
  - p95 < 500ms
  - error_rate < 1%
`;
}

async function addressOf(job: Job): Promise<string | null> {
  for await (const line of job.lines()) if (line.event === "ready") return line.url.replace(/\/$/, "");
  return null;
}

/** The address of the shop, which is started unless it runs already. */
export async function startShop(): Promise<string> {
  const { jobs } = await api.get<{ jobs: JobState[] }>("jobs");
  const running = jobs.find((job) => job.kind === "demo" && job.state === "running");
  if (running) {
    const url = await addressOf(attachJob(running.job));
    if (url) return url;
  }
  // The usual port may be in use.
  for (const port of [USUAL_PORT, 0]) {
    const job = await startJob({ kind: "demo", options: { port } });
    const url = await addressOf(job);
    if (url) return url;
    if (!port) throw jobProblem(await job.state()) ?? new Error("The sample shop did not start.");
  }
  throw new Error("The sample shop did not start.");
}

export function ExampleDialog({ taken, onClose }: { taken: string[]; onClose: () => void }) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const start = async () => {
    setBusy(true);
    setError(null);
    try {
      const url = await startShop();
      const file = freeName("sample-shop.yaml", taken);
      await api.put("files/" + filePath(file), { text: exampleText(url) });
      sessionStorage.setItem(READY_KEY, file);
      go(href("test", file, "steps"));
    } catch (thrown) {
      setError(asApiError(thrown));
      setBusy(false);
    }
  };
  return (
    <Dialog
      title="Start from an example"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="go" disabled={busy} onClick={() => void start()}>
            {busy ? "Starting…" : "Start the sample shop"}
          </Button>
        </>
      }
    >
      <p>
        The sample shop is a small web shop with a login, a search and a cart. It runs on this machine until you end
        reprise, and only this machine can reach it.
      </p>
      <p className="soft">A test of the shop is written to this folder. Try it, change it, and run a load test.</p>
      <ErrorNote error={error} />
    </Dialog>
  );
}
