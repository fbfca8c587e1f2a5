/* Review, Pauses and groups: how long users wait, and the names of the parts of the visit. */
import type { DocumentStore, Op } from "../document";
import { pausesOf, removePausesOps, reviewSteps } from "../model/review";
import type { Pause } from "../model/review";
import { joinPath } from "../model/tree";
import type { TreeNode } from "../model/tree";
import { Button } from "../parts/button";
import { Card } from "../parts/card";
import { Empty } from "../parts/empty";
import { Text } from "../parts/field";
import { toast } from "../parts/toast";
import { durationText, parseDuration } from "../model/quantity";

const LONGEST_S = 10;

/** "3s" becomes "1.5s..4.5s": a pause between half of it and half as long again. */
export function varied(text: string): string | null {
  const seconds = parseDuration(text);
  if (seconds === null || seconds <= 0) return null;
  const short = (one: number) => (one < 60 ? `${Number(one.toFixed(2))}s` : durationText(Math.round(one)));
  return `${short(seconds / 2)}..${short(seconds * 1.5)}`;
}

export function PausesPart({ store, root }: { store: DocumentStore; root: TreeNode | null }) {
  const pauses = pausesOf(root);
  const groups = reviewSteps(root).filter((step) => step.verb === "GROUP");
  const all = async (said: string, ops: Op[]) => {
    if (ops.length && (await store.edit(ops))) toast(said, { undo: () => void store.undo() });
  };
  const setEach = (said: string, to: (pause: Pause) => string | null) =>
    all(
      said,
      pauses.flatMap((pause): Op[] => {
        const text = to(pause);
        return text === null || text === pause.text ? [] : [{ op: "set", path: pause.path, value: text }];
      }),
    );
  return (
    <>
      <Card
        title="Pauses"
        note="Users read and type between requests. Without pauses, a few users are as much load as many real ones."
        actions={
          pauses.length > 0 && (
            <>
              <Button
                small
                why="Each pause gets a random length around it"
                onClick={() => void setEach("Pauses vary", (pause) => varied(pause.text))}
              >
                Vary them
              </Button>
              <Button
                small
                onClick={() =>
                  void setEach(`Pauses are at most ${LONGEST_S} s`, (pause) => {
                    const seconds = parseDuration(pause.text);
                    return seconds !== null && seconds > LONGEST_S ? `${LONGEST_S}s` : null;
                  })
                }
              >
                At most {LONGEST_S} s
              </Button>
              <Button small onClick={() => void all("The pauses are removed", removePausesOps(root, pauses) as Op[])}>
                Remove all
              </Button>
            </>
          )
        }
        flush
      >
        {pauses.length ? (
          <table aria-label="Pauses">
            <tbody>
              {pauses.map((pause) => (
                <tr key={pause.path}>
                  <th scope="row">after {pause.after}</th>
                  <td className="narrow">
                    <Text
                      label={`Pause after ${pause.after}`}
                      value={pause.text}
                      onCommit={(text) => void store.edit([{ op: "set", path: pause.path, value: text }])}
                    />
                  </td>
                  <td className="n">
                    <Button
                      small
                      kind="bare"
                      label={`Remove the pause after ${pause.after}`}
                      onClick={() => void all("The pause is removed", removePausesOps(root, [pause]) as Op[])}
                    >
                      ✕
                    </Button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        ) : (
          <Empty title="No pauses">
            <p>The users send one request after another without waiting.</p>
          </Empty>
        )}
      </Card>
      <Card
        title="Groups"
        note="Requests of one page or action are a group. Results show the time of each group."
        flush
      >
        {groups.length ? (
          <table aria-label="Groups">
            <tbody>
              {groups.map((group) => (
                <tr key={group.path}>
                  <th scope="row">
                    <Text
                      label="Name of the group"
                      value={group.name}
                      onCommit={(name) =>
                        void store.edit([{ op: "set", path: joinPath(group.path, "group"), value: name }])
                      }
                    />
                  </th>
                </tr>
              ))}
            </tbody>
          </table>
        ) : (
          <Empty title="No groups">
            <p>The steps can be grouped at the tab Steps.</p>
          </Empty>
        )}
      </Card>
    </>
  );
}
