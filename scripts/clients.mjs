#!/usr/bin/env node
/**
 * `npm run clients [-- NAME … --json]`: the set-up, the packages of the clients that are named (all, unless some are), and then each
 * of them on the kiosk in the lab, one after the other.
 */
import { spawnSync } from 'node:child_process';
import { passThrough } from './pass-through.mjs';
import { alone, setup } from './setup.mjs';
import { bringPackages, lackingOf } from './setup/packages.mjs';
import { showing } from './setup/progress.mjs';
import { root } from './setup/run.mjs';

const clients = [process.execPath, '--import', 'tsx', 'test/clients/main.ts'];

async function main(args) {
  if (!(await setup())) return 1;
  const [node, ...words] = clients;
  const { status, stdout } = spawnSync(node, [...words, ...args, '--packages'], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) return status ?? 1;
  const lacking = lackingOf(stdout.split('\n').filter((name) => name !== ''));
  const bring = () => showing('clients', (tell) => bringPackages(lacking, tell));
  if (lacking.length > 0 && !(await alone(bring))) return 1;
  return passThrough([...clients, ...args]);
}

process.exitCode = await main(process.argv.slice(2));
