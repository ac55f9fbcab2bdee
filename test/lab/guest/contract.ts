/** The contract suite on the real addon and the real kernel. */
import { setTimeout as sleep } from 'node:timers/promises';
import { propertyId } from '../../../src/kms/atomic.js';
import { GpuPair } from '../../../src/gpus/index.js';
import { chooseMode } from '../../../src/kms/index.js';
import { parseHeadOptions } from '../../../src/head/options.js';
import { claim } from '../../../src/head/claim.js';
import { openBufferSet } from '../../../src/head/buffer-set.js';
import { scanoutContract, type HandlerCall } from '../../contract/scanout.js';
import { showPicture } from './show-picture.js';

/** Longer than a refresh and the host's 50 ms together. */
const settleMs = 200;

scanoutContract('virtio-gpu', async () => {
  const calls: HandlerCall[] = [];
  const pair = await GpuPair.open();
  const claimed = claim(pair, undefined);
  const { pipe, modeset, display } = claimed;
  const { device } = display;
  const mode = chooseMode(pipe.connector, undefined);
  const { buffers, owner } = await openBufferSet(claimed, mode, ['import'], parseHeadOptions({}));
  const { crtc, plane } = pipe;
  const fbId = propertyId(display.node, 'plane', plane, 'FB_ID');
  const scanout = device.createScanout(
    { crtc, plane, fbId, inFenceFd: 0, outFencePtr: 0, fbDamageClips: 0 },
    {
      flip: (slot, sequence, timestampNs) => calls.push({ kind: 'flip', slot, sequence, timestampNs }),
      fence: (slot) => calls.push({ kind: 'fence', slot }),
      error: (error) => {
        throw error;
      },
    },
  );
  buffers.forEach((buffer, slot) => {
    scanout.attach(slot, buffer.framebuffer, buffer.dmabufFd);
  });
  const [first] = buffers;
  if (first) showPicture({ node: display.node, device, pipe, modeset }, mode, first.framebuffer);
  scanout.setCurrent(0);
  const close = () => {
    owner.close();
    pair.close();
  };
  return { device, scanout, calls, settle: () => sleep(settleMs), close };
});
