/* Several scenarios: who shares the load of the file, by weight, and who has a load of its own. */
import type { DocumentStore, Op } from "../document";
import { shareText } from "../model/quantity";
import { childOf, findNode, textOf } from "../model/tree";
import type { TreeNode } from "../model/tree";
import { Button } from "../parts/button";
import { Text } from "../parts/field";
import { Tag } from "../parts/marks";
import { orderOf, ownLoadOps, typedOps } from "./load_ops";

/** A load that can be drawn: that of the file, or of one scenario. */
export interface LoadOwner {
  /** "" or "/scenarios/1" */
  path: string;
  label: string;
}

interface Scenario {
  path: string;
  name: string;
  weight: string;
  own: boolean;
  startAfter: string;
}

function scenariosOf(root: TreeNode | null): Scenario[] {
  const list = findNode(root, "/scenarios");
  if (list?.kind !== "list") return [];
  return list.items.map((item, index) => ({
    path: `/scenarios/${index}`,
    name: textOf(childOf(item, "name")) || `Scenario ${index + 1}`,
    weight: textOf(childOf(item, "weight")) ?? "",
    own: childOf(item, "load") !== undefined,
    startAfter: textOf(childOf(item, "start_after")) ?? "",
  }));
}

export function ownersOf(root: TreeNode | null): LoadOwner[] {
  const scenarios = scenariosOf(root);
  const shared = scenarios.filter((one) => !one.own);
  const own = scenarios.filter((one) => one.own).map((one) => ({ path: one.path, label: one.name }));
  const names = shared.map((one) => one.name).join(", ");
  const file = { path: "", label: scenarios.length ? `Shared: ${names}` : "Load" };
  return scenarios.length && !shared.length ? own : [file, ...own];
}

interface Props {
  store: DocumentStore;
  root: TreeNode | null;
}

export function ScenariosCard({ store, root }: Props) {
  const scenarios = scenariosOf(root);
  if (!scenarios.length) return null;
  const total = scenarios.reduce((sum, one) => sum + (one.own ? 0 : Number(one.weight || 1)), 0);
  const edit = (ops: Op[]) => void store.edit(ops);
  return (
    <section className="card" aria-label="Scenarios">
      <div className="pad limits-head">
        <h2>Who does what</h2>
        <p className="soft">
          Before each iteration, a user of the shared load chooses a scenario by its weight. A scenario with its own
          load runs at the same time.
        </p>
      </div>
      <table aria-label="Scenarios">
        <thead>
          <tr>
            <th>Scenario</th>
            <th>Weight</th>
            <th>Share</th>
            <th>Starts after</th>
            <th>
              <span className="unseen">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {scenarios.map((one) => (
            <tr key={one.path}>
              <th scope="row">{one.name}</th>
              <td className="short" title="weight">
                {!one.own && (
                  <Text
                    label={`Weight of ${one.name}`}
                    value={one.weight}
                    placeholder="1"
                    onCommit={(text) => edit(typedOps(root, one.path, "weight", text, orderOf(one.path)))}
                  />
                )}
              </td>
              <td>{one.own ? <Tag>own load</Tag> : share(one, total)}</td>
              <td className="short" title="start_after">
                {one.own && (
                  <Text
                    label={`Start of the load of ${one.name}`}
                    value={one.startAfter}
                    placeholder="0s"
                    onCommit={(text) => edit(typedOps(root, one.path, "start_after", text, orderOf(one.path)))}
                  />
                )}
              </td>
              <td className="n">
                <Button small onClick={() => edit(ownLoadOps(root, one.path, !one.own))}>
                  {one.own ? "Share the load" : "Own load"}
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function share(one: Scenario, total: number): string {
  const weight = Number(one.weight || 1);
  return Number.isFinite(weight) && total > 0 ? shareText(weight / total) : "";
}
