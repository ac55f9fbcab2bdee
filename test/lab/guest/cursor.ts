/**
 * Shows, moves and hides the hardware cursor over a picture, and prints what the
 * kernel says of both planes after each step; then does so beside a flip loop.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { DrmNode } from '../../../src/device/index.js';
import { clientCapability, getPlanes, getProperties, setClientCapability } from '../../../src/ffi/index.js';
import { commitFlag } from '../../../src/native/index.js';
import { propertyId } from '../../../src/kms/atomic.js';
import { Cursor } from '../../../src/kms/cursor.js';
import { GpuPair } from '../../../src/gpus/index.js';
import { chooseMode } from '../../../src/kms/index.js';
import { parseHeadOptions } from '../../../src/head/options.js';
import { claim } from '../../../src/head/claim.js';
import { openBufferSet } from '../../../src/head/buffer-set.js';
import { held } from './held.js';
import { showPicture } from './show-picture.js';

const flipsWanted = 60;
const opened = await GpuPair.open();
const claimed = claim(opened, undefined);
const { native, pipe, modeset } = claimed;
const { node: display, device } = claimed.display;
const { crtc, plane } = pipe;
const mode = chooseMode(pipe.connector, undefined);
const { buffers, owner } = await openBufferSet(claimed, mode, ['import'], parseHeadOptions({}));
const debug = `/sys/kernel/debug/dri/${/\d+$/.exec(display.path)?.[0] ?? ''}`;

/** By another open file, which asks for hidden planes; the cursor's own must not need to. */
function cursorPlane(): number {
  const node = DrmNode.open(display.path);
  setClientCapability(node.fd, clientCapability.atomic, 1);
  setClientCapability(node.fd, clientCapability.cursorPlaneHotspot, 1);
  const found = getPlanes(node.fd).find((id) => {
    const type = getProperties(node.fd, id, 'plane').get('type');
    return type !== undefined && type.value === type.enums.get('Cursor');
  });
  node.close();
  if (found === undefined) throw new Error('the display has no cursor plane');
  return found;
}

const cursorId = cursorPlane();

function stateOf(id: number): { fb: number; position: string } {
  const all = readFileSync(`${debug}/state`, 'utf8');
  const block = all.split(/^(?=\S)/m).find((text) => text.startsWith(`plane[${id}]`)) ?? '';
  return { fb: Number(/\tfb=(\d+)/.exec(block)?.[1]), position: /crtc-pos=(\S+)/.exec(block)?.[1] ?? '' };
}

const steps: { step: string; cursor: ReturnType<typeof stateOf>; primary: number }[] = [];
function step(name: string, change: () => void): void {
  change();
  steps.push({ step: name, cursor: stateOf(cursorId), primary: stateOf(plane).fb });
}

let flipPending = false;
if (buffers[0] !== undefined) showPicture({ node: display, device, pipe, modeset }, mode, buffers[0].framebuffer);
const open = () => Cursor.open({ native, display, crtc, hasToWait: () => flipPending });
const cursor = open();
const white = new Uint32Array(64 * 64).fill(0xffffffff);
const red = new Uint32Array(64 * 64).fill(0x80800000);

step('opened', () => undefined);
step('moved', () => {
  cursor.move(100, 50);
});
step('shown', () => {
  cursor.setImage(white, { x: 3, y: 4 });
});
step('moved out', () => {
  cursor.move(0, 0);
});
step('other image', () => {
  cursor.setImage(red, { x: 0, y: 0 });
});
step('hidden', () => {
  cursor.hide();
});
step('shown again', () => {
  cursor.setImage(white, { x: 0, y: 0 });
});
flipPending = true;
step('moved during a flip', () => {
  cursor.move(7, 8);
});
flipPending = false;
step('after the flip', () => {
  cursor.apply();
});

/** Moves and draws several times a refresh, and applies the newest at each flip. */
async function besideFlips(): Promise<{ flips: number; refused: number[]; lastPosition: string }> {
  let flips = 0;
  const refused: number[] = [];
  const commit = () => {
    const result = scanout.commit((flips + 1) % buffers.length, -1, flags, false);
    if (result < 0) refused.push(result);
    flipPending = result === 0;
  };
  const flags = commitFlag.nonblock | commitFlag.pageFlipEvent;
  const fbId = propertyId(display, 'plane', plane, 'FB_ID');
  const scanout = device.createScanout(
    { crtc, plane, fbId, inFenceFd: 0, outFencePtr: 0, fbDamageClips: 0 },
    {
      flip: () => {
        flips++;
        flipPending = false;
        cursor.apply();
        if (flips < flipsWanted) commit();
      },
      fence: () => undefined,
      error: (error) => {
        throw error;
      },
    },
  );
  buffers.forEach((buffer, slot) => {
    scanout.attach(slot, buffer.framebuffer, buffer.dmabufFd);
  });
  scanout.setCurrent(0);
  commit();
  for (let x = 1; flips < flipsWanted && refused.length === 0; x++) {
    cursor.move(x, x);
    if (x % 5 === 0) cursor.setImage(x % 10 === 0 ? red : white, { x: 0, y: 0 });
    await sleep(3);
  }
  cursor.move(200, 100);
  const lastPosition = stateOf(cursorId).position;
  scanout.close();
  return { flips, refused, lastPosition };
}

const loop = await besideFlips();
step('closed', () => {
  cursor.close();
});
const before = held();
for (let i = 0; i < 5; i++) {
  const another = open();
  for (const image of [white, red, white]) another.setImage(image, { x: 0, y: 0 });
  another.close();
}
console.log(JSON.stringify({ steps, loop, before, after: held() }));
owner.close();
opened.close();
