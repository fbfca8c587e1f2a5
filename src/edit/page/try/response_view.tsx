/* One response: as a tree, as a page, as text, its headers and cookies. Values can be clicked. */
import { useEffect, useMemo, useRef, useState } from "../parts/hooks";
import type { ReactNode } from "react";
import { api, asApiError } from "../api";
import type { ApiError } from "../api";
import { lastName, parseJson, responseLines } from "../model/response_tree";
import type { ResponseLine } from "../model/response_tree";
import { bytesText, timeText } from "../model/quantity";
import { Empty } from "../parts/empty";
import { ErrorNote, Note } from "../parts/note";
import { Segments } from "../parts/segments";
import { htmlLines } from "./html_lines";
import type { HtmlLine, HtmlPart } from "./html_lines";
import type { Clicked, Exchange, Header, Message } from "./try_job";

type View = "tree" | "page" | "text" | "headers" | "cookies" | "request";

const VIEWS: { value: View; label: string }[] = [
  { value: "page", label: "Page" },
  { value: "tree", label: "Tree" },
  { value: "text", label: "Text" },
  { value: "headers", label: "Headers" },
  { value: "cookies", label: "Cookies" },
  { value: "request", label: "Request" },
];

/** The view of the content of pages that the user chose last. */
let pageView: View = "page";

/** Lines that are drawn at first; a longer response has a button for the rest. */
const LINES_FIRST = 1500;
const TEXT_FIRST = 200000;

interface ViewProps {
  exchange: Exchange;
  clicked: Clicked | null;
  find: string;
  onClick: (clicked: Clicked) => void;
}

function isSame(a: Clicked | null, b: Clicked): boolean {
  return a !== null && JSON.stringify(a.place) === JSON.stringify(b.place);
}

function ValueButton({
  one,
  clicked,
  find,
  onClick,
  children,
}: { one: Clicked; children: ReactNode } & Omit<ViewProps, "exchange">) {
  const on = isSame(clicked, one);
  const found = find !== "" && one.value.toLowerCase().includes(find.toLowerCase());
  return (
    <button
      type="button"
      className={"leaf" + (on ? " on" : "") + (found ? " found" : "")}
      aria-pressed={on}
      onClick={() => onClick(one)}
    >
      {children}
    </button>
  );
}

function More({ total, shown, onMore }: { total: number; shown: number; onMore: () => void }) {
  if (total <= shown) return null;
  return (
    <button type="button" className="small" onClick={onMore}>
      Show the other {total - shown} lines
    </button>
  );
}

function fitsLine(line: ResponseLine, find: string): boolean {
  return `${line.key ?? ""} ${line.text}`.toLowerCase().includes(find.toLowerCase());
}

function JsonTree({ body, ...props }: ViewProps & { body: string }) {
  const value = useMemo(() => parseJson(body), [body]);
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [shown, setShown] = useState(LINES_FIRST);
  const lines = useMemo(() => (value === undefined ? [] : responseLines(value, closed)), [value, closed]);
  const toggle = (path: string) => {
    const next = new Set(closed);
    if (!next.delete(path)) next.add(path);
    setClosed(next);
  };
  return (
    <div className="tree" role="group" aria-label="The response">
      {lines.slice(0, shown).map((line, index) => (
        <div
          key={index}
          className={props.find && !line.leaf && fitsLine(line, props.find) ? "found" : ""}
          style={{ paddingLeft: `${line.depth * 2}ch` }}
        >
          {!line.leaf && line.count !== undefined && line.count > 0 && line.path !== undefined && (
            <button
              type="button"
              className="fold"
              aria-label={closed.has(line.path) ? "Open" : "Close"}
              aria-expanded={!closed.has(line.path)}
              onClick={() => toggle(line.path ?? "")}
            >
              {closed.has(line.path) ? "▸" : "▾"}
            </button>
          )}
          {line.key !== undefined && <span className="key">{line.key}: </span>}
          {line.leaf && line.path !== undefined ? (
            <ValueButton
              {...props}
              one={{ place: { json: line.path }, value: plain(line.text), hint: lastName(line.path) }}
            >
              {line.text}
            </ValueButton>
          ) : (
            line.text
          )}
          {line.comma && ","}
        </div>
      ))}
      <More total={lines.length} shown={shown} onMore={() => setShown(lines.length)} />
    </div>
  );
}

/** The text of a JSON value, without the quotes of a string. */
function plain(json: string): string {
  return json.startsWith('"') ? (JSON.parse(json) as string) : json;
}

