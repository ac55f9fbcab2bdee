import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { GuestheadError } from '../../../../src/errors.js';
import type { GlJob } from '../../../../src/gl/index.js';
import type { TraceEvent } from '../../../../src/report/trace/events.js';
import { glEvents } from '../../../../src/report/trace/gl-events.js';
import { jobOf, madeUpGpu } from '../../../support/made-up-gpu.js';
import { traceFaults, type RawEvent } from '../../../support/trace-format.js';

function traced(jobs: readonly GlJob[]): TraceEvent[] {
  const events = [...glEvents(madeUpGpu(jobs))];
  const traceEvents = events as readonly object[] as readonly RawEvent[];
  assert.deepEqual(traceFaults({ traceEvents, displayTimeUnit: 'ms' }), []);
  return events;
}

const slices = (events: readonly TraceEvent[]) =>
  events.flatMap((event) => (event.ph === 'X' ? [[event.name, event.ts, event.dur] as const] : []));

describe('the GPU’s thread in a trace', () => {
  it('waits, compiles and draws, in µs of the trace’s clock', () => {
    const events = traced([
      jobOf({ what: 'createEffect', calledAtMs: 900, callMs: 0, queueMs: 0, drawMs: 20 }),
      jobOf({ calledAtMs: 1000, callMs: 0.25, queueMs: 1, waitMs: 2, drawMs: 4 }),
    ]);
    assert.deepEqual(slices(events), [
      ['compile', 900_000, 20_000],
      ['wait', 1_001_250, 2000],
      ['draw', 1_003_250, 4000],
    ]);
    const names = events.flatMap((event) => (event.ph === 'M' ? [event.args['name']] : []));
    for (const name of ['GPU llvmpipe (LLVM 15.0.6, 256 bits)', 'GL thread', 'GL queue', 'render fences'])
      assert.ok(names.includes(name), name);
  });

  it('has jobs in its queue side by side, and each drawing’s render fence', () => {
    const jobs = [0, 1, 2].map((index) => jobOf({ calledAtMs: 1000 + index, queueMs: 3 * index, drawMs: 4 }));
    const edges = traced(jobs).flatMap((event) =>
      event.ph === 'b' || event.ph === 'e' ? [[event.ph, event.cat, event.ts] as const] : [],
    );
    const queued = edges.filter(([, cat]) => cat === 'queue');
    assert.deepEqual(queued.slice(2), [
      ['b', 'queue', 1_001_250],
      ['e', 'queue', 1_004_250],
      ['b', 'queue', 1_002_250],
      ['e', 'queue', 1_008_250],
    ]);
    assert.deepEqual(edges.filter(([, cat]) => cat === 'render fence').slice(0, 2), [
      ['b', 'render fence', 1_000_000],
      ['e', 'render fence', 1_004_750],
    ]);
  });

  it('does one thing after the other, however the two clocks’ readings fall', () => {
    const [first, second] = slices(
      traced([jobOf({ calledAtMs: 1000, drawMs: 4 }), jobOf({ calledAtMs: 1001, callMs: 0, queueMs: 4, drawMs: 2 })]),
    );
    assert.ok(first !== undefined && second !== undefined);
    assert.equal(second[1], first[1] + first[2]);
    assert.equal(second[2], 1750);
  });

  it('says why a job failed', () => {
    const error = new GuestheadError('ERR_SHADER', 'The shader does not compile');
    const events = traced([jobOf({ what: 'createEffect', error })]);
    const [slice] = events.filter(({ ph }) => ph === 'X');
    assert.match(String(slice?.args?.['error']), /does not compile/);
  });
});
