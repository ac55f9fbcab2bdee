/** What `guesthead kiosk` can be asked for. */
import type { OptionsOf } from '../declare.js';
import { gpuOptions } from '../gpus/declared.js';
import { headOptions } from '../head/declared.js';

const { render, display, wait } = gpuOptions;
const { connector, mode, path, buffers } = headOptions;

export const kioskOptions = {
  render,
  display,
  connector,
  mode,
  path,
  buffers,
  wait,
  json: { kind: 'switch', says: 'print one JSON object at the end' },
} as const;

export type KioskOptions = OptionsOf<typeof kioskOptions>;