function HtmlPartView({ part, ...props }: { part: HtmlPart } & Omit<ViewProps, "exchange">) {
  if (!part.place) return <span className="markup">{part.text}</span>;
  const one = { place: part.place, value: part.value ?? "", hint: part.hint ?? "" };
  return (
    <ValueButton {...props} one={one}>
      {part.text}
    </ValueButton>
  );
}

function HtmlTree({ body, ...props }: ViewProps & { body: string }) {
  const lines: HtmlLine[] = useMemo(() => htmlLines(body), [body]);
  const [shown, setShown] = useState(LINES_FIRST);
  return (
    <div className="tree" role="group" aria-label="The response">
      {lines.slice(0, shown).map((line, index) => (
        <div key={index} style={{ paddingLeft: `${Math.min(line.depth, 30) * 2}ch` }}>
          {line.parts.map((part, number) => (
            <HtmlPartView key={number} part={part} {...props} />
          ))}
        </div>
      ))}
      <More total={lines.length} shown={shown} onMore={() => setShown(lines.length)} />
    </div>
  );
}

/** The offset of a point of the document in the text of an element. */
function offsetIn(element: HTMLElement, node: Node, offset: number): number {
  const range = document.createRange();
  range.selectNodeContents(element);
  range.setEnd(node, offset);
  return range.toString().length;
}

function TextBody({ body, find, onClick }: Omit<ViewProps, "clicked"> & { body: string }) {
  const text = useRef<HTMLPreElement>(null);
  const [shown, setShown] = useState(TEXT_FIRST);
  const select = () => {
    const selection = getSelection();
    if (!text.current || !selection?.rangeCount || selection.isCollapsed) return;
    const range = selection.getRangeAt(0);
    if (!text.current.contains(range.commonAncestorContainer)) return;
    const begin = offsetIn(text.current, range.startContainer, range.startOffset);
    const end = offsetIn(text.current, range.endContainer, range.endOffset);
    onClick({ place: { text: { begin, end } }, value: body.slice(begin, end), hint: "value" });
  };
  const at = find ? body.toLowerCase().indexOf(find.toLowerCase()) : -1;
  return (
    <>
      <p className="soft pad">Select a part of the text to keep it.</p>
      <pre
        className="tree body"
        tabIndex={0}
        aria-label="The text of the response"
        ref={text}
        onMouseUp={select}
        onKeyUp={select}
      >
        {at < 0 || at > shown ? (
          body.slice(0, shown)
        ) : (
          <>
            {body.slice(0, at)}
            <mark>{body.slice(at, at + find.length)}</mark>
            {body.slice(at + find.length, shown)}
          </>
        )}
      </pre>
      {body.length > shown && (
        <button type="button" className="small" onClick={() => setShown(body.length)}>
          Show all {bytesText(body.length)}
        </button>
      )}
    </>
  );
}

function PageView({ job, exchange, onTree }: { job: string; exchange: Exchange; onTree: () => void }) {
  const [url, setUrl] = useState("");
  const [problem, setProblem] = useState<ApiError | null>(null);
  useEffect(() => {
    let gone = false;
    setUrl("");
    api.post<{ url: string }>(`jobs/${job}/exchanges/${exchange.n}/view`).then(
      (found) => !gone && setUrl(found.url),
      (thrown) => !gone && setProblem(asApiError(thrown)),
    );
    return () => {
      gone = true;
    };
  }, [job, exchange.n]);
  if (problem) return <ErrorNote error={problem} />;
  return (
    <>
      <p className="soft pad">
        Without scripts, styles and images; forms and links are inactive here. To keep a value,{" "}
        <button type="button" className="link" onClick={onTree}>
          click it in the tree
        </button>
        .
      </p>
      {url && <iframe className="page-view" title="The page of the response" sandbox="" src={url} />}
    </>
  );
}

interface NamesProps extends Omit<ViewProps, "exchange"> {
  list: Header[];
  place: (name: string) => Clicked["place"];
  none: string;
}

