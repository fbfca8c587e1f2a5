/* A recording that is in progress: its parts with their requests, the next part, and the end. */
import { useState } from "../parts/hooks";

import { countOf, timeText } from "../model/quantity";
import { countRequests } from "../model/recording";
import type { RecordedPart, Recording } from "../model/recording";
import { Button } from "../parts/button";
import { Dot } from "../parts/marks";
import { Note } from "../parts/note";

export interface RecordingViewProps {
  recording: Recording;
  busy: boolean; // it is being finished
  onStep: (name: string) => void;
  onFinish: () => void;
  onDiscard: () => void;
}

export function RecordingView({ recording, busy, onStep, onFinish, onDiscard }: RecordingViewProps) {
  const [next, setNext] = useState("");
  const count = countRequests(recording);
  const begin = () => {
    if (!next.trim()) return;
    onStep(next.trim());
    setNext("");
  };
  return (
    <>
      <div className="verdict bad">
        <Dot kind="live" label="recording" />
        <div className="grow">
          <p className="why">{titleOf(recording)}</p>
          <p className="soft" role="status">
            {countOf(count, "request")} in {countOf(recording.parts.length, "part")}.{" "}
            {recording.assets > 0 &&
              `${countOf(recording.assets, "image, style or script", "images, styles and scripts")} skipped.`}
          </p>
        </div>
        <Button kind="bare" disabled={busy} onClick={onDiscard}>
          Stop without a test
        </Button>
        <Button
          kind="go"
          big
          disabled={busy || count === 0}
          why={count === 0 ? "Nothing has been recorded yet" : undefined}
          onClick={onFinish}
        >
          {busy ? "Finishing…" : "Finish"}
        </Button>
      </div>
      {recording.proxy && !recording.browser && <ProxyNote recording={recording} />}
      <form
        className="row"
        onSubmit={(event) => {
          event.preventDefault();
          begin();
        }}
      >
        <input
          aria-label="Name of the next part"
          className="grow"
          placeholder="What do you do next? For example: put it in the cart"
          value={next}
          onChange={(event) => setNext(event.target.value)}
        />
        <Button big onClick={begin}>
          Begin a new part
        </Button>
      </form>
      {[...recording.parts].reverse().map((part, i) => (
        <PartCard key={recording.parts.length - i} part={part} live={i === 0} />
      ))}
    </>
  );
}

function titleOf(recording: Recording): string {
  if (recording.ended)
    return countRequests(recording)
      ? "The browser was closed: finish the recording."
      : "The browser was closed before it sent a request.";
  if (!recording.proxy) return "Starting…";
  return recording.browser
    ? "Recording: use the site in the other window as a visitor would"
    : "Recording: send the requests through the proxy";
}

const SET_PROXY = "Set this proxy in your browser or program";

function ProxyNote({ recording }: { recording: Recording }) {
  const why = recording.whyNoBrowser;
  return (
    <Note kind={why ? "warn" : undefined} title={why ? `No browser was opened: ${why}.` : SET_PROXY}>
      {why && (
        <p>
          The simplest way is a HAR file: visit the site with the developer tools (F12) of your browser open, save all
          requests of the tab Network, and drop the file on the first page.{" "}
          {/found/.test(why) && "Or install Chromium or Firefox where reprise edit runs. "}
          Or set this proxy in a browser or program that can reach it:
        </p>
      )}
      <p>
        Address for http and https: <code>{recording.proxy}</code>
      </p>
      <p>
        For https, trust the certificate <code>{recording.certificate}</code>, only for the time of the recording.
      </p>
    </Note>
  );
}

function PartCard({ part, live }: { part: RecordedPart; live: boolean }) {
  return (
    <section className="card" aria-label={part.name}>
      <div className="row pad">
        <Dot kind={live ? "live" : "good"} label={live ? "in progress" : "recorded"} />
        <h2 className="grow cut">{part.name}</h2>
        <small>{countOf(part.requests.length, "request")}</small>
      </div>
      {part.requests.length > 0 && (
        <table aria-label={part.name}>
          <tbody>
            {part.requests.slice(-100).map((request, i) => (
              <tr key={i}>
                <td className="verb-cell">
                  <span className="verb">{request.method}</span>
                </td>
                <td>
                  <code>{request.url}</code>
                </td>
                <td className="n">{request.status ?? "–"}</td>
                <td className="n soft">{request.ms === null ? "" : timeText(request.ms)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
