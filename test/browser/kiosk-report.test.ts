/** The report of a made-up kiosk, opened as a reader would. A screenshot is left in .lab/test-results. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { packageRoot } from '../../src/package-root.js';
import { kioskPage } from '../../src/report/index.js';
import { pictureOf } from '../support/canvas.js';
import { launchChromium } from '../support/chromium.js';
import { MadeUpKiosk } from '../support/made-up-kiosk.js';
import { madeUpHead } from '../support/made-up-run.js';

const results = join(packageRoot, '.lab/test-results');
const folder = mkdtempSync(join(tmpdir(), 'guesthead-report-'));
const file = join(folder, 'kiosk.html');
/** One for each time that is told of pictures, and those of every head. */
const kioskCharts = ['kiosk-commit-to-flip', 'kiosk-input-to-commit', 'kiosk-input-to-flip'];
const headCharts = ['intervals', 'lanes', 'commit', 'flushFence', 'flip', 'latency'];

/** A client's 200 pictures, of which every third one answers an event. */
function madeUpPage(): string {
  const { result: info, recording, fromMs, toMs } = madeUpHead({ frames: 600 });
  const kiosk = new MadeUpKiosk();
  kiosk.clock.time = fromMs;
  const recorded = kiosk.record();
  const client = kiosk.connect(4711);
  for (let picture = 0; picture < 200; picture++) {
    const committedMs = fromMs + picture * 16;
    const times = { committedMs, shownMs: committedMs + 8 + (picture % 7) };
    kiosk.picture(client, picture % 3 === 0 ? { ...times, inputMs: committedMs - 5 } : times);
  }
  const counts = MadeUpKiosk.counts({ direct: 190, drawn: { 'the head is turned': 10 } });
  const heads = [{ info, counts, recording }];
  return kioskPage({ heads, kiosk: recorded, ended: 'it ended', fromMs, toMs, facts: [], madeAt: new Date() });
}

let browser: Browser | undefined;
before(async () => {
  mkdirSync(results, { recursive: true });
  writeFileSync(file, madeUpPage());
  browser = await launchChromium();
});
after(async () => {
  rmSync(folder, { recursive: true });
  await browser?.close();
});

describe('the report of a kiosk', () => {
  it('draws how long its pictures took, and each head’s flips', async () => {
    const page = await browser!.newPage({ viewport: { width: 1280, height: 800 } });
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.goto(pathToFileURL(file).href);
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
    await page.screenshot({ path: join(results, 'report-kiosk.png'), fullPage: true });
    for (const chart of kioskCharts) assert.ok((await pictureOf(page, 'kiosk', chart)).drawn > 300, chart);
    for (const chart of headCharts) assert.ok((await pictureOf(page, 0, chart)).drawn > 300, chart);
    assert.deepEqual(complaints, []);
  });
});
