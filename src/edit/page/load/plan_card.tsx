/* What the program knows about the run before it starts: its size, its targets, and its problems. */
import { useEffect, useState } from "../parts/hooks";

import { api } from "../api";
import { assumptionText, planRows, planSentences, planWarnings } from "../model/plan_text";
import type { Plan, PlanMeasured } from "../model/plan_text";
import { Card } from "../parts/card";
import { Dot } from "../parts/marks";
import { Note } from "../parts/note";
import { href } from "../router";

export interface PlanCardProps {
  file: string;
  plan: Plan | null;
  measured: PlanMeasured;
}

export function PlanCard({ file, plan, measured }: PlanCardProps) {
  if (!plan) {
    return (
      <Card title="This will send">
        <p className="soft">Unknown while the file has errors.</p>
      </Card>
    );
  }
  return (
    <Card title="This will send about">
      <dl className="kv">
        {planRows(plan, measured).map((row) => (
          <PlanRow key={row.name} {...row} />
        ))}
      </dl>
      <div className="soft plan-words">
        {planSentences(plan).map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
        <p>{assumptionText(plan, measured)}</p>
      </div>
      {planWarnings(plan, measured).map((warning) => (
        <Note key={warning.title} kind="warn" title={warning.title}>
          <p>
            {warning.text}{" "}
            {warning.tab !== "load" && (
              <a href={href("test", file, warning.tab)}>{warning.tab === "data" ? "Open Data" : "Open Steps"}</a>
            )}
          </p>
        </Note>
      ))}
    </Card>
  );
}

function PlanRow({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}

export interface NeededHost {
  host: string;
  local: boolean;
  confirmed: boolean;
}

/** The hosts of a file; asked again when the file or `times` changes. */
export function useHosts(file: string, version: string | undefined, times = 0): NeededHost[] {
  const [hosts, setHosts] = useState<NeededHost[]>([]);
  useEffect(() => {
    let current = true;
    api.get<{ needed: NeededHost[] }>("hosts?file=" + encodeURIComponent(file)).then(
      (answer) => current && setHosts(answer.needed),
      () => current && setHosts([]),
    );
    return () => {
      current = false;
    };
  }, [file, version, times]);
  return hosts;
}

export function HostsCard({ hosts }: { hosts: NeededHost[] }) {
  if (!hosts.length) return null;
  return (
    <Card title="To">
      {hosts.map((one) => (
        <div className="row" key={one.host}>
          <Dot kind={one.confirmed ? "good" : "warn"} label={one.confirmed ? "may be tested" : "not confirmed yet"} />
          <b className="grow mono">{one.host}</b>
          <small>{one.local ? "this machine" : one.confirmed ? "you may test it" : "asks first"}</small>
        </div>
      ))}
    </Card>
  );
}
