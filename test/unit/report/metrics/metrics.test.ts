import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'node:test';
import * as prometheus from 'prom-client';
import { GuestheadError } from '../../../../src/errors.js';
import type { HeadInfo } from '../../../../src/head/index.js';
import type { Clock } from '../../../../src/loop/index.js';
import { HeadTelemetry } from '../../../../src/head/telemetry.js';
import { loadPrometheus, Metrics } from '../../../../src/report/metrics/index.js';
import type { TalliedHead } from '../../../../src/report/metrics/head-tally.js';
import { flipAt } from '../../../support/flips.js';

let now = 0;
const clock: Clock = { now: () => now, after: () => () => undefined };
const address = { host: '127.0.0.1', port: 0 };

interface TestHead {
  readonly head: TalliedHead;
  readonly monitor: HeadTelemetry;
  readonly name: { node: string; connector: string };
}

function headOf(connector: string): TestHead {
  const name = { node: '/dev/dri/card0', connector };
  const info = () => ({
    path: 'import',
    render: { driver: 'xe' },
    display: name,
    mode: { width: 1920, height: 1080, refreshHz: 60 },
  });
  const monitor = new HeadTelemetry(
    clock,
    () => ({ ...name }),
    () => 0,
  );
  const head: TalliedHead = {
    id: monitor.id,
    get info() {
      return info() as HeadInfo;
    },
    states: () => ({ free: 1, drawing: 1, queued: 1, current: 1, draining: 0, lost: 0 }),
    bytesCopied: () => 4096,
  };
  return { head, name, monitor };
}

