/** The files that are made of the sources, and committed; needs tsx. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createProgram } from '../../src/cli/program.ts';
import { root } from '../setup/run.mjs';
import { configJsonSchema } from './config-schema.mjs';
import { manPage } from './man-page.mjs';

export async function generatedFiles() {
  const program = createProgram();
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return {
    'man/guesthead.1': manPage(program, version),
    'schemas/config.schema.json': await configJsonSchema(program, 'run'),
    'schemas/kiosk-config.schema.json': await configJsonSchema(program, 'kiosk'),
  };
}
