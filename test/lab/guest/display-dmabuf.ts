/**
 * A peer of the tests' own hands real udmabufs to a listener, as QEMU does with gl=on: prints what was judged, when each change
 * was answered at each pace, and what is still open at the end.
 */
import { closeSync } from 'node:fs';
import { openWatch, type Watch, type WatchOptions } from '../../../src/host/watch/watch.js';
import { access, loadNative } from '../../../src/native/index.js';
import { createPattern } from '../../../src/render/index.js';
import { Judging } from '../../../src/sinks/index.js';
import { QemuDisplay } from '../../support/qemu-display.js';
import { held } from './held.js';

const native = loadNative();
const [width, height, stride] = [1280, 720, 1344 * 4];
const xrgb = 0x34325258;
const counter = createPattern('counter');

/** A frame of the pattern in a udmabuf of its own, `offset` bytes into it. */
function drawn(frame: number, offset: number): number {
  const fd = native.createUdmabuf(offset + stride * height);
  const mapping = native.mapDmabuf(fd, offset + stride * height, access.write);
  mapping.beginAccess(access.write);
  const pixels = new Uint32Array(mapping.buffer, offset, (stride / 4) * height);
  counter.draw({ width, height, stridePixels: stride / 4, pixels }, frame, 0);
  mapping.endAccess(access.write);
  mapping.close();
  return fd;
}

async function watching<T>(
  options: Omit<WatchOptions, 'qmp'>,
  use: (display: QemuDisplay, watch: Watch) => Promise<T>,
): Promise<T> {
  const display = new QemuDisplay({ heads: [[width, height]] });
  const watch = await openWatch({ qmp: 'the test', native: display.native, ...options });
  try {
    return await use(display, watch);
  } finally {
    watch.close();
    display.close();
  }
}

async function show(display: QemuDisplay, frame: number): Promise<void> {
  const offset = frame % 2 === 0 ? 0 : 4096;
  const fd = drawn(frame, offset);
  if (offset === 0)
    await display.call('ScanoutDMABUF', 'huuuutb', [fd, width, height, stride, xrgb, 0x00ff_ffff_ffff_ffffn, false]);
  else
    await display.call('Unix.ScanoutDMABUF2.ScanoutDMABUF2', 'ahuuuuauauuuuutb', [
      ...[[fd], 0, 0, width, height, [offset], [stride], 1, xrgb],
      ...[width, height, 0n, false],
    ]);
  closeSync(fd);
}

/** Frames through buffers of both kinds of call. */
async function judged(frames: number) {
  const judging = new Judging();
  const onUpdate: NonNullable<WatchOptions['onUpdate']> = (screen) => judging.update(screen);
  return watching({ onUpdate }, async (display, watch) => {
    for (let frame = 1; frame <= frames; frame++) {
      await show(display, frame);
      await display.call('UpdateDMABUF', 'iiii', [0, 0, width, height]);
    }
    const { transports, refused, fault } = watch.screen;
    return { ...judging.facts(), transports: [...transports], refused, fault, answers: watch.answers.given };
  });
}

/** Ms from the first call to each answer, where each change is told when the one before was answered. */
function answered(pace: NonNullable<WatchOptions['pace']>, changes: number, pauseMs = 0): Promise<number[]> {
  return watching({ pace }, async (display) => {
    await show(display, 2);
    const start = performance.now();
    const times: number[] = [];
    for (let change = 0; change < changes; change++) {
      await display.call('UpdateDMABUF', 'iiii', [0, 0, width, height]);
      times.push(performance.now() - start);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
    return times;
  });
}

await judged(1); // what is loaded once stays
const before = held();
const result = {
  judged: await judged(6),
  hz: await answered({ hz: 20 }, 5),
  late: await answered({ lateMs: 60 }, 3),
  stall: await answered({ stallMs: 800 }, 2, 1_100),
};
await new Promise((resolve) => setTimeout(resolve, 50));
console.log(JSON.stringify({ ...result, before, after: held() }));
