/** A kiosk's figures as Prometheus gets them, and whether it is well. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import * as prometheus from 'prom-client';
import { GuestheadError } from '../../../../src/errors.js';
import { Metrics } from '../../../../src/report/metrics/index.js';
import { MadeUpKiosk, madeUpConnector } from '../../../support/made-up-kiosk.js';

const quietMs = 15_000;
let kiosk: MadeUpKiosk;
let metrics: Metrics;
const life = { starts: 3, pauses: false };

beforeEach(async () => {
  kiosk = new MadeUpKiosk();
  life.pauses = false;
  const address = { host: '127.0.0.1', port: 0 };
  metrics = await Metrics.listen(prometheus, { address, flipTimeoutMs: quietMs }, kiosk.clock);
  metrics.beginKiosk([], kiosk, [life]);
});
afterEach(() => metrics.close());

const get = (path: string) => fetch(new URL(path, metrics.url));

/** The kiosk's series, without the prefix that all have. */
async function scrape(): Promise<Map<string, number>> {
  const lines = (await (await get('/metrics')).text())
    .split('\n')
    .filter((line) => line.startsWith('guesthead_kiosk_'));
  const entries = lines.map((line): [string, number] => {
    const at = line.lastIndexOf(' ');
    return [line.slice('guesthead_kiosk_'.length, at), Number(line.slice(at + 1))];
  });
  return new Map(entries);
}

describe('a kiosk’s metrics', () => {
  it('count its clients, and why they went', async () => {
    const client = kiosk.connect(11);
    kiosk.connect(12);
    kiosk.leave(client, 'too much');
    const seen = await scrape();
    assert.deepEqual([seen.get('clients'), seen.get('clients_total')], [1, 2]);
    assert.equal(seen.get('clients_ended_total{cause="too much"}'), 1);
    assert.equal(seen.get('clients_ended_total{cause="left"}'), 0);
    assert.equal(seen.get('client_starts_total{client="1"}'), 3);
  });

  it('count its frames by their way and by why they were drawn, from the same counts as --json', async () => {
    const counts = MadeUpKiosk.counts({
      direct: 50,
      drawn: { 'the head is turned': 3, 'several surfaces are seen': 2 },
      byGpu: 4,
    });
    Object.assign(kiosk.heads[0]!, { counts: Object.assign(counts, { bytesCopied: 4096, discarded: 1 }) });
    const seen = await scrape();
    const of = (name: string, more = '') => seen.get(`${name}_total{connector="${madeUpConnector}"${more}}`);
    assert.deepEqual(
      ['direct', 'gpu', 'cpu'].map((way) => of('frames', `,way="${way}"`)),
      [50, 4, 1],
    );
    assert.equal(of('drawn_frames', ',reason="the head is turned"'), 3);
    assert.deepEqual([of('discarded_frames'), of('bytes_copied')], [1, 4096]);
  });

  it('have the times from commit and from input to the flip, in seconds', async () => {
    const client = kiosk.connect(11);
    kiosk.picture(client, { committedMs: 100, shownMs: 110 });
    kiosk.picture(client, { committedMs: 120, shownMs: 140, inputMs: 119 });
    kiosk.picture(client, { committedMs: 150 });
    const seen = await scrape();
    assert.deepEqual(
      ['shown', 'unseen'].map((outcome) => seen.get(`pictures_total{outcome="${outcome}"}`)),
      [2, 1],
    );
    const toFlip = (what: string, more = '') =>
      seen.get(`commit_to_flip_seconds_${what}{connector="${madeUpConnector}"${more}}`);
    assert.deepEqual([toFlip('count'), toFlip('bucket', ',le="0.0112"'), toFlip('bucket', ',le="0.023"')], [2, 1, 2]);
    assert.ok(Math.abs((toFlip('sum') ?? 0) - 0.03) < 1e-9);
    assert.equal(seen.get('input_to_commit_seconds_bucket{le="0.001"}'), 1);
    assert.equal(seen.get('input_to_flip_seconds_bucket{le="0.023"}'), 1);
  });

  it('count its faults by their code', async () => {
    kiosk.faults$.next({ error: new GuestheadError('ERR_PROTOCOL', 'not answered'), client: undefined });
    kiosk.faults$.next({ error: new TypeError('ours'), client: undefined });
    const seen = await scrape();
    assert.deepEqual(
      ['ERR_PROTOCOL', 'other'].map((code) => seen.get(`faults_total{code="${code}"}`)),
      [1, 1],
    );
  });

  it('are gone with it: nobody listens any more', async () => {
    await metrics.close();
    assert.deepEqual([kiosk.pictures$.observed, kiosk.faults$.observed, kiosk.shown$.observed], [false, false, false]);
  });
});

describe('a kiosk’s health', () => {
  async function health(): Promise<[number, string]> {
    const answer = await get('/healthz');
    return [answer.status, await answer.text()];
  }
  const after = (ms: number) => kiosk.clock.advance(ms);

  it('begins with the first frame of a client, and lasts while they draw or answer', async () => {
    kiosk.answered$.next(kiosk.connect(1));
    assert.deepEqual(await health(), [503, 'starting\n'], 'what only answers is not seen yet');
    kiosk.shown$.next(madeUpConnector);
    assert.deepEqual(await health(), [200, 'ok\n']);
    after(10_000);
    kiosk.answered$.next(kiosk.connect(2));
    after(10_000);
    assert.deepEqual(await health(), [200, 'ok\n']);
    after(6_000);
    assert.deepEqual(await health(), [503, 'no frame and no answer of a client for 16.0 s\n']);
  });

  it('is not lost while the next client is waited with', async () => {
    kiosk.shown$.next(madeUpConnector);
    life.pauses = true;
    after(60_000);
    assert.deepEqual(await health(), [200, 'ok\n']);
  });
});