function Names({ list, place, none, ...props }: NamesProps) {
  if (!list.length) return <p className="soft pad">{none}</p>;
  return (
    <dl className="names">
      {list.map((one, index) => (
        <div key={index}>
          <dt>{one.name}</dt>
          <dd>
            <ValueButton {...props} one={{ place: place(one.name), value: one.value, hint: one.name }}>
              {one.value || "(empty)"}
            </ValueButton>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function RequestView({ message, url }: { message: Message & { method: string }; url: string }) {
  const body = message.body?.text ?? (message.body?.base64 ? "(binary data)" : "");
  return (
    <div className="pad stack">
      <p>
        <b className="verb">{message.method}</b> <code>{url}</code>
      </p>
      <dl className="names">
        {message.headers.map((one, index) => (
          <div key={index}>
            <dt>{one.name}</dt>
            <dd>{one.value}</dd>
          </div>
        ))}
      </dl>
      {body && (
        <pre className="tree body" tabIndex={0} aria-label="The body of the request">
          {body}
        </pre>
      )}
    </div>
  );
}

export function bodyText(exchange: Exchange): string {
  return exchange.response?.body?.text ?? "";
}

function isHtml(exchange: Exchange): boolean {
  return /html|xml/.test(exchange.type ?? "") || /^\s*<(!doctype|html)/i.test(bodyText(exchange));
}

function firstView(exchange: Exchange): View {
  const body = bodyText(exchange);
  if (!exchange.response) return "request";
  if (parseJson(body) !== undefined) return "tree";
  return isHtml(exchange) ? pageView : body ? "text" : "headers";
}

function Shown({ view, job, onTree, ...props }: ViewProps & { view: View; job: string; onTree: () => void }) {
  const { exchange } = props;
  const response = exchange.response;
  const body = bodyText(exchange);
  if (view === "request") return <RequestView message={exchange.request} url={exchange.request.url || exchange.url} />;
  if (!response) {
    return (
      <Empty title="There is no response">
        <p>{exchange.error ?? "The request was sent, but nothing was received."}</p>
      </Empty>
    );
  }
  if (view === "headers")
    return (
      <Names {...props} list={response.headers} place={(header) => ({ header })} none="The response has no headers." />
    );
  if (view === "cookies")
    return (
      <Names
        {...props}
        list={response.cookies ?? []}
        place={(cookie) => ({ cookie })}
        none="The response sets no cookies."
      />
    );
  if (!body) {
    return (
      <Empty title={response.body?.base64 ? "The body is binary data" : "The body is empty"}>
        <p>Its headers and cookies can have values to keep.</p>
      </Empty>
    );
  }
  if (view === "page") return <PageView job={job} exchange={exchange} onTree={onTree} />;
  if (view === "text") return <TextBody {...props} body={body} />;
  const json = parseJson(body) !== undefined;
  if (!json && !isHtml(exchange)) return <TextBody {...props} body={body} />;
  return (
    <>
      <p className="soft pad">Click a value to keep it or to expect it.</p>
      {json ? <JsonTree {...props} body={body} /> : <HtmlTree {...props} body={body} />}
    </>
  );
}

interface ResponseProps {
  job: string;
  exchange: Exchange;
  clicked: Clicked | null;
  onClick: (clicked: Clicked) => void;
  /** A choice of the exchanges of the step, if it has several. */
  choice: ReactNode;
}

export function ResponseView({ job, exchange, clicked, onClick, choice }: ResponseProps) {
  const [view, setView] = useState<View>(() => firstView(exchange));
  const [find, setFind] = useState("");
  useEffect(() => setView(firstView(exchange)), [exchange]);
  const status = exchange.response?.status ?? null;
  const show = (next: View) => {
    if (isHtml(exchange) && /page|tree|text/.test(next)) pageView = next;
    setView(next);
  };
  return (
    <>
      <div className="head wrap">
        <Segments
          small
          label="View of the response"
          value={view}
          options={VIEWS}
          onChange={(next) => show(next as View)}
        />
        <span className="grow" />
        <input
          className="find"
          type="text"
          aria-label="Find in the response"
          placeholder="Find in the response"
          value={find}
          onChange={(event) => setFind(event.target.value)}
        />
      </div>
      <div className="row wrap facts">
        {choice}
        <span className="verb">{exchange.method}</span>
        <span className="cut grow" title={exchange.url}>
          {exchange.url}
        </span>
        {status !== null && <span className={status >= 400 ? "tag bad" : "tag good"}>{status}</span>}
        <small>
          {[timeText(exchange.ms), exchange.size === null ? "" : bytesText(exchange.size)].filter(Boolean).join(" · ")}
        </small>
      </div>
      {exchange.response?.truncated && <Note kind="warn" title="The response is longer than what is shown here." />}
      <Shown {...{ view, job, exchange, clicked, find, onClick }} onTree={() => show("tree")} />
    </>
  );
}
