/*
 * The API of the program: requests with the token, problems as exceptions, uploads in pieces, and
 * the stream of events. Addresses are relative to /api/1/.
 */

const PREFIX = "/api/1/";
const TOKEN_KEY = "reprise-token";
const PIECE_BYTES = 512 * 1024;
const RECONNECT_MS = 1000;
const RECONNECT_MAX_MS = 15000;

/** A request that the program refused, or that did not reach it (status 0). */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly file?: string,
    readonly line?: number,
    readonly path?: string,
    readonly more: { [key: string]: unknown } = {}, // members of the error that only some have
    readonly body: any = null, // the whole response
  ) {
    super(message);
  }
}

/** Whatever was thrown, as an ApiError. */
export function asApiError(thrown: unknown): ApiError {
  if (thrown instanceof ApiError) return thrown;
  return new ApiError(0, "page", thrown instanceof Error ? thrown.message : String(thrown));
}

/**
 * Moves the token from the address, where the program printed it, to the storage of this tab.
 * A later address of the history does not have it.
 */
export function takeToken(): void {
  const found = /^#token=([0-9a-f]+)(\/.*)?$/.exec(location.hash);
  if (!found) return;
  sessionStorage.setItem(TOKEN_KEY, found[1] ?? "");
  history.replaceState(null, "", location.pathname + "#" + (found[2] ?? "/"));
}

export function hasToken(): boolean {
  return sessionStorage.getItem(TOKEN_KEY) !== null;
}

function token(): string {
  return sessionStorage.getItem(TOKEN_KEY) ?? "";
}

/** The path of a file as a part of an address; its slashes stay. */
export function filePath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}

async function send(method: string, path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set("X-Reprise-Token", token());
  try {
    return await fetch(PREFIX + path, { ...init, method, headers, cache: "no-store" });
  } catch (thrown) {
    if (thrown instanceof DOMException && thrown.name === "AbortError") throw thrown;
    throw new ApiError(0, "offline", "reprise does not respond; is 'reprise edit' still running in the terminal?");
  }
}

async function problemOf(response: Response): Promise<ApiError> {
  const text = await response.text();
  try {
    const body = JSON.parse(text);
    const { code, message, file, line, path, ...more } = body.error;
    return new ApiError(response.status, code, message, file, line, path, more, body);
  } catch {
    return new ApiError(response.status, "http", `reprise replied with status ${response.status}`);
  }
}

async function request<T>(method: string, path: string, body?: unknown): Promise<T> {
  const init: RequestInit =
    body === undefined ? {} : { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };
  const response = await send(method, path, init);
  if (!response.ok) throw await problemOf(response);
  const text = await response.text();
  return (text ? JSON.parse(text) : null) as T;
}

export const api = {
  get: <T>(path: string) => request<T>("GET", path),
  post: <T>(path: string, body: unknown = {}) => request<T>("POST", path, body),
  put: <T>(path: string, body: unknown) => request<T>("PUT", path, body),
  remove: <T>(path: string) => request<T>("DELETE", path),
};

/**
 * Sends a file in pieces, because the program receives whole bodies; the result is the id of the
 * upload. `onProgress` gets the part that is sent, from 0 to 1.
 */
export async function uploadFile(file: Blob, name: string, onProgress?: (part: number) => void): Promise<string> {
  const { upload } = await api.post<{ upload: string }>("uploads", { name });
  for (let at = 0; at < file.size; at += PIECE_BYTES) {
    const piece = file.slice(at, at + PIECE_BYTES);
    const response = await send("POST", `uploads/${upload}?offset=${at}`, {
      body: piece,
      headers: { "Content-Type": "application/octet-stream" },
    });
    if (!response.ok) throw await problemOf(response);
    onProgress?.(Math.min(1, (at + piece.size) / file.size));
  }
  return upload;
}

/* ---- events */

type Listener = (data: any) => void;

/** The blocks of an event stream: the name and the data of each. */
export function readEvents(text: string): { events: { name: string; data: string }[]; rest: string } {
  const blocks = text.split(/\r?\n\r?\n/);
  const rest = blocks.pop() ?? "";
  const events = blocks.map((block) => {
    let name = "message";
    const data: string[] = [];
    for (const line of block.split(/\r?\n/)) {
      if (line.startsWith("event:")) name = line.slice(6).trim();
      else if (line.startsWith("data:")) data.push(line.slice(line[5] === " " ? 6 : 5));
    }
    return { name, data: data.join("\n") };
  });
  return { events: events.filter((event) => event.data !== ""), rest };
}

/** The one stream of events of this page. It connects when someone listens, and again when it broke. */
class Events {
  private listeners = new Map<string, Set<Listener>>();
  private running = false;

  on(name: string, listener: Listener): () => void {
    const set = this.listeners.get(name) ?? new Set<Listener>();
    this.listeners.set(name, set.add(listener));
    if (!this.running) void this.run();
    return () => set.delete(listener);
  }

  private emit(name: string, data: unknown): void {
    this.listeners.get(name)?.forEach((listener) => listener(data));
  }

  private async run(): Promise<void> {
    let wait = RECONNECT_MS;
    this.running = true;
    for (;;) {
      try {
        const response = await send("GET", "events", { headers: { Accept: "text/event-stream" } });
        if (response.status === 401) break;
        if (response.ok && response.body) {
          wait = RECONNECT_MS;
          this.emit("open", null);
          await this.read(response.body.getReader());
        }
      } catch {
        // The program ended, or the machine slept: the loop connects again.
      }
      this.emit("closed", null);
      await new Promise((resolve) => setTimeout(resolve, wait));
      wait = Math.min(RECONNECT_MAX_MS, wait * 2);
    }
    this.running = false;
  }

  private async read(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    let text = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const { events, rest } = readEvents(text + decoder.decode(value, { stream: true }));
      text = rest;
      for (const event of events) this.emit(event.name, JSON.parse(event.data));
    }
  }
}

export const events = new Events();
