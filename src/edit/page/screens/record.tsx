/* Records a visit: a browser opens, the requests appear here, and the visit becomes a test. */
import { useEffect, useRef, useState } from "../parts/hooks";

import { api, asApiError } from "../api";
import type { ApiError } from "../api";
import { splitAddress } from "../home/new_test";
import { freeName, rememberSource, startImport } from "../imports";
import type { Folder } from "../imports";
import { attachJob, jobProblem, startJob } from "../jobs";
import type { Job, JobState } from "../jobs";
import { clockText } from "../model/quantity";
import { afterLine, NOTHING } from "../model/recording";
import type { Recording } from "../model/recording";
import { Bar } from "../parts/bar";
import { Button } from "../parts/button";
import { Field } from "../parts/field";
import { ErrorNote } from "../parts/note";
import { Path } from "../parts/path";
import { RecordingView } from "../record/recording_view";
import { go, home, href } from "../router";
import type { Route } from "../router";

export function RecordScreen(_: { route: Route }) {
  const [job, setJob] = useState<Job | null>(null);
  const [began, setBegan] = useState(Date.now());
  const [url, setUrl] = useState("");
  const [error, setError] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const recording = useRecording(job, setError);
  const seconds = useSeconds(job, began);

  useEffect(() => {
    void runningRecording().then((found) => {
      if (!found) return;
      setBegan(Date.parse(found.began ?? "") || Date.now());
      setJob(attachJob(found.job));
    });
  }, []);

  const begin = async (browser: boolean) => {
    setError(null);
    try {
      const target = splitAddress(url);
      const { files } = await api.get<Folder>("folder");
      const taken = files.map((file) => file.path.replace(/\.har$/, ".yaml"));
      const to = freeName(target ? new URL(target.target).hostname + ".har" : "visit.har", taken).replace(
        /yaml$/,
        "har",
      );
      const options = browser ? {} : { browser: "none" };
      setBegan(Date.now());
      setJob(await startJob({ kind: "record", to, ...(target ? { url: target.target + target.path } : {}), options }));
    } catch (thrown) {
      setError(asApiError(thrown));
    }
  };
  const finish = async () => {
    if (!job) return;
    setBusy(true);
    try {
      await job.cancel();
      const state = await job.done();
      if (!state.result?.recording) throw jobProblem(state) ?? new Error("Nothing was recorded.");
      const { recording: har, scenario } = state.result;
      const source = { file: har };
      rememberSource(scenario, source);
      await startImport(source, scenario, { force: true });
      go(href("review", scenario));
    } catch (thrown) {
      setError(asApiError(thrown));
      setJob(null);
    }
    setBusy(false);
  };

  const discard = async () => {
    await job?.cancel().catch(() => undefined);
    setJob(null);
    go(home);
  };

  return (
    <>
      <Bar middle={<Path at="record" />} side={job && <span className="saved">{clockText(seconds)}</span>} />
      <main className="sheet">
        <h1 className="unseen">Record a visit</h1>
        <div className="center narrow">
          <ErrorNote error={error} title="The recording did not work" onClose={() => setError(null)} />
          {job ? (
            <RecordingView
              recording={recording}
              busy={busy}
              onStep={(name) =>
                api
                  .post(`jobs/${job.id}/input`, { line: name })
                  .catch((thrown: unknown) => setError(asApiError(thrown)))
              }
              onFinish={() => void finish()}
              onDiscard={() => void discard()}
            />
          ) : (
            <StartForm url={url} onUrl={setUrl} onStart={(browser) => void begin(browser)} />
          )}
          <p className="soft last">
            Passwords that you type are in the recording, which stays in this folder. They are not written to the test.
          </p>
        </div>
      </main>
    </>
  );
}

interface StartFormProps {
  url: string;
  onUrl: (url: string) => void;
  onStart: (browser: boolean) => void;
}

function StartForm({ url, onUrl, onStart }: StartFormProps) {
  const [tried, setTried] = useState(false);
  const wrong = tried && !splitAddress(url);
  const start = (browser: boolean) => {
    setTried(true);
    if (!browser || splitAddress(url)) onStart(browser);
  };
  return (
    <form
      id="record"
      className="card pad stack"
      onSubmit={(event) => {
        event.preventDefault();
        start(true);
      }}
    >
      <h2>Record a visit</h2>
      <p className="soft">A new browser window opens. Use your site once as a visitor would, then finish here.</p>
      <Field
        label="Address of the site"
        error={wrong ? "Type an address such as https://shop.example/" : undefined}
        help="The first page of the visit."
      >
        {({ id, describedBy }) => (
          <input
            id={id}
            aria-describedby={describedBy}
            value={url}
            autoFocus
            placeholder="https://shop.example/"
            onChange={(event) => onUrl(event.target.value)}
          />
        )}
      </Field>
      <div className="row">
        <Button kind="go" big form="record">
          Open the browser
        </Button>
        <Button kind="bare" why="For a phone, another browser or a program" onClick={() => start(false)}>
          Use another browser or program
        </Button>
        <span className="grow" />
        <Button kind="bare" onClick={() => go(home)}>
          Cancel
        </Button>
      </div>
    </form>
  );
}

async function runningRecording(): Promise<JobState | null> {
  const found = await api.get<{ jobs: JobState[] }>("jobs").catch(() => ({ jobs: [] }));
  return found.jobs.find((job) => job.kind === "record" && job.state === "running") ?? null;
}

/** What the job has recorded; an end that nobody asked for, such as a closed browser, is an error or the end. */
function useRecording(job: Job | null, onError: (error: ApiError) => void): Recording {
  const [recording, setRecording] = useState<Recording>(NOTHING);
  const report = useRef(onError);
  report.current = onError;
  useEffect(() => {
    let gone = false;
    setRecording(NOTHING);
    if (!job) return;
    void (async () => {
      try {
        for await (const line of job.lines()) {
          if (gone) return;
          setRecording((known) => afterLine(known, line));
        }
        const problem = jobProblem(await job.state());
        if (problem && problem.code !== "cancelled" && !gone) report.current(problem);
      } catch (thrown) {
        if (!gone) report.current(asApiError(thrown));
      }
    })();
    return () => {
      gone = true;
    };
  }, [job]);
  return recording;
}

function useSeconds(job: Job | null, began: number): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (!job) return;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [job]);
  return Math.max(0, Math.floor((now - began) / 1000));
}
