/* The properties of the screens of a test. */
import type { DocumentState, DocumentStore } from "../document";

/** GET language, the tables of the forms. */
export interface Language {
  version: number;
  [part: string]: any;
}

export interface TestProps {
  store: DocumentStore;
  state: DocumentState;
  language: Language | null;
  rest: string[]; // the parts of the address after the screen's name
}
