/* The path of a new test; shown only on the way. */

const stops = [
  { name: "record", label: "Record or drop" },
  { name: "review", label: "Review" },
  { name: "try", label: "Try once" },
  { name: "load", label: "Load" },
  { name: "run", label: "Run" },
] as const;

/** The test that is on the way to its first load test, in this tab of the browser. */
export const way = {
  file: () => sessionStorage.getItem(WAY_KEY),
  begin: (file: string) => sessionStorage.setItem(WAY_KEY, file),
  end: () => sessionStorage.removeItem(WAY_KEY),
};
const WAY_KEY = "reprise-way";

export type Stop = (typeof stops)[number]["name"];

export function Path({ at }: { at: Stop }) {
  const now = stops.findIndex((stop) => stop.name === at);
  return (
    <ol className="flow" aria-label="Steps to a load test">
      {stops.map((stop, i) => (
        <li
          key={stop.name}
          className={i === now ? "on" : i < now ? "done" : undefined}
          aria-current={i === now ? "step" : undefined}
        >
          <i aria-hidden="true">{i < now ? "✓" : i + 1}</i>
          {i === now ? <b>{stop.label}</b> : stop.label}
          {i < now && <span className="unseen"> (done)</span>}
        </li>
      ))}
    </ol>
  );
}
