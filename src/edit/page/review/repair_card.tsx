/* A repair that was found and tested, what it changes, and how it is used. */
import { useState } from "../parts/hooks";

import { diffContext, diffLines } from "../model/line_diff";
import { Button } from "../parts/button";
import { Card } from "../parts/card";
import { Dialog } from "../parts/dialog";
import { Tag } from "../parts/marks";
import { ErrorNote, Note, sentence } from "../parts/note";
import type { Repair } from "./use_repair";

export interface RepairCardProps {
  repair: Repair;
  text: string; // of the file now
  changed: boolean; // since the import
  onSearch: () => void;
  onUse: () => void;
  onLeaveOut: () => void;
}

export function RepairCard({ repair, text, changed, onSearch, onUse, onLeaveOut }: RepairCardProps) {
  const [open, setOpen] = useState(false);
  if (repair.phase === "none") return null;
  if (repair.phase === "searching" || repair.phase === "comparing")
    return (
      <Card>
        <p role="status">
          <span className="dot live" />{" "}
          {repair.phase === "searching"
            ? "Looking for a repair: two users perform the visit several times…"
            : "Comparing with the recording…"}
        </p>
      </Card>
    );
  if (repair.phase === "compared")
    return (
      <Note
        kind="warn"
        title="There may be a repair."
        actions={
          <Button kind="go" onClick={onSearch}>
            Look for a repair
          </Button>
        }
      >
        <p>To find it, two users perform the visit several times, with everything that it changes on the site.</p>
      </Note>
    );
  if (repair.phase === "nothing")
    return (
      <>
        <Note kind="warn" title="No repair was found." actions={<LeaveOut onLeaveOut={onLeaveOut} />}>
          <p>Compare the responses below, and change the step at the tab Steps.</p>
        </Note>
        <ErrorNote error={repair.error} />
      </>
    );
  return (
    <section className="card pad stack" aria-label="Repair">
      <div className="row">
        <h2 className="grow">Repair found and tested</h2>
        <Tag kind="good">worked just now</Tag>
      </div>
      {(repair.verified?.repairs ?? []).map((one, i) => (
        <p key={i}>{sentence(one.sentence)}</p>
      ))}
      {changed && <p className="soft">Your changes since the import are replaced. Undo brings them back.</p>}
      <div className="row">
        <Button kind="go" onClick={onUse}>
          Use this repair
        </Button>
        <Button onClick={() => setOpen(true)}>Show what changes in the file</Button>
        <LeaveOut onLeaveOut={onLeaveOut} />
      </div>
      {open && <DiffDialog before={text} after={repair.text} onClose={() => setOpen(false)} />}
    </section>
  );
}

function LeaveOut({ onLeaveOut }: { onLeaveOut: () => void }) {
  return (
    <Button kind="bare" why="The step is turned into a comment" onClick={onLeaveOut}>
      Disable this step
    </Button>
  );
}

function DiffDialog({ before, after, onClose }: { before: string; after: string; onClose: () => void }) {
  const lines = diffContext(diffLines(before, after), 3);
  return (
    <Dialog title="Changes in the file" wide onClose={onClose}>
      <pre className="lines" tabIndex={0}>
        {lines.map((line, i) => (
          <span key={i} className={line?.kind ?? "gap"}>
            {line ? `${{ same: " ", removed: "-", added: "+" }[line.kind]} ${line.text}` : "…"}
          </span>
        ))}
      </pre>
    </Dialog>
  );
}