describe('metrics', () => {
  let [one, two]: [TestHead, TestHead] = [headOf('Virtual-1'), headOf('Virtual-2')];
  let metrics: Metrics;
  beforeEach(async () => {
    now = 0;
    [one, two] = [headOf('Virtual-1'), headOf('Virtual-2')];
    metrics = await Metrics.listen(prometheus, { address, flipTimeoutMs: 2000 }, clock);
    metrics.begin([one.head, two.head]);
  });
  afterEach(async () => {
    await metrics.close();
    await metrics.close();
  });

  const get = (path: string, method = 'GET') => fetch(new URL(path, metrics.url), { method });

  /** What is exposed: the series as written, with its value. */
  async function scrape(): Promise<Map<string, number>> {
    const text = await (await get('/metrics')).text();
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]));
  }

  const series = (name: string, { connector }: TestHead['name'], more = '') =>
    `guesthead_${name}{display="/dev/dri/card0",connector="${connector}"${more}}`;

  it('count what each head tells of its flips, and of no other’s', async () => {
    one.monitor.flipped(flipAt(60, { missed: 2, tearRisk: true }));
    one.monitor.flipped(flipAt(61, { starved: true, dropped: 3 }));
    two.monitor.flipped(flipAt(61));
    headOf('Virtual-3').monitor.flipped(flipAt(61));
    one.monitor.fault(new GuestheadError('ERR_HOST_PAUSED', 'paused'));
    const seen = await scrape();
    const counts = ['flips', 'missed_flips', 'tear_risk', 'starved', 'dropped_frames', 'bytes_copied'];
    const of = (name: TestHead['name']) => counts.map((count) => seen.get(series(`${count}_total`, name)));
    assert.deepEqual(of(one.name), [2, 2, 1, 1, 3, 4096]);
    assert.deepEqual(of(two.name), [1, 0, 0, 0, 0, 4096]);
    assert.equal(seen.get(series('faults_total', one.name, ',code="ERR_HOST_PAUSED"')), 1);
    assert.equal(seen.get(series('faults_total', two.name, ',code="ERR_HOST_PAUSED"')), 0);
    assert.equal(seen.get(series('buffers', one.name, ',state="current"')), 1);
    assert.equal(seen.get(series('refresh_hertz', one.name)), 60);
    const info = [...seen].find(([name]) => name.startsWith(series('info', one.name).slice(0, -1)));
    assert.match(info?.[0] ?? '', /path="import",mode="1920x1080@60\.00",render="xe",version="\d+\.\d+\.\d+"/);
    assert.equal(info?.[1], 1);
    assert.ok((seen.get('process_cpu_seconds_total') ?? 0) > 0 && (seen.get('process_resident_memory_bytes') ?? 0) > 0);
    assert.equal((await scrape()).get(series('flips_total', one.name)), 2, 'a scrape counts nothing');
  });

  it('have the times in seconds, as a histogram that adds up', async () => {
    for (const commitMs of [0.05, 0.3, 20, 9999]) one.monitor.flipped(flipAt(60, { commitMs, flipMs: 16 }));
    one.monitor.next(4);
    const seen = await scrape();
    const bucket = (name: string, le: string) => seen.get(series(`${name}_seconds_bucket`, one.name, `,le="${le}"`));
    assert.deepEqual(
      ['0.0001', '0.0005', '0.018', '0.023', '2.5', '+Inf'].map((le) => bucket('commit', le)),
      [1, 2, 2, 3, 3, 4],
    );
    assert.equal(seen.get(series('commit_seconds_count', one.name)), 4);
    assert.ok(Math.abs((seen.get(series('commit_seconds_sum', one.name)) ?? 0) - 10.01935) < 1e-9);
    assert.equal(bucket('flip', '0.0152'), 0);
    assert.equal(bucket('flip', '0.018'), 4);
    assert.equal(bucket('flush_fence', '0.005'), 1);
    assert.equal(seen.get(series('draw_seconds_count', one.name)), 4);
    assert.equal(seen.get(series('draw_to_flip_seconds_count', two.name)), 0);
  });

  it('go on in the same series when the display comes back under other names', async () => {
    one.monitor.flipped(flipAt(60));
    Object.assign(one.name, { node: '/dev/dri/card7', connector: 'Virtual-3' });
    one.monitor.flipped(flipAt(61));
    assert.equal((await scrape()).get(series('flips_total', { node: '', connector: 'Virtual-1' })), 2);
  });

  it('are well while every head flips, and say which does not and for how long', async () => {
    const health = async () => {
      const answer = await get('/healthz');
      return [answer.status, await answer.text()];
    };
    now = 1900;
    assert.deepEqual(await health(), [503, 'starting\n'], 'no flip yet');
    now = 2100;
    assert.deepEqual(await health(), [503, 'Virtual-1: no flip for 2.1 s\nVirtual-2: no flip for 2.1 s\n']);
    one.monitor.flipped(flipAt(60));
    now = 2600;
    assert.deepEqual(await health(), [503, 'Virtual-2: no flip for 2.6 s\n']);
    two.monitor.flipped(flipAt(150));
    assert.deepEqual(await health(), [200, 'ok\n']);
  });

  it('say that they are starting before there is a head', async () => {
    const early = await Metrics.listen(prometheus, { address, flipTimeoutMs: 2000 }, clock);
    const ask = async (path: string) => {
      const answer = await fetch(new URL(path, early.url));
      return [answer.status, await answer.text()];
    };
    assert.deepEqual([await ask('/metrics'), await ask('/healthz')], Array(2).fill([503, 'starting\n']));
    early.begin([one.head]);
    assert.equal((await ask('/metrics'))[0], 200);
    assert.deepEqual(await ask('/healthz'), [503, 'starting\n']);
    one.monitor.flipped(flipAt(1));
    assert.deepEqual(await ask('/healthz'), [200, 'ok\n']);
    await early.close();
    await metrics.close();
    assert.equal(one.monitor.observed, false, 'nobody listens any more');
  });

  it('answer 404 and 405 to what else is asked', async () => {
    for (const { monitor } of [one, two]) monitor.flipped(flipAt(1));
    assert.equal((await get('/')).status, 404);
    assert.equal((await get('/constructor')).status, 404);
    for (const path of ['/metrics', '/healthz']) {
      const refused = await get(path, 'POST');
      assert.deepEqual([refused.status, refused.headers.get('allow')], [405, 'GET, HEAD']);
      assert.equal((await get(path, 'HEAD')).status, 200);
    }
    assert.match((await get('/metrics?x=1')).headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
  });

  it('are gone when closed, also while somebody is connected', async () => {
    await get('/metrics'); // and keeps the connection
    const { url } = metrics;
    await metrics.close();
    await assert.rejects(fetch(url));
  });
});

describe('where metrics cannot be', () => {
  it('a port in use is bad usage, with what to do', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    await assert.rejects(
      Metrics.listen(prometheus, { address: { ...address, port }, flipTimeoutMs: 2000 }, clock),
      ({ code, message, advice }: GuestheadError) => {
        assert.deepEqual([code, message.includes(`127.0.0.1:${port}: EADDRINUSE`)], ['ERR_USAGE', true]);
        return /in use.*0/.test(advice ?? '');
      },
    );
    other.close();
  });

  it('prom-client that is not installed is bad usage, with how to install it', async () => {
    await assert.rejects(
      loadPrometheus(() => Promise.reject(new Error('ERR_MODULE_NOT_FOUND'))),
      { code: 'ERR_USAGE', advice: 'npm install prom-client' },
    );
    assert.ok('Registry' in (await loadPrometheus()));
  });

  it('serve IPv6 in brackets where there is IPv6', async (test) => {
    try {
      const metrics = await Metrics.listen(prometheus, { address: { host: '::1', port: 0 }, flipTimeoutMs: 1 }, clock);
      metrics.begin([]);
      assert.match(metrics.url, /^http:\/\/\[::1\]:\d+\/metrics$/);
      assert.equal((await fetch(metrics.url)).status, 200);
      await metrics.close();
    } catch (error) {
      if (!/EADDRNOTAVAIL|EAFNOSUPPORT/.test(String(error))) throw error;
      test.skip('this machine has no ::1');
    }
  });
});
