/** The one form in which a machine is described: options, why they are there, and libvirt's word for them. */
import type { XmlElement } from './xml.js';

/** Where in a libvirt domain an element goes. */
export type DomainPart = 'domain' | 'os' | 'features' | 'devices';

export interface PlacedElement {
  readonly part: DomainPart;
  readonly element: XmlElement;
}

export interface Item {
  /** QEMU's options and their values, as the program takes them: not quoted. */
  readonly arguments: readonly string[];
  /** What they are for, and what breaks without them. */
  readonly why: string;
  /** The same in a domain; empty: libvirt does it unasked; undefined: it has no word for it, the options are passed on. */
  readonly libvirt: readonly PlacedElement[] | undefined;
  /** Variables that a QEMU started by libvirt would not have, and needs for this. */
  readonly environment?: readonly string[];
}

export function placed(part: DomainPart, ...elements: readonly XmlElement[]): PlacedElement[] {
  return elements.map((element) => ({ part, element }));
}

/** A value with a comma in it, inside a list that commas separate. */
export function optionValue(text: string): string {
  return text.replaceAll(',', ',,');
}
