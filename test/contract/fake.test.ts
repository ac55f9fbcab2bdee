import { setImmediate as turn } from 'node:timers/promises';
import { FakeDevice } from '../../src/testing/index.js';
import { scanoutContract, type HandlerCall } from './scanout.js';

scanoutContract('fake', () => {
  const calls: HandlerCall[] = [];
  const device = new FakeDevice();
  const scanout = device.createScanout(
    { crtc: 1, plane: 2, fbId: 3, inFenceFd: 4, outFencePtr: 5, fbDamageClips: 6 },
    {
      flip: (slot, sequence, timestampNs) => calls.push({ kind: 'flip', slot, sequence, timestampNs }),
      fence: (slot) => calls.push({ kind: 'fence', slot }),
      error: (error) => {
        throw error;
      },
    },
  );
  for (let slot = 0; slot < 4; slot++) scanout.attach(slot, 100 + slot, -1);
  scanout.setCurrent(0);
  const settle = () => {
    if (!scanout.closed) scanout.flip();
    return turn();
  };
  const close = () => {
    device.close();
  };
  return { device, scanout, calls, settle, close };
});
