/** Consumers that do not release are reported, each export once. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { LateReleases } from '../../../../src/transfer/guest/late-releases.js';
import { PendingExport } from '../../../../src/transfer/guest/export.js';

describe('late releases', () => {
  it('are told of once each, when their time has come', (context: TestContext) => {
    context.mock.timers.enable({ apis: ['setTimeout'] });
    let now = 0;
    const pass = (ms: number) => {
      now += ms;
      context.mock.timers.tick(ms);
    };
    const pending: PendingExport<string>[] = [];
    const late: [string, number][] = [];
    const watch = new LateReleases<string>(
      1000,
      () => pending,
      ({ id }, forMs) => late.push([id, forMs]),
      () => now,
    );
    const send = (id: string) => {
      const one = new PendingExport('buffer', id, 1n, new Uint8Array(), undefined);
      one.sent(now);
      pending.push(one);
      watch.watch();
    };
    send('a');
    pass(400);
    send('b');
    pass(599);
    assert.equal(late.length, 0);
    pass(1);
    assert.deepEqual(late, [['a', 1000]]);
    pass(400);
    assert.deepEqual(late, [
      ['a', 1000],
      ['b', 1000],
    ]);
    pending.length = 0;
    send('c');
    pending.length = 0; // released in time
    pass(5000);
    send('d');
    pass(2000);
    assert.deepEqual(
      late.map(([id]) => id),
      ['a', 'b', 'd'],
    );
    watch.stop();
  });
});
