/** Option values; each failure names the valid choices. */
import { InvalidArgumentError } from 'commander';

export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    const range = most === Number.MAX_SAFE_INTEGER ? `${String(least)} or more` : `${String(least)} to ${String(most)}`;
    throw new InvalidArgumentError(`Choose a whole number, ${range}.`);
  };
}

export function seconds(text: string): number {
  const value = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && value > 0) return value;
  throw new InvalidArgumentError('Choose a number of seconds above 0.');
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
