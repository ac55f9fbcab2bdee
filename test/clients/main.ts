/** `npm run clients [-- NAME … --json]`: a line a client, and status 0, or 1 where one has failed. */
import { parseArgs } from 'node:util';
import { messageOf } from '../../src/errors.js';
import { Lab } from '../../src/lab/index.js';
import type { RealClient } from './client.js';
import { allClients } from './table.js';
import { tryClient, type Tried } from './try-client.js';

const usage = `usage: npm run clients [-- NAME … --json]
  NAME         of ${allClients.map(({ name }) => name).join(', ')} (default: all)
  --json       one JSON array of all that was seen
  --packages   print the Debian packages that they need, and run none`;

function parse(): { readonly clients: readonly RealClient[]; readonly json: boolean; readonly packages: boolean } {
  const flag = { type: 'boolean', default: false } as const;
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: flag, packages: flag } });
  const unknown = positionals.filter((word) => !allClients.some(({ name }) => name === word));
  if (unknown.length > 0) throw new Error(`no client called ${unknown.join(', ')}`);
  const clients = allClients.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  return { clients, ...values };
}

async function main(): Promise<number> {
  let words: ReturnType<typeof parse>;
  try {
    words = parse();
  } catch (error) {
    console.error(`${messageOf(error)}\n${usage}`);
    return 2;
  }
  const { clients, json, packages } = words;
  if (packages) {
    console.log([...new Set(clients.flatMap((client) => client.packages))].join('\n'));
    return 0;
  }
  const say = json ? console.error : console.log;
  const tried = await tryAll(clients, (one) => say(lineOf(one)));
  if (json) console.log(JSON.stringify(tried));
  return tried.some(({ outcome }) => outcome === 'failed') ? 1 : 0;
}

/** In one boot. */
async function tryAll(clients: readonly RealClient[], tell: (tried: Tried) => void): Promise<Tried[]> {
  const lab = await Lab.boot({ size: { width: 1280, height: 720 }, memory: '4G', input: true });
  try {
    const all: Tried[] = [];
    for (const client of clients) {
      const tried = await tryClient(lab, client);
      all.push(tried);
      tell(tried);
    }
    return all;
  } finally {
    await lab.close();
  }
}

/** Of what is wrong with a client. */
const mostTold = 4;

function lineOf({ name, version, outcome, firstSeconds, seen, wrong, frames, harmless }: Tried): string {
  const first = firstSeconds === undefined ? [] : [`seen after ${firstSeconds.toFixed(1)} s`];
  const counts = frames === undefined ? [] : [`${frames.direct} of ${frames.shown} frames without a copy`];
  const known = harmless.map((why) => `known: ${why}`);
  const more = wrong.length > mostTold ? [`${wrong.length - mostTold} more lines in the log`] : [];
  const told = [...first, ...seen, ...counts, ...known, ...wrong.slice(0, mostTold), ...more];
  return `${outcome.padEnd(6)}  ${name} ${version}: ${told.join('; ')}`;
}

process.exitCode = await main();
