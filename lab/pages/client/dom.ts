/// <reference lib="dom" />

/**
 * The element that a selector names.
 *
 * @throws {Error} If the page has no such element.
 */
export function find<Kind extends Element = HTMLElement>(
  root: ParentNode,
  selector: string,
): Kind {
  const found = root.querySelector<Kind>(selector);
  if (!found) throw new Error(`The page has no element ${selector}`);
  return found;
}

/** A new element with attributes and contents; texts are put in as texts. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string>> = {},
  ...contents: readonly (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    made.setAttribute(key, value);
  }
  made.append(...contents);
  return made;
}

/** Changes a text, unless it is the same already: that would cost a layout. */
export function setText(target: Element, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}
