/** A kiosk of which a part cannot be made, on the real libwayland and a fake machine. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { KioskAddon } from '../../src/kiosk/composition.js';
import { Kiosk } from '../../src/kiosk/index.js';
import { HeadOnFake } from '../support/fake-head.js';
import { native } from './support/addon.js';

describe('a kiosk that is half made', () => {
  it('closes its server where a part that is made after that fails', async () => {
    const on = await HeadOnFake.open();
    let open = 0;
    const addon: KioskAddon = {
      ...native,
      openWayland: (...given) => {
        const server = native.openWayland(...given);
        const close = server.close.bind(server);
        open++;
        server.close = () => {
          open--;
          close();
        };
        return server;
      },
    };
    const cursor = {
      get theme(): never {
        assert.equal(open, 1);
        throw new Error('no theme');
      },
    };
    assert.throws(() => new Kiosk(on.head, addon, { cursor }), /no theme/);
    assert.equal(open, 0);
    await on.head.close();
  });
});
