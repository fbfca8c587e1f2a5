/*
 * The screens have addresses after the #, so that the browser's Back works and the server needs no
 * routes: #/ is Home, #/test/shop.yaml/steps is a tab of a test. Each part is percent-encoded.
 */
import { useEffect, useState } from "./parts/hooks";

export interface Route {
  screen: string; // "home", "record", "review", "test", "compare"
  file: string;
  rest: string[];
}

export function parseRoute(hash: string): Route {
  const parts = hash
    .replace(/^#\/?/, "")
    .split("/")
    .filter((part) => part !== "")
    .map(decode);
  return { screen: parts[0] ?? "home", file: parts[1] ?? "", rest: parts.slice(2) };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** href("test", "a/b.yaml", "steps") is "#/test/a%2Fb.yaml/steps". */
export function href(screen: string, ...rest: string[]): string {
  return "#/" + [screen, ...rest].filter((part) => part !== "").map(encodeURIComponent).join("/");
}

export const home = "#/";

export function go(to: string): void {
  location.hash = to;
}

/** Another address for what is shown; Back does not return to the old one. */
export function replace(to: string): void {
  location.replace(to);
}

export function useRoute(): Route {
  const [route, setRoute] = useState(() => parseRoute(location.hash));
  useEffect(() => {
    const changed = () => setRoute(parseRoute(location.hash));
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }, []);
  return route;
}
