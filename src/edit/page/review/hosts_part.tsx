/* Review, Hosts: which servers the visit contacted, and which of their requests are in the test. */
import { hostAndPort, keptOf, skippedByReason } from "../model/import_report";
import type { ImportedHost, ImportReport } from "../model/import_report";
import { countOf } from "../model/quantity";
import { Button } from "../parts/button";
import { Card } from "../parts/card";
import { Tag } from "../parts/marks";
import { Note } from "../parts/note";
import { Table } from "../parts/table";

export interface HostsPartProps {
  report: ImportReport | null;
  changed: boolean; // since the import
  onHosts: (hosts: string[]) => void; // imports again and keeps these too
}

export function HostsPart({ report, changed, onHosts }: HostsPartProps) {
  if (!report?.hosts)
    return (
      <Note title="The report of the import is no longer available.">
        <p>The test is complete. Import the recording again to see its hosts here.</p>
      </Note>
    );
  const kept = report.hosts.filter((host) => host.kept);
  return (
    <>
      <Card
        title="Hosts"
        note="The test contacts only hosts that are kept. Requests to others, such as analytics, are skipped."
        flush
      >
        <Table
          label="Hosts"
          head={[
            { label: "Host" },
            { label: "Requests in the test", number: true },
            { label: "Kept or skipped" },
            { label: "Why" },
            { label: "Actions", hidden: true, number: true },
          ]}
          rows={report.hosts.map((host) => ({
            key: host.host,
            cells: [
              <code>{hostAndPort(report, host.host)}</code>,
              keptOf(report, host),
              host.kept ? <Tag kind="good">kept</Tag> : <Tag>skipped</Tag>,
              host.kept ? "" : (host.reason ?? ""),
              <HostAction host={host} onHosts={onHosts} all={kept.map((one) => one.host)} />,
            ],
          }))}
        />
      </Card>
      {changed && report.hosts.length > kept.length && (
        <p className="soft">To keep another host, the recording is imported again. This replaces your changes.</p>
      )}
      <Skipped report={report} />
    </>
  );
}

interface HostActionProps {
  host: ImportedHost;
  all: string[];
  onHosts: (hosts: string[]) => void;
}

function HostAction({ host, all, onHosts }: HostActionProps) {
  if (host.kept) return null;
  return (
    <Button small onClick={() => onHosts([...all, host.host])}>
      Keep its requests
    </Button>
  );
}

function reasonCount({ reason, requests }: ReturnType<typeof skippedByReason>[number]): string {
  return `${requests.length} ${requests.length === 1 ? reason.replace(/^files/, "file") : reason}`;
}

function Skipped({ report }: { report: ImportReport }) {
  const groups = skippedByReason(report);
  if (!groups.length) return null;
  const count = groups.reduce((sum, group) => sum + group.requests.length, 0);
  return (
    <details className="more">
      <summary>
        {countOf(count, "skipped request")}
        <small>{groups.map(reasonCount).join(", ")}</small>
      </summary>
      <div>
        {groups.map((group) => (
          <section key={group.reason}>
            <h3>{group.reason}</h3>
            <ul className="urls">
              {group.requests.slice(0, 50).map((request, i) => (
                <li key={i}>
                  <span className="verb">{request.method}</span> <code>{request.url}</code>
                </li>
              ))}
            </ul>
            {group.requests.length > 50 && <p className="soft">and {group.requests.length - 50} more</p>}
          </section>
        ))}
      </div>
    </details>
  );
}
