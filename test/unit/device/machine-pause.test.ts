import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import fc from 'fast-check';
import { PauseWatch } from '../../../src/device/machine-pause.js';
import { until } from '../../addon/support/loop.js';

/** A machine whose two clocks run together until it is paused. Times in milliseconds. */
class Machine {
  #monotonic = 1_000_000;
  #realTime: number;
  reads = 0;
  readonly pauses: number[] = [];

  constructor(realTime = 1_700_000_000_400) {
    this.#realTime = realTime;
  }

  readonly clock = { now: () => this.#monotonic };
  readNow = (): number => {
    this.reads++;
    return Math.floor(this.#realTime / 1000);
  };
  read = async (): Promise<number> => Promise.resolve(this.readNow());

  runs(ms: number): void {
    this.#monotonic += ms;
    this.#realTime += ms;
  }

  isPaused(ms: number): void {
    this.#realTime += ms;
  }

  watch(everyMs = 1_000_000): PauseWatch {
    const onPause = (seconds: number) => this.pauses.push(seconds);
    const watch = new PauseWatch(onPause, {
      read: () => this.read(),
      readNow: () => this.readNow(),
      clock: this.clock,
      everyMs,
    });
    watches.push(watch);
    return watch;
  }
}

const watches: PauseWatch[] = [];
const close = () => watches.splice(0).forEach((watch) => watch.close());

describe('PauseWatch', () => {
  afterEach(close);

  it('reports a pause once', async () => {
    const machine = new Machine();
    const watch = machine.watch();
    await watch.check();
    machine.runs(2300);
    machine.isPaused(5000);
    machine.runs(2700);
    await watch.check();
    assert.deepEqual(machine.pauses, [5]);
    machine.runs(5000);
    await watch.check();
    assert.deepEqual(machine.pauses, [5]);
  });

  it('reports each pause of more than 2.1 s, a shorter one perhaps, and none where there was none', async () => {
    const ms = (max: number, min = 0) => fc.integer({ min, max });
    const pause = fc.oneof(fc.constant(0), ms(2100), ms(100_000, 2101));
    const rounds = fc.array(fc.tuple(ms(20_000), pause, ms(20_000)), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(ms(999), rounds, async (start, turns) => {
        const machine = new Machine(1_700_000_000_000 + start);
        const watch = machine.watch();
        await watch.check();
        for (const [before, paused, after] of turns) {
          machine.pauses.length = 0;
          machine.runs(before);
          machine.isPaused(paused);
          machine.runs(after);
          await watch.check();
          const reports = machine.pauses.length;
          assert.ok(reports <= (paused > 0 ? 1 : 0) && reports >= (paused > 2100 ? 1 : 0));
          for (const seconds of machine.pauses) assert.ok(seconds >= 1 && Math.abs(seconds - paused / 1000) <= 1.5);
        }
        close();
      }),
    );
  });

  it('takes a slow read, or a loop that was busy after it, for time that passed', async () => {
    const machine = new Machine();
    const quick = machine.read;
    machine.read = async () => {
      const seconds = await quick();
      machine.runs(30_000);
      return seconds;
    };
    const watch = machine.watch();
    await watch.check();
    machine.read = quick;
    await watch.check();
    assert.deepEqual(machine.pauses, []);
  });

  it('reports a pause that comes while the program that loads holds the loop', async () => {
    const machine = new Machine();
    const watch = machine.watch();
    machine.runs(1000);
    machine.isPaused(2200);
    machine.runs(1000);
    await watch.check();
    assert.deepEqual(machine.pauses, [2]);
  });

  it('does not take clocks of slightly different rates for a pause', async () => {
    for (let phase = 0; phase < 1000; phase += 7) {
      const machine = new Machine(1_700_000_000_000 + phase);
      const watch = machine.watch();
      await watch.check();
      machine.runs(5000);
      machine.isPaused(50);
      await watch.check();
      assert.deepEqual(machine.pauses, [], `phase ${phase} ms`);
    }
  });

  it('does not report an RTC that was set back', async () => {
    const machine = new Machine();
    const watch = machine.watch();
    await watch.check();
    machine.isPaused(-7_200_000);
    await watch.check();
    machine.runs(5000);
    await watch.check();
    assert.deepEqual(machine.pauses, []);
  });

  it('does nothing without an RTC, and finds a pause across a read that failed', async () => {
    const machine = new Machine();
    const working = machine.readNow;
    machine.readNow = () => {
      throw new Error('ENOENT');
    };
    const watch = machine.watch();
    await watch.check();
    machine.isPaused(9000);
    await watch.check();
    assert.deepEqual(machine.pauses, []);
    machine.readNow = working;
    await watch.check();
    machine.readNow = () => Number.NaN;
    await watch.check();
    machine.readNow = working;
    machine.isPaused(9000);
    await watch.check();
    assert.deepEqual(machine.pauses, [9]);
  });

  it('looks by itself, now and on its timer', async () => {
    const machine = new Machine();
    machine.watch(1);
    await until(() => machine.reads > 1);
    machine.isPaused(4000);
    await until(() => machine.pauses.length > 0);
    assert.deepEqual(machine.pauses, [4]);
  });

  it('looks one after the other', async () => {
    const machine = new Machine();
    const working = machine.read;
    let reading = 0;
    machine.read = async () => {
      assert.equal(++reading, 1);
      await new Promise((resolve) => setImmediate(resolve));
      reading--;
      return working();
    };
    const watch = machine.watch();
    await Promise.all([watch.check(), watch.check()]);
    machine.isPaused(3000);
    await Promise.all([watch.check(), watch.check()]);
    assert.equal(machine.reads, 5);
    assert.deepEqual(machine.pauses, [3]);
  });

  it('reports nothing once closed, not even what is being read', async () => {
    const machine = new Machine();
    const watch = machine.watch();
    await watch.check();
    machine.isPaused(4000);
    const checking = watch.check();
    watch.close();
    watch.close();
    await checking;
    assert.deepEqual(machine.pauses, []);
  });
});
