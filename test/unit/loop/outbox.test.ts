import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { GuestheadError } from '../../../src/errors.js';
import { Outbox } from '../../../src/loop/index.js';
import { Jobs } from '../../support/loop-rig.js';

function open() {
  const jobs = new Jobs();
  const faults: GuestheadError[] = [];
  let deferred = 0;
  const defer = (job: () => void) => {
    deferred++;
    jobs.defer(job);
  };
  const outbox = new Outbox(defer, (fault) => faults.push(fault));
  return { jobs, faults, outbox, deferred: () => deferred };
}

describe('calls to the program', () => {
  it('are made in order, after the turn, by one job for all of a turn', () => {
    const { jobs, outbox, deferred } = open();
    const calls: number[] = [];
    for (const call of [1, 2, 3]) outbox.post(() => calls.push(call));
    assert.deepEqual([calls, deferred()], [[], 1]);
    jobs.run();
    assert.deepEqual([calls, deferred()], [[1, 2, 3], 1]);
  });

  it('that post others have them made later, not within', () => {
    const { jobs, outbox, deferred } = open();
    const calls: string[] = [];
    outbox.post(() => {
      outbox.post(() => calls.push('posted'));
      calls.push('first');
    });
    outbox.post(() => calls.push('second'));
    jobs.run();
    assert.deepEqual([calls, deferred()], [['first', 'second', 'posted'], 2]);
  });

  it('that throw are reported one by one, with the cause, whatever it is', () => {
    const { jobs, outbox, faults } = open();
    let called = 0;
    const cause = new TypeError('oops');
    for (const thrown of [cause, 'a string', undefined])
      outbox.post(() => {
        throw thrown as Error;
      });
    outbox.post(() => called++);
    jobs.run();
    assert.equal(called, 1);
    assert.deepEqual(
      faults.map(({ code, message }) => [code, message]),
      ['oops', 'a string', 'undefined'].map((what) => ['ERR_CALLBACK', `A callback threw: ${what}`]),
    );
    assert.equal(faults[0]?.cause, cause);
  });
});
