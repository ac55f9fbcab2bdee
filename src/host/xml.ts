/** As much of XML as a libvirt domain needs. */

export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Elements, or text. */
  readonly content: readonly (XmlElement | string)[];
}

export function xml(
  name: string,
  attributes: Readonly<Record<string, string>> = {},
  ...content: (XmlElement | string)[]
): XmlElement {
  return { name, attributes, content };
}

/** Indented by two spaces a level; text stays on its element's line. */
export function renderXml(element: XmlElement, indent = ''): string {
  const { name, attributes, content } = element;
  const words = Object.entries(attributes).map(([key, value]) => ` ${key}="${escape(value)}"`);
  const open = `${indent}<${name}${words.join('')}`;
  if (content.length === 0) return `${open}/>`;
  const elements = content.filter((part) => typeof part !== 'string');
  const text = content.filter((part) => typeof part === 'string').join('');
  if (elements.length === 0) return `${open}>${escape(text)}</${name}>`;
  const inner = elements.map((child) => renderXml(child, `${indent}  `));
  return [`${open}>`, ...inner, `${indent}</${name}>`].join('\n');
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (character) => entities[character] ?? character);
}
