/** The files that a page has in it: the chart library's, its own script and its style. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { GuestheadError, messageOf } from '../../errors.js';
import { packageRoot } from '../../package-root.js';

const { resolve } = createRequire(import.meta.url);

export interface Assets {
  readonly library: string;
  readonly libraryStyle: string;
  /** Made of `client/` by the build. */
  readonly script: string;
  readonly style: string;
}

/** Throws ERR_SYSTEM where the installation is not whole. */
export function loadAssets(): Assets {
  return {
    library: read(() => resolve('uplot/dist/uPlot.iife.min.js')),
    libraryStyle: read(() => resolve('uplot/dist/uPlot.min.css')),
    script: read(() => join(packageRoot, 'dist/report/html/client.js')),
    style: read(() => join(packageRoot, 'dist/report/html/page.css')),
  };
}

function read(locate: () => string): string {
  try {
    return readFileSync(locate(), 'utf8');
  } catch (cause) {
    throw new GuestheadError('ERR_SYSTEM', `A part of the report's page is missing: ${messageOf(cause)}`, {
      advice: 'install guesthead again; in a checkout run `npm run setup`',
      cause,
    });
  }
}
