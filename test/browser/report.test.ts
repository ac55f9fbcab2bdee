/** The report of a made-up run, opened as a reader would. Screenshots are left in .lab/test-results. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { packageRoot } from '../../src/package-root.js';
import { machineFacts, reportPage } from '../../src/report/index.js';
import { launchChromium } from '../support/chromium.js';
import { markColours, pictureOf, stateColours } from '../support/canvas.js';
import { jobOf, madeUpGpu } from '../support/made-up-gpu.js';
import { madeUpHead } from '../support/made-up-run.js';

const frames = 600;
const results = join(packageRoot, '.lab/test-results');
const folder = mkdtempSync(join(tmpdir(), 'guesthead-report-'));
const file = join(folder, 'report.html');
const gpuCharts = ['gl-times', 'gl-draw', 'gl-fence', 'gl-queue', 'gl-call'];
const charts = ['intervals', 'lanes', 'commit', 'flushFence', 'flip', 'latency'];

function madeUpPage(): string {
  const late = { drawnLate: true, drawMs: 18, latencyMs: 44 };
  const changes = {
    100: { missed: 1, ...late },
    300: { missed: 3, starved: true, flipMs: 60, latencyMs: 80 },
    452: { missed: 2, tearRisk: true },
  };
  const heads = [
    madeUpHead({ frames, changes, faultsAfter: [200, 450] }),
    madeUpHead({ frames: 60, connector: 'Virtual-2', buffers: 3 }),
  ];
  const [from, { length }] = [heads[0]?.fromMs ?? 0, heads[0]?.recording.frames ?? []];
  const jobs = Array.from({ length }, (_, index) =>
    jobOf({
      calledAtMs: from + index * 16,
      callMs: 0.1 + (index % 7) / 50,
      queueMs: (index % 5) / 4,
      drawMs: 3 + (index % 11),
    }),
  );
  const facts = machineFacts(heads.map(({ result }) => result));
  return reportPage({ heads, facts, madeAt: new Date(), gpu: madeUpGpu(jobs) });
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

interface Look {
  readonly width: number;
  readonly height: number;
  readonly colorScheme: 'light' | 'dark';
}

/** Whatever the page complains of, or asks the network for, ends up in `complaints`. */
async function open({ width, height, colorScheme }: Look): Promise<{ page: Page; complaints: string[] }> {
  const page = await browser!.newPage({ viewport: { width, height }, colorScheme, hasTouch: width < 500 });
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    if (!/^(file|data):/.test(request.url())) complaints.push(request.url());
  });
  await page.goto(pathToFileURL(file).href);
  await drawn(page);
  return { page, complaints };
}

/** The charts draw at the end of the turn, at most a frame later. */
async function drawn(page: Page): Promise<void> {
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
}

const looks = [
  { width: 1280, height: 800 },
  { width: 390, height: 844 },
].flatMap((size) => (['light', 'dark'] as const).map((colorScheme): Look => ({ ...size, colorScheme })));

