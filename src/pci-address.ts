/** PCI addresses as sysfs, lspci, nvidia-smi and people write them. */

export interface PciAddress {
  /** Four hexadecimal digits, more where they are needed, as in sysfs; undefined in a short form. */
  readonly domain: string | undefined;
  /** Bus, device and function: `02:00.0`. */
  readonly place: string;
}

/** Undefined for what is none. nvidia-smi writes eight digits of the domain, and VMD's domains begin at 10000. */
export function parsePci(text: string): PciAddress | undefined {
  const match = /^(?:([\da-f]{4,8}):)?([\da-f]{2}:[01][\da-f]\.[0-7])$/i.exec(text);
  if (match?.[2] === undefined) return undefined;
  const domain = match[1] === undefined ? undefined : parseInt(match[1], 16).toString(16).padStart(4, '0');
  return { domain, place: match[2].toLowerCase() };
}
