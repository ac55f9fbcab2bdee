import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HeadController, type ControllerParts } from '../../../src/head/controller.js';
import { parseHeadOptions } from '../../../src/head/options.js';

type Constructed = ConstructorParameters<typeof HeadController>;

/** A head of which only what a pause touches is there: its pair, and the run of its flips. */
class PausedHead {
  /** What was done to the run, in order. */
  readonly done: string[] = [];
  readonly pair = { paused: false, reopens: true };
  readonly controller: HeadController;
  looks = 0;

  constructor() {
    const run = { running: true, start: () => this.done.push('start'), pause: () => this.done.push('pause') };
    const stream = { run, fail: (error: unknown) => assert.fail(String(error)) };
    const report = (fault: Error) => assert.fail(fault);
    const options = parseHeadOptions({ onResize: 'keep' });
    const parts = { pair: this.#watched(), options, stream, report } as unknown as ControllerParts;
    const claim = { pipe: { connector: { id: 1 } } } as unknown as Constructed[1];
    this.controller = new HeadController(parts, claim, { mode: {} } as unknown as Constructed[2]);
  }

  pause(): void {
    this.pair.paused = true;
    this.controller.onChange({ kind: 'paused' });
  }

  resume(): void {
    this.pair.paused = false;
    this.controller.onChange({ kind: 'resumed' });
  }

  /** Counts how often a connector is looked at. */
  #watched(): object {
    const look = () => {
      this.looks++;
      return { display: { node: {} } };
    };
    return Object.defineProperty(this.pair, 'gpus', { get: look });
  }
}

describe('a head whose pair of GPUs is paused', () => {
  it('stops its flips, and starts none, until it is resumed', () => {
    const head = new PausedHead();
    head.pause();
    assert.equal(head.controller.start(), false);
    assert.deepEqual(head.done, ['pause']);
    head.resume();
    assert.deepEqual(head.done, ['pause', 'start']);
  });

  it('looks at its connector when it is resumed, and not before', async () => {
    const head = new PausedHead();
    head.pause();
    for (let i = 0; i < 3; i++) head.controller.onChange({ kind: 'hotplug' });
    await head.controller.upgrade();
    assert.equal(head.looks, 0);
    head.resume();
    await new Promise(setImmediate);
    assert.equal(head.looks, 1);
  });
});
