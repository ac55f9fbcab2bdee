/** The system's Chromium, for tests of pages. */
import { chromium, type Browser } from 'playwright-core';
import { findProgram } from '../../src/lab/paths.js';

/** Fails with what to install where there is none. */
export function launchChromium(): Promise<Browser> {
  // root, as in a container, has no sandbox
  return chromium.launch({ executablePath: locateChromium(), args: ['--no-sandbox'] });
}

function locateChromium(): string {
  try {
    return findProgram('chromium', 'chromium');
  } catch (cause) {
    const what =
      'this test needs Chromium: run `node scripts/setup.mjs --only browser`, or install the package chromium';
    throw new Error(what, { cause });
  }
}
