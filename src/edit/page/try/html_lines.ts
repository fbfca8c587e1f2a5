/*
 * An HTML response as lines to click. The document is parsed without loading or running anything;
 * each text and attribute has its place as a CSS selector.
 */
import type { Place } from "./try_job";

export interface HtmlPart {
  text: string;
  /** A value to click. */
  place?: Place;
  value?: string;
  hint?: string;
}

export interface HtmlLine {
  depth: number;
  parts: HtmlPart[];
}

const HIDDEN = new Set(["SCRIPT", "STYLE", "SVG", "NOSCRIPT", "TEMPLATE"]);
const SHOWN_ATTRIBUTES = new Set([
  "id",
  "name",
  "value",
  "href",
  "src",
  "action",
  "content",
  "class",
  "type",
  "method",
]);
const LINES_MAX = 6000;

function isClickable(name: string): boolean {
  return (
    name === "value" ||
    name === "href" ||
    name === "src" ||
    name === "action" ||
    name === "content" ||
    name.startsWith("data-")
  );
}

/** The selector of an element: from its id, or by its place among its neighbors. */
export function selectorOf(element: Element): string {
  const parts: string[] = [];
  for (let one: Element | null = element; one; one = one.parentElement) {
    if (one.id && one.ownerDocument.querySelectorAll(`#${CSS.escape(one.id)}`).length === 1) {
      parts.unshift(`#${CSS.escape(one.id)}`);
      break;
    }
    const name = one.tagName.toLowerCase();
    const parent: Element | null = one.parentElement;
    const same = parent ? [...parent.children].filter((child) => child.tagName === one?.tagName) : [];
    parts.unshift(same.length > 1 ? `${name}:nth-of-type(${same.indexOf(one) + 1})` : name);
  }
  return parts.join(" > ");
}

function hintOf(element: Element, attribute: string): string {
  return (
    element.getAttribute("name") ||
    element.id ||
    element.getAttribute("aria-label") ||
    (element as HTMLInputElement).labels?.[0]?.textContent?.trim() ||
    element.getAttribute("class")?.split(/\s+/)[0] ||
    attribute ||
    "value"
  );
}

function attributeParts(element: Element): HtmlPart[] {
  return [...element.attributes].flatMap((attribute): HtmlPart[] => {
    const { name, value } = attribute;
    if (!SHOWN_ATTRIBUTES.has(name) && !name.startsWith("data-")) return [];
    if (!isClickable(name) || value === "") return [{ text: ` ${name}="${value}"` }];
    const field = element.getAttribute("name");
    const form = name === "value" && field !== null && element.tagName === "INPUT";
    const place: Place = form ? { form_field: field } : { css: selectorOf(element), attribute: name };
    const hint = name === "content" ? (field ?? name) : hintOf(element, name);
    return [{ text: ` ${name}=` }, { text: `"${value}"`, place, value, hint }];
  });
}

function addElement(lines: HtmlLine[], element: Element, depth: number) {
  if (lines.length > LINES_MAX) return;
  const name = element.tagName.toLowerCase();
  const open: HtmlPart[] = [{ text: `<${name}` }, ...attributeParts(element), { text: ">" }];
  if (HIDDEN.has(element.tagName.toUpperCase())) {
    const text = (element.textContent ?? "").trim();
    lines.push({ depth, parts: [...open, { text: text ? " … " : "" }, { text: `</${name}>` }] });
    return;
  }
  const nodes = [...element.childNodes].filter((node) => node.nodeType === 1 || (node.textContent ?? "").trim() !== "");
  const only = nodes.length === 1 && nodes[0]?.nodeType === 3 ? (nodes[0].textContent ?? "").trim() : null;
  if (only !== null) {
    lines.push({ depth, parts: [...open, textPart(element, only)] });
    return;
  }
  lines.push({ depth, parts: open });
  for (const node of nodes) {
    if (node instanceof Element) addElement(lines, node, depth + 1);
    else if (node.nodeType === 3)
      lines.push({ depth: depth + 1, parts: [textPart(element, (node.textContent ?? "").trim())] });
  }
}

function textPart(element: Element, text: string): HtmlPart {
  return {
    text: text.replace(/\s+/g, " "),
    place: { css: selectorOf(element) },
    value: text,
    hint: hintOf(element, ""),
  };
}

export function htmlLines(body: string): HtmlLine[] {
  const lines: HtmlLine[] = [];
  const parsed = new DOMParser().parseFromString(body, "text/html");
  if (parsed.head.children.length) addElement(lines, parsed.head, 0);
  addElement(lines, parsed.body, 0);
  return lines;
}
