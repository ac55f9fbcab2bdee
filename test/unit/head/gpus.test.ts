import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Gpus } from '../../../src/head/gpus.js';

/** The compiler refuses a member that is missing here, and one that is none. */
const members: Record<keyof Gpus, true> = {
  changes$: true,
  faults$: true,
  openGl: true,
  openSyncDevice: true,
  openHead: true,
  render: true,
  display: true,
  connectors: true,
  connectors$: true,
  formats: true,
  pause: true,
  resume: true,
  renewDisplay: true,
  checkPause: true,
  close: true,
};

describe('a pair of GPUs', () => {
  it('shows its users nothing of what its heads share', () => {
    const found = Object.getOwnPropertyNames(Gpus.prototype).filter((name) => name !== 'constructor');
    assert.deepEqual(found.sort(), Object.keys(members).sort());
  });
});
