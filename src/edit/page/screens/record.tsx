import { Bar } from "../parts/bar";
import { Path } from "../parts/path";
import type { Route } from "../router";

export function RecordScreen({ route }: { route: Route }) {
  return <Bar where={route.file} middle={<Path at="record" />} />;
}
