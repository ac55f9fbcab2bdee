/** Option values; each failure names the valid choices. */
import { InvalidArgumentError } from 'commander';

/** What an option takes, said beside its parser: the config file's schema is made of it. */
export type Takes =
  | { readonly kind: 'integer'; readonly least: number; readonly most: number }
  | { readonly kind: 'seconds' }
  | { readonly kind: 'pattern'; readonly pattern: RegExp; readonly advice: string }
  | { readonly kind: 'list' };

/** Where a value in the config file is of the type that the parser returns, not a text. */
export interface Typed {
  readonly takes: Takes;
}

export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): ((text: string) => number) & Typed {
  const parse = (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Choose ${describe(takes)}.`);
  };
  const takes = { kind: 'integer', least, most } as const;
  return Object.assign(parse, { takes });
}

export const seconds = Object.assign(
  (text: string): number => {
    const value = Number(text);
    if (/^\d+(\.\d+)?$/.test(text) && value > 0) return value;
    throw new InvalidArgumentError('Choose a number of seconds above 0.');
  },
  { takes: { kind: 'seconds' } } as const,
);

/** `advice` begins with what to do, in lower case. */
export function matching(pattern: RegExp, advice: string): ((text: string) => string) & Typed {
  const parse = (text: string): string => {
    if (pattern.test(text)) return text;
    throw new InvalidArgumentError(`${advice.charAt(0).toUpperCase()}${advice.slice(1)}.`);
  };
  return Object.assign(parse, { takes: { kind: 'pattern', pattern, advice } as const });
}

/** Of an option that may be given several times. */
export const collect = Object.assign(
  (name: string, names: readonly string[] = []): readonly string[] => [...names, name],
  { takes: { kind: 'list' } } as const,
);

/** In the words of a message: what to choose from. */
export function describe(takes: Takes): string {
  switch (takes.kind) {
    case 'integer': {
      const open = takes.most === Number.MAX_SAFE_INTEGER;
      return `a whole number, ${open ? `${takes.least} or more` : `${takes.least} to ${takes.most}`}`;
    }
    case 'seconds':
      return 'a number of seconds above 0';
    case 'pattern':
      return `a text: ${takes.advice}`;
    case 'list':
      return 'a list of texts';
  }
}

export function pixelSize(text: string): { width: number; height: number } {
  const match = /^(\d{2,4})x(\d{2,4})$/.exec(text);
  if (match === null) throw new InvalidArgumentError('Write WIDTHxHEIGHT in pixels, e.g. 1920x1080.');
  return { width: Number(match[1]), height: Number(match[2]) };
}

export function memorySize(text: string): string {
  if (/^\d+[MG]$/.test(text)) return text;
  throw new InvalidArgumentError('Write a size such as 512M or 2G.');
}

/** `[HOST:]PORT`, an IPv6 address in brackets; loopback where no host is named. */
export function listenAddress(text: string): { host: string; port: number } {
  const match = /^(?:(\[[\da-fA-F:.%\w]+\]|[^\s:[\]/]+):)?(\d{1,5})$/.exec(text);
  const port = Number(match?.[2]);
  if (match === null || port > 65_535)
    throw new InvalidArgumentError('Write PORT or HOST:PORT, 0 to 65535, e.g. 9100, 0.0.0.0:9100 or [::1]:9100.');
  return { host: match[1]?.replace(/^\[|\]$/g, '') ?? '127.0.0.1', port };
}

export function probability(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value > 0 && value < 1) return value;
  throw new InvalidArgumentError('Choose a probability above 0 and below 1, e.g. 0.01.');
}

export function percentage(text: string): number {
  const value = Number(text);
  if (/^\d+(\.\d+)?$/.test(text)) return value;
  throw new InvalidArgumentError('Choose a number of percent, 0 or more.');
}
