/* The entry of the page: which screen an address shows, and the bar of a test. */
import { useEffect, useState } from "./parts/hooks";
import type { ComponentType } from "react";
import { createRoot } from "react-dom/client";

import { api, hasToken, takeToken } from "./api";
import { DocumentStore } from "./document";
import { Bar } from "./parts/bar";
import { Note } from "./parts/note";
import type { Language } from "./parts/screen";
import { TestScreen } from "./parts/test_screen";
import { Toasts } from "./parts/toast";
import { useRoute } from "./router";
import type { Route } from "./router";
import { HomeScreen } from "./screens/home";
import { RecordScreen } from "./screens/record";
import { ReviewScreen } from "./screens/review";
import { applyTheme } from "./theme";

/** The screens that are not a part of one test. */
const screens: { [name: string]: ComponentType<{ route: Route }> } = {
  home: HomeScreen,
  record: RecordScreen,
  review: ReviewScreen,
};

/** One store per file, so that undo survives a visit to another screen. */
const stores = new Map<string, DocumentStore>();

function storeOf(file: string): DocumentStore {
  const store = stores.get(file) ?? new DocumentStore(file);
  stores.set(file, store);
  return store;
}

let language: Promise<Language> | undefined;

function useLanguage(): Language | null {
  const [found, setFound] = useState<Language | null>(null);
  useEffect(() => {
    language ??= api.get<Language>("language");
    language.then(setFound, () => {
      language = undefined;
    });
  }, []);
  return found;
}

function App() {
  const route = useRoute();
  const tables = useLanguage();
  const Screen = screens[route.screen];
  if (route.screen === "test" && route.file)
    return <TestScreen key={route.file} store={storeOf(route.file)} language={tables} route={route} />;
  return Screen ? <Screen key={route.file} route={route} /> : <HomeScreen route={route} />;
}

function NoToken() {
  return (
    <>
      <Bar />
      <main className="sheet">
        <div className="center">
          <Note kind="warn" title="This address is not complete.">
            <p>
              Open the address that <code>reprise edit</code> printed in the terminal. It ends with a key that only you
              have.
            </p>
          </Note>
        </div>
      </main>
    </>
  );
}

applyTheme();
takeToken();
const root = document.getElementById("root");
if (root)
  createRoot(root).render(
    hasToken() ? (
      <>
        <App />
        <Toasts />
      </>
    ) : (
      <NoToken />
    ),
  );
