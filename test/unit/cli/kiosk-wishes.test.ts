/** What words of the command line come to when a kiosk is opened. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { kioskWishes } from '../../../src/cli/kiosk-wishes.js';
import type { KioskOptions } from '../../../src/cli/kiosk-options.js';

const wishes = (options: KioskOptions) => kioskWishes({ connectors: ['auto'], appIds: {} }, options, undefined);

describe('a kiosk’s wishes', () => {
  it('name all input devices, none, or those that were named', () => {
    const input = (word?: string) => wishes({ input: word }).input;
    assert.deepEqual([input(), input('all'), input('none')], [undefined, 'all', 'none']);
    assert.deepEqual(input('/dev/input/event3,/dev/input/event4'), ['/dev/input/event3', '/dev/input/event4']);
  });

  it('have each tablet on its head, and refuse what names no head', () => {
    assert.deepEqual(wishes({ touch: ['/dev/input/event3=Virtual-2', '00:05.0=Virtual-1'] }).touch, [
      { device: '/dev/input/event3', connector: 'Virtual-2' },
      { device: '00:05.0', connector: 'Virtual-1' },
    ]);
    assert.throws(() => wishes({ touch: ['Virtual-2'] }), { code: 'ERR_USAGE', advice: /PCI address/ });
  });

  it('are the options that go on as they are', () => {
    const given = {
      reopen: true,
      wait: true,
      mode: '640x480',
      path: 'copy',
      buffers: 3,
      draw: 'cpu',
      scale: 2,
    } as const;
    const { reopen, wait, mode, path, buffers, draw, scale, rotation } = wishes({ ...given, rotate: '90' });
    assert.deepEqual({ reopen, wait, mode, path, buffers, draw, scale }, given);
    assert.equal(rotation, 90);
  });
});
