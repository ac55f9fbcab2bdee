#!/usr/bin/env node
/** `npm run bench [-- OPTIONS]`: the set-up, then guesthead beside what people flip with today, in one boot of the lab. */
import { passThrough } from './pass-through.mjs';
import { setup } from './setup.mjs';

const bench = [process.execPath, '--import', 'tsx', 'test/bench/main.ts'];

process.exitCode = (await setup()) ? await passThrough([...bench, ...process.argv.slice(2)]) : 1;
