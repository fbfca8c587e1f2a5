/* The kinds of steps, to choose one to insert. */
import { useState } from "../parts/hooks";
import { Prose } from "../form/diagnostic_note";
import { Dialog } from "../parts/dialog";
import type { Kind, Language } from "../model/form_model";

interface Choice {
  kind: Kind;
  action: string;
  label: string;
  sentence: string;
}

const PARTS: { title: string; kinds: string[] }[] = [
  { title: "Requests", kinds: ["get", "post", "submit", "follow", "put", "patch", "delete", "graphql"] },
  {
    title: "Order and repetition",
    kinds: ["group", "think", "repeat", "for_each", "while", "if", "choose", "parallel", "call"],
  },
  { title: "Values and results", kinds: ["set", "log", "fail", "stop", "rendezvous"] },
  { title: "Sockets and streams", kinds: ["websocket", "listen", "send", "wait_for", "close"] },
];

const SENTENCES: { [action: string]: string } = {
  get: "Loads a page or data.",
  post: "Sends a form or data.",
  put: "Replaces something.",
  patch: "Changes a part of something.",
  delete: "Deletes something.",
};

/** The choice for the name of a kind, or for a method of requests. */
function choicesOf(language: Language, name: string): Choice[] {
  const sentence = SENTENCES[name];
  const kind = language.steps.find((one) => one.name === (sentence ? "request" : name));
  const row = kind?.rows.find((one) => one.action && (!sentence || one.key === name));
  if (!kind || !row) return [];
  const label = name === "think" ? "Pause" : sentence ? row.label : kind.label;
  return [{ kind, action: row.key, label, sentence: sentence ?? kind.sentence }];
}

/** Kinds that no part names, so that a new kind of the language can be chosen too. */
function others(language: Language): string[] {
  const named = new Set(["request", ...PARTS.flatMap((part) => part.kinds)]);
  return language.steps.map((kind) => kind.name).filter((name) => !named.has(name));
}

interface Props {
  language: Language;
  where: string;
  onPick: (kind: Kind, action: string) => void;
  onClose: () => void;
}

export function AddStep({ language, where, onPick, onClose }: Props) {
  const [word, setWord] = useState("");
  const rest = others(language);
  const parts = rest.length ? [...PARTS, { title: "Other", kinds: rest }] : PARTS;
  const fits = (one: Choice) => `${one.label} ${one.action} ${one.sentence}`.toLowerCase().includes(word.toLowerCase());
  return (
    <Dialog title="Add a step" onClose={onClose} wide>
      <p className="soft">{where}</p>
      <input
        type="text"
        aria-label="Find a kind of step"
        placeholder="Find"
        autoFocus
        value={word}
        onChange={(event) => setWord(event.target.value)}
      />
      <div className="kinds">
        {parts.map((part) => {
          const choices = part.kinds.flatMap((name) => choicesOf(language, name)).filter(fits);
          if (!choices.length) return null;
          return (
            <section key={part.title}>
              <h3>{part.title}</h3>
              {choices.map((one) => (
                <button
                  key={one.action}
                  type="button"
                  className="kind"
                  title={`In the file: ${one.action}`}
                  onClick={() => onPick(one.kind, one.action)}
                >
                  <b>{one.label}</b>
                  <small>
                    <Prose text={one.sentence} />
                  </small>
                </button>
              ))}
            </section>
          );
        })}
      </div>
    </Dialog>
  );
}
