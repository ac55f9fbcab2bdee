import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, it } from 'node:test';
import { BehaviorSubject, Subject } from 'rxjs';
import type { GlJob } from '../../../src/gl/index.js';
import { monotonicClock } from '../../../src/loop/index.js';
import type { NativeWatcher } from '../../../src/native/index.js';
import { GlRecording, type RecordableGl } from '../../../src/report/gl-recording.js';
import { FakeFences } from '../../support/fake-fences.js';
import { jobOf, madeUpGpu } from '../../support/made-up-gpu.js';

/** Fences whose copies are numbered from 9000, and signal when the test says, at a time that the kernel tells. */
class Copies extends FakeFences {
  readonly #readable = new Map<number, (errno: number) => void>();
  signalledNs = 0;

  duplicate(fd: number): number {
    return fd + 4000;
  }

  override watchReadable(fd: number, onReadable: (errno: number) => void): NativeWatcher {
    this.#readable.set(fd, onReadable);
    return { close: () => this.#readable.delete(fd) };
  }

  override syncFileInfo() {
    return { status: 1, fences: [{ driver: 'i915', timeline: 't', status: 1, timestampNs: this.signalledNs }] };
  }

  signalAt(ms: number): void {
    this.signalledNs = ms * 1e6;
    for (const readable of [...this.#readable.values()]) readable(0);
  }
}

function recording() {
  const jobs$ = new Subject<GlJob>();
  const fences = new Copies();
  const { info } = madeUpGpu([]);
  const first = { jobs$, info, fenceKind: 'native', renewals: 2 } as const;
  const gl$ = new BehaviorSubject<RecordableGl>(first);
  const recorded = new GlRecording(gl$, fences);
  return { jobs$, fences, recorded, gl$, first };
}

const close = (actual: number, expected: number, within: number) => {
  assert.ok(Math.abs(actual - expected) <= within, `${actual} is not near ${expected}`);
};

describe('a recording of the GPU’s thread', () => {
  it('puts each job on the clock of the flips, its parts one after the other', () => {
    const { jobs$, recorded } = recording();
    const [calledAt, now] = [performance.now(), monotonicClock.now()];
    jobs$.next(jobOf({ calledAtMs: calledAt, callMs: 0.5, queueMs: 2, waitMs: 3, drawMs: 4 }));
    const [job] = recorded.jobs;
    assert.ok(job !== undefined);
    close(job.calledMs, now, 5);
    const steps = [job.queuedMs, job.begunMs, job.drawingMs, job.doneMs].map((ms) => ms - job.calledMs);
    for (const [index, expected] of [0.5, 2.5, 5.5, 9.5].entries()) close(steps[index]!, expected, 1e-6);
    assert.equal(recorded.renewals, 2);
    recorded.stop();
    jobs$.next(jobOf());
    assert.equal(recorded.jobs.length, 1, 'nothing is recorded after the stop');
  });

  it('goes on with the GL of a GPU that was lost and is back', () => {
    const { jobs$, recorded, gl$, first } = recording();
    jobs$.next(jobOf({ what: 'compose' }));
    gl$.next(first); // said again for another head
    jobs$.complete();
    const later$ = new Subject<GlJob>();
    const info = { ...first.info, renderer: 'the one that came back' };
    gl$.next({ jobs$: later$, info, fenceKind: 'finish', renewals: 1 });
    later$.next(jobOf({ what: 'open' }));
    later$.next(jobOf({ what: 'compose' }));
    assert.deepEqual(
      recorded.jobs.map(({ job }) => job.what),
      ['compose', 'open', 'compose'],
    );
    assert.deepEqual(
      [recorded.info.renderer, recorded.fenceKind, recorded.renewals],
      ['the one that came back', 'finish', 3],
    );
    recorded.stop();
    later$.next(jobOf());
    gl$.next({ ...first, jobs$: later$ });
    assert.equal(recorded.jobs.length, 3, 'nothing is recorded after the stop');
  });

  it('takes the kernel’s own time for the end of a drawing, by a copy of its fence', async () => {
    const { fences, recorded } = recording();
    const fence = fences.make();
    recorded.drawn({ fence, fenceKind: 'native' }, performance.now());
    fence.close();
    const ms = monotonicClock.now() + 20;
    fences.signalAt(ms);
    await sleep(1);
    const [first] = recorded.renderFences;
    close((first?.signalledMs ?? 0) - (first?.calledMs ?? 0), 20, 5);
    close(first?.signalledMs ?? 0, ms, 0.001); // the kernel has nanoseconds, a number of days fewer places
    assert.deepEqual(fences.closed, [5000, 9000], 'both are closed, each by its owner');
    recorded.stop();
  });

  it('takes the return of a finish for it, and nothing where nobody tells', () => {
    const { recorded } = recording();
    recorded.drawn({ fence: undefined, fenceKind: 'finish' }, performance.now() - 30);
    recorded.drawn({ fence: undefined, fenceKind: 'implicit' }, performance.now());
    assert.equal(recorded.renderFences.length, 1);
    const [{ calledMs, signalledMs } = { calledMs: 0, signalledMs: 0 }] = recorded.renderFences;
    assert.ok(signalledMs - calledMs >= 30);
    recorded.stop();
  });

  it('lets go of fences that never signal', async () => {
    const { fences, recorded } = recording();
    recorded.drawn({ fence: fences.make(), fenceKind: 'native' }, performance.now());
    recorded.stop();
    recorded.stop();
    await sleep(1);
    assert.deepEqual([fences.closed, recorded.renderFences], [[9000], []]);
  });
});
