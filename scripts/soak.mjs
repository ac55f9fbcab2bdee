#!/usr/bin/env node
/** `npm run soak [-- OPTIONS]`: the set-up, then a head that flips, or with --kiosk a kiosk, in the lab for ten minutes under random faults. */
import { passThrough } from './pass-through.mjs';
import { setup } from './setup.mjs';

const soak = [process.execPath, '--import', 'tsx', 'test/lab/soak/main.ts'];

process.exitCode = (await setup()) ? await passThrough([...soak, ...process.argv.slice(2)]) : 1;