for (const look of looks)
  describe(`the report at ${look.width}x${look.height}, ${look.colorScheme}`, () => {
    let page: Page;
    let complaints: string[];
    before(async () => {
      ({ page, complaints } = await open(look));
      await page.screenshot({ path: join(results, `report-${look.width}-${look.colorScheme}.png`), fullPage: true });
    });
    after(() => page.close());

    it('says the verdict in its title, and has a section for each head', async () => {
      assert.match(await page.title(), /^fail: Virtual-1, Virtual-2/);
      assert.match((await page.textContent('h1')) ?? '', /fail/);
      assert.deepEqual(
        (await page.locator('section h2').allTextContents()).map((text) => text.replace(/\s+/g, ' ').trim()),
        ['Virtual-1: fail', 'Virtual-2: pass', 'Render GPU', 'Machine'],
      );
    });

    it('fits, and asks nothing of the network', async () => {
      const wide = await page.evaluate<number>('document.documentElement.scrollWidth');
      assert.ok(wide <= look.width, `${wide} pixels wide`);
      assert.deepEqual(complaints, []);
    });

    it('draws every chart of every head', async () => {
      for (const head of [0, 1])
        for (const chart of charts) {
          const picture = await pictureOf(page, head, chart);
          assert.ok(
            picture.drawn > 300,
            `${chart} of head ${head}: ${picture.drawn} pixels differ from the background`,
          );
        }
    });

    it('draws the GPU’s, drawings and render fences in their colours', async () => {
      for (const chart of gpuCharts) {
        const picture = await pictureOf(page, 'gpu', chart);
        assert.ok(picture.drawn > 300, `${chart}: ${picture.drawn} pixels differ from the background`);
      }
      const { counts } = await pictureOf(page, 'gpu', 'gl-times');
      for (const state of ['drawing', 'queued'] as const) assert.ok(counts[state] > 100, `${state}: ${counts[state]}`);
      const section = (await page.textContent('section.gpu')) ?? '';
      assert.match(section, /llvmpipe \(LLVM 15\.0\.6, 256 bits\).*finish: the driver has none/s);
    });

    it('paints the four states, missed flips and faults in their colours', async () => {
      const lanes = await pictureOf(page, 0, 'lanes');
      for (const state of stateColours) assert.ok(lanes.counts[state] > 100, `${state}: ${lanes.counts[state]}`);
      for (const chart of ['intervals', 'lanes']) {
        const { counts } = await pictureOf(page, 0, chart);
        for (const mark of markColours) assert.ok(counts[mark] > 10, `${mark} in ${chart}: ${counts[mark]}`);
      }
    });
  });

describe('the charts over time', () => {
  let page: Page;
  let complaints: string[];
  before(async () => {
    ({ page, complaints } = await open({ width: 1280, height: 800, colorScheme: 'light' }));
  });
  beforeEach(async () => {
    await page.mouse.move(0, 0);
    await page.reload();
    await drawn(page);
  });
  after(async () => {
    await page.close();
    assert.deepEqual(complaints, []);
  });

  const digest = async (chart: string) => (await pictureOf(page, 0, chart)).digest;
  /** Both charts show another part of the time afterwards, and all of it again after a reset. */
  const changesBoth = async (operate: () => Promise<void>) => {
    const before = [await digest('intervals'), await digest('lanes')];
    await operate();
    await drawn(page);
    const after = [await digest('intervals'), await digest('lanes')];
    for (const [i, chart] of ['intervals', 'lanes'].entries()) assert.notEqual(after[i], before[i], chart);
    await page.locator('[data-do="reset"]').first().click();
    await drawn(page);
    assert.deepEqual([await digest('intervals'), await digest('lanes')], before);
  };
  const overOf = (chart: string) => page.locator(`section.head [data-chart="${chart}"] .u-over`).first();
  const readOut = () => page.locator('.read-out').first().textContent();

  it('zoom and move by buttons', async () => {
    await changesBoth(() => page.locator('[data-do="zoom-in"]').first().click());
  });

  it('zoom by the wheel and move with the mouse', async () => {
    await overOf('lanes').hover();
    await changesBoth(() => page.mouse.wheel(0, -400));
    await changesBoth(async () => {
      await overOf('lanes').hover();
      await page.mouse.wheel(0, -800);
      await page.mouse.down();
      await page.mouse.move(300, 300, { steps: 4 });
      await page.mouse.up();
    });
  });

  it('zoom, move and step by the keyboard, with the focus seen', async () => {
    const lanes = page.locator('[data-chart="lanes"]').first();
    await page.locator('[data-do="reset"]').first().focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate('document.activeElement.dataset.chart'), 'lanes');
    assert.equal(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle'), 'solid');
    await changesBoth(() => page.keyboard.press('+'));
    await lanes.focus();
    await changesBoth(async () => {
      for (const key of ['+', '+', 'ArrowLeft']) await page.keyboard.press(key);
    });
    await lanes.focus();
    await page.keyboard.press('n');
    assert.match((await readOut()) ?? '', /frame 100 missed 1 refresh cycles.*frame 100 in buffer 0.*drawn late/);
    await page.keyboard.press('.');
    assert.match((await readOut()) ?? '', /^frame 101 in buffer 1/);
    await page.keyboard.press('n');
    assert.match((await readOut()) ?? '', /ERR_FLIP_TIMEOUT: No flip event within 2000 ms <\/script><b>&/);
    await page.keyboard.press('0');
  });

  it('tell of the frame that is pointed at, each lane of its own', async () => {
    const second = page.locator('section.head').nth(1); // three buffers, nearly never free
    const lanes = second.locator('[data-chart="lanes"] .u-over');
    await lanes.scrollIntoViewIfNeeded();
    const box = (await lanes.boundingBox())!;
    for (const lane of [0, 1, 2]) {
      await page.mouse.move(box.x + box.width / 2, box.y + (box.height * (lane + 0.5)) / 3);
      const told = (await second.locator('.read-out').textContent()) ?? '';
      assert.match(told, new RegExp(`^frame \\d+ in buffer ${lane}.*draw to flip 2\\d\\.\\d+ ms`));
    }
  });

  it('follow a change of the theme', async () => {
    const { dark, light } = { light: await digest('lanes'), dark: await inTheDark() };
    assert.notEqual(dark, light);
    assert.equal(await digest('lanes'), light);
  });

  async function inTheDark(): Promise<number> {
    await page.emulateMedia({ colorScheme: 'dark' });
    await drawn(page);
    const dark = await digest('lanes');
    await page.emulateMedia({ colorScheme: 'light' });
    await drawn(page);
    return dark;
  }
});

