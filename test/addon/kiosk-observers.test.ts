/** What `guesthead kiosk` tells beside its result, of a kiosk on the real libwayland and a fake display. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { kioskObservers, type KioskObservers } from '../../src/cli/kiosk-observers.js';
import { embedded } from '../support/report.js';
import { KioskRig } from './support/kiosk-rig.js';

let rig: KioskRig;
let folder: string;
/** What it says to people. */
let said = '';

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'guesthead-told-'));
  rig = await KioskRig.open();
  said = '';
  mock.method(process.stderr, 'write', (text: string) => {
    said += text;
    return true;
  });
});

afterEach(async () => {
  mock.restoreAll();
  await rig.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A client shows so many pictures, one after the other, and goes. */
async function use(pictures: number): Promise<void> {
  const window = await rig.open();
  const size = window.ack();
  for (let colour = 1; colour <= pictures; colour++) await rig.fill(window, colour, size);
  window.close();
  await rig.flipUntil(() => rig.kiosk.clientCounts.now === 0);
}

interface TraceFile {
  readonly traceEvents: readonly {
    readonly ph: string;
    readonly cat?: string;
    readonly args?: { readonly name?: string };
  }[];
  readonly otherData: { readonly kiosk: { readonly pictures: { readonly shown: number } } };
}

describe('a kiosk’s observers', () => {
  it('write a page and a trace of it, and serve its figures meanwhile', async () => {
    const [report, trace] = [join(folder, 'kiosk.html'), join(folder, 'kiosk.json')];
    const observers = await kioskObservers({ report, trace, metrics: { host: '127.0.0.1', port: 0 } });
    observers.begin(rig.kiosk, [{ starts: 1, pauses: false }]);
    const url = /metrics: (\S+)/.exec(said)?.[1] ?? assert.fail(said);
    await use(3);
    const figures = await (await fetch(url)).text();
    assert.match(figures, /^guesthead_kiosk_pictures_total{outcome="shown"} 3$/m);
    assert.match(figures, /^guesthead_kiosk_clients_ended_total{cause="left"} 1$/m);
    assert.match(figures, /^guesthead_kiosk_commit_to_flip_seconds_count{connector="Virtual-1"} 3$/m);
    assert.match(figures, /^guesthead_flips_total{.*connector="Virtual-1"} [1-9]/m);
    assert.deepEqual(await observers.end('the client ended with status 0'), []);
    const page = readFileSync(report, 'utf8');
    assert.match(page, /guesthead kiosk: the client ended with status 0/);
    assert.equal(embedded(page).kiosk?.commitToFlipUs.length, 3);
    assert.equal(embedded(page).gpu, null, 'no GPU has drawn');
    assert.doesNotMatch(page, /class="gpu"/);
    const { traceEvents, otherData } = JSON.parse(readFileSync(trace, 'utf8')) as TraceFile;
    assert.equal(otherData.kiosk.pictures.shown, 3);
    assert.equal(traceEvents.filter(({ ph, cat }) => ph === 'b' && cat === 'picture').length, 3);
    assert.ok(traceEvents.some(({ args }) => args?.name === `client 1 (process ${process.pid})`));
    await observers.close();
    await assert.rejects(fetch(url));
  });

  it('leave nothing that listens behind', async () => {
    const observers = await kioskObservers({ report: join(folder, 'kiosk.html'), trace: join(folder, 'kiosk.json') });
    observers.begin(rig.kiosk, []);
    await observers.close();
    let heard = 0;
    rig.kiosk.pictures$.subscribe(() => heard++).unsubscribe();
    await use(1);
    assert.equal(heard, 0);
    assert.match(readFileSync(join(folder, 'kiosk.json'), 'utf8'), /"shown":0/, 'it was written when it was closed');
  });

  it('tell what could not be written, and the others do their part', async () => {
    const gone = join(folder, 'gone');
    mkdirSync(gone);
    const trace = join(folder, 'kiosk.json');
    const observers = await kioskObservers({ report: join(gone, 'kiosk.html'), trace });
    observers.begin(rig.kiosk, []);
    rmSync(gone, { recursive: true });
    const failures = await observers.end('it was enough');
    assert.match(String(failures), /Cannot write .*kiosk\.html/);
    assert.ok(readFileSync(trace, 'utf8').length > 0);
    await observers.close();
  });

  it('are refused where they cannot be had, before anything is opened, and leave nothing behind', async () => {
    const refused = (options: Parameters<typeof kioskObservers>[0]): Promise<KioskObservers> => kioskObservers(options);
    await assert.rejects(refused({ report: join(folder, 'none/kiosk.html') }), { code: 'ERR_USAGE' });
    await assert.rejects(refused({ trace: folder }), { code: 'ERR_USAGE' });
    const metrics = { host: '127.0.0.1', port: 0 };
    const first = await kioskObservers({ metrics });
    const port = Number(/:(\d+)\/metrics/.exec(said)?.[1]);
    await assert.rejects(refused({ trace: join(folder, 'x.json'), metrics: { ...metrics, port } }), {
      code: 'ERR_USAGE',
    });
    await first.close();
  });
});
