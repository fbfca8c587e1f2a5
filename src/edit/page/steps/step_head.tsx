/* The head of the selected step: its title and what can be done with it. */
import { href } from "../router";
import { Menu } from "./menu";

interface Props {
  file: string;
  title: string;
  path: string;
  /** Why it cannot be tried. */
  why: string | undefined;
  isGroup: boolean;
  onDuplicate: () => void;
  onMove: (key: string) => void;
  onDisable: () => void;
  onGroup: () => void;
  onUngroup: () => void;
  onDelete: () => void;
  pane: boolean;
  onPane: () => void;
}

export function StepHead(props: Props) {
  const { file, path, why } = props;
  return (
    <div className="head">
      <h2 className="grow cut" title={props.title}>
        {props.title}
      </h2>
      {why ? (
        <a className="button small" role="link" aria-disabled="true" tabIndex={0} title={why}>
          ▷ Try up to here
        </a>
      ) : (
        <a className="button small" href={href("test", file, "try", path)}>
          ▷ Try up to here
        </a>
      )}
      <button type="button" className="small bare" onClick={props.onDuplicate}>
        Duplicate
      </button>
      <button type="button" className="small bare" aria-pressed={props.pane} onClick={props.onPane}>
        Show file
      </button>
      <Menu
        label="More actions"
        text="⋯"
        items={[
          { label: "Move up", note: "Alt ↑", onPick: () => props.onMove("ArrowUp") },
          { label: "Move down", note: "Alt ↓", onPick: () => props.onMove("ArrowDown") },
          { label: "Move into the step above", note: "Alt →", onPick: () => props.onMove("ArrowRight") },
          { label: "Move out", note: "Alt ←", onPick: () => props.onMove("ArrowLeft") },
          { label: "Put into a group", onPick: props.onGroup },
          ...(props.isGroup ? [{ label: "Dissolve this group", onPick: props.onUngroup }] : []),
          { label: "Turn off", onPick: props.onDisable },
          { label: "Delete", note: "Del", onPick: props.onDelete },
        ]}
      />
    </div>
  );
}