describe('the charts under fingers', () => {
  it('zoom by a pinch, and move by one finger', async () => {
    const { page, complaints } = await open({ width: 390, height: 844, colorScheme: 'light' });
    const over = page.locator('section.head [data-chart="lanes"] .u-over').first();
    await over.scrollIntoViewIfNeeded();
    const box = (await over.boundingBox())!;
    const y = box.y + box.height / 2;
    const session = await page.context().newCDPSession(page);
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', ...xs: number[]) =>
      session.send('Input.dispatchTouchEvent', { type, touchPoints: xs.map((x, id) => ({ x: box.x + x, y, id })) });
    const whole = await pictureOf(page, 0, 'lanes');
    await touch('touchStart', 120, 180);
    await touch('touchMove', 60, 240);
    await touch('touchEnd');
    await drawn(page);
    const pinched = await pictureOf(page, 0, 'lanes');
    assert.notEqual(pinched.digest, whole.digest);
    await touch('touchStart', 120);
    await touch('touchMove', 160);
    await touch('touchMove', 220);
    await touch('touchEnd');
    await drawn(page);
    assert.notEqual((await pictureOf(page, 0, 'lanes')).digest, pinched.digest);
    assert.deepEqual(complaints, []);
    await page.close();
  });
});

describe('a report of a quarter of an hour', () => {
  it('opens, and has every frame that was kept', async () => {
    const heads = [madeUpHead({ frames: 67_500, changes: { 60_000: { missed: 2 } } })];
    writeFileSync(file, reportPage({ heads, facts: [], madeAt: new Date() }));
    const { page, complaints } = await open({ width: 1280, height: 800, colorScheme: 'light' });
    assert.ok((await pictureOf(page, 0, 'lanes')).drawn > 1000);
    await page.locator('[data-do="next-mark"]').first().click();
    assert.match((await page.locator('.read-out').first().textContent()) ?? '', /frame 60000 missed 2/);
    assert.match((await page.locator('.note').first().textContent()) ?? '', /^67500 frames/);
    assert.deepEqual(complaints, []);
    await page.close();
  });
});
