import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Display } from '../../../src/index.js';

/** The compiler refuses a member that is missing here, and one that is none. */
const members: Record<keyof Display, true> = {
  changes$: true,
  faults$: true,
  connectors: true,
  checkPause: true,
  close: true,
};

describe('a display', () => {
  it('shows its users nothing of what its heads share', () => {
    const found = Object.getOwnPropertyNames(Display.prototype).filter((name) => name !== 'constructor');
    assert.deepEqual(found.sort(), Object.keys(members).sort());
  });
});
