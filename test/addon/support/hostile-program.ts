/** The program of test/kiosk/hostile: `PROGRAM SOCKET MODE`. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { cProgram } from '../../support/c-program.js';
import { root } from './addon.js';

const sources = join(root, 'test/kiosk/hostile');

export function hostileProgram(): string {
  const files = readdirSync(sources).map((name) => join(sources, name));
  return cProgram(join(root, 'native/build-tests/hostile'), files);
}
