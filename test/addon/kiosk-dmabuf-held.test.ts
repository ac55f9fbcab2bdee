/** How much of this process a client's dma-bufs may take. */
import assert from 'node:assert/strict';
import { closeSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { KioskRig, type Window } from './support/kiosk-rig.js';

let rig: KioskRig;
let window: Window;

before(async () => {
  rig = await KioskRig.open();
  window = await rig.open();
});

after(async () => {
  window.close();
  await rig.close();
});

describe('a client that parks a thousand descriptors in zwp_linux_buffer_params_v1', () => {
  it('is ended, and they are closed', async () => {
    const { client } = window;
    const dmabuf = client.bind('zwp_linux_dmabuf_v1');
    await client.roundtrip();
    const held = () => rig.kernel.held().descriptors;
    const before = held();
    const fd = rig.kernel.createDmabuf(4096);
    for (let made = 0; made < 257 && !client.gone; made++) {
      const each = client.request(dmabuf, 'create_params');
      for (let index = 0; index < 4; index++) client.requestWith([fd], each, 'add', index, 0, 0, 0, 0);
      if (made % 16 === 0) await client.roundtrip();
    }
    await client.end();
    closeSync(fd);
    assert.match(client.error?.text ?? '', /no memory/);
    await rig.flipUntil(() => held() === before);
  });
});
