/** Which clients a kiosk runs, and on which heads: `--on HEAD -- COMMAND --- --on HEAD -- COMMAND`. */
import { GuestheadError } from '../errors.js';

export interface PlannedClient {
  readonly command: readonly string[];
  /** Of the head that its windows are shown on; undefined: by their app_id, or the first. */
  readonly connector: string | undefined;
}

export interface KioskPlan {
  readonly clients: readonly PlannedClient[];
  /** Of all heads, in the order in which they lie beside each other; `auto`: the first connected that is not named. */
  readonly connectors: readonly string[];
  /** Connectors by app_id. */
  readonly appIds: Readonly<Record<string, string>>;
}

/** Between a client's words and the next one's `--on`. */
const separator = '---';
const advice =
  'write --on CONNECTOR -- COMMAND --- --on CONNECTOR -- COMMAND, and --on CONNECTOR=APP_ID for windows of an app_id';

interface Part {
  readonly on: readonly string[];
  readonly command: readonly string[];
}

/** `words`: what follows the first `--`; `on`: what stood before it. Throws ERR_USAGE. */
export function planClients(
  words: readonly string[],
  { on = [], connector }: { readonly on?: readonly string[] | undefined; readonly connector?: string | undefined },
): KioskPlan {
  const [first = [], ...others] = splitAt(words, separator);
  const parts = [{ on, command: first }, ...others.map(partOf)];
  const clients = parts.map((part) => ({ command: part.command, connector: headOf(part) ?? connector }));
  if (clients.some(({ command }) => command.length === 0)) throw refused('A client has no command');
  const rules = parts.flatMap((part) => part.on.filter((one) => one.includes('=')).map(ruleOf));
  const named = [...clients.map((client) => client.connector ?? 'auto'), ...rules.map(([, head]) => head)];
  return { clients, connectors: [...new Set(named)], appIds: Object.fromEntries(rules) };
}

function partOf(words: readonly string[]): Part {
  const at = words.indexOf('--');
  if (at < 0) throw refused(`What follows ${separator} has no --`);
  const on: string[] = [];
  for (let index = 0; index < at; index += 2) {
    const [option = '', value] = words.slice(index, Math.min(index + 2, at));
    if (option !== '--on' || value === undefined) throw refused(`After ${separator} stands ${option}, and not --on`);
    on.push(value);
  }
  return { on, command: words.slice(at + 1) };
}

function headOf({ on }: Part): string | undefined {
  const [head, ...others] = on.filter((one) => !one.includes('='));
  if (others.length > 0) throw refused(`A client is to be on ${[head, ...others].join(' and ')}`);
  return head;
}

function ruleOf(text: string): readonly [appId: string, connector: string] {
  const at = text.indexOf('=');
  const [connector, appId] = [text.slice(0, at), text.slice(at + 1)];
  if (connector === '' || appId === '') throw refused(`Not CONNECTOR=APP_ID: ${text}`);
  return [appId, connector];
}

function splitAt(words: readonly string[], word: string): string[][] {
  const parts: string[][] = [[]];
  for (const each of words) {
    if (each === word) parts.push([]);
    else parts.at(-1)?.push(each);
  }
  return parts;
}

function refused(what: string): GuestheadError {
  return new GuestheadError('ERR_USAGE', what, { advice });
}
