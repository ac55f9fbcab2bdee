/** GL on the lab's render GPU, vgem with llvmpipe: all that is drawn into, and most that is drawn from, is a dma-buf. One guest, one script. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Lab } from '../../src/lab/index.js';
import type { GlInfo } from '../../src/native/index.js';
import { lastJson, script } from '../support/lab.js';
import type { DriverAhead } from './guest/driver-ahead.js';
import type { YuvSeen } from './guest/gl-yuv.js';
import type { Held } from './guest/held.js';

interface Refused {
  readonly code: string;
  readonly advice: string;
  readonly message: string;
}

/** What test/lab/guest/gl.ts prints. */
interface Seen {
  readonly info: Omit<GlInfo, 'formats'>;
  readonly targets: string;
  readonly listed: readonly number[];
  readonly combinations: { readonly tried: number; readonly wrong: readonly string[] };
  readonly aged: { readonly ages: readonly number[]; readonly wrong: readonly string[] };
  readonly yuv: readonly YuvSeen[];
  readonly refused: Readonly<Record<string, Refused>>;
  readonly late: {
    readonly callMs: number;
    readonly turns: number;
    readonly drawnBeforeSignal: boolean;
    readonly waitMs: number;
    readonly level: number;
  };
  readonly before: Held;
  readonly after: Held;
}

let lab: Lab;
let seen: Seen;
before(async () => {
  lab = await Lab.boot();
  seen = lastJson<Seen>(await lab.run(script('test/lab/guest/gl.ts')));
});
after(async () => {
  await lab.close();
});

it('draws by llvmpipe into dma-bufs that it has imported', () => {
  assert.match(seen.info.renderer, /llvmpipe/);
  assert.equal(seen.info.platform, 'gbm');
  assert.equal(seen.targets, 'dma-bufs');
});

it('draws transforms, filters, alpha and opacities as the reference does', () => {
  assert.ok(seen.combinations.tried >= 29);
  assert.deepEqual(seen.combinations.wrong, []);
});

it('draws buffers of every age as a full redraw does', () => {
  for (const age of [0, 1, 2, 3, 4]) assert.ok(seen.aged.ages.includes(age), `age ${age}: ${seen.aged.ages.join(' ')}`);
  assert.deepEqual(seen.aged.wrong, []);
});

describe('YUV', () => {
  const drawn = (pattern: RegExp) => {
    const chosen = seen.yuv.filter(({ name }) => pattern.test(name));
    for (const { name, code } of chosen) assert.equal(code, undefined, `${name}: ${code}`);
    return chosen;
  };

  it('of one plane is drawn within two levels', () => {
    const packed = drawn(/^YUYV/);
    assert.equal(packed.length, 2);
    for (const { name, least } of packed) assert.ok(least! <= 2, `${name}: ${least} levels off`);
  });

  it('of two planes is drawn by its colour space and range, within two levels', (test) => {
    const planar = drawn(/^(NV12|P010)/);
    assert.equal(planar.length, 6 + 2);
    // Also by the plainest of shaders; and it takes no notice of what YUYV’s colour space and range are told to be.
    const { renderer, glVersion } = seen.info;
    if (renderer.includes('llvmpipe') && glVersion.includes('Mesa 22.')) {
      test.skip(
        `${renderer}, ${glVersion}, paints the texture’s coordinates: another driver, or a newer Mesa, is needed`,
      );
      return;
    }
    for (const { name, off } of planar) assert.ok(off! <= 2, `${name}: ${off} levels off`);
  });

  it('is no target, and no channel of an effect', () => {
    assert.equal(seen.refused['yuvTarget']?.code, 'ERR_UNSUPPORTED');
    assert.equal(seen.refused['yuvChannel']?.code, 'ERR_UNSUPPORTED');
    assert.match(seen.refused['yuvChannel'].message, /YUV/);
  });
});

describe('a dma-buf', () => {
  for (const [what, name, code] of [
    ['of a format that the driver does not take', 'format', 'ERR_IMPORT_REFUSED'],
    ['with a modifier that it does not take', 'modifier', 'ERR_UNSUPPORTED'],
    ['that is none', 'noDmabuf', 'ERR_IMPORT_REFUSED'],
  ] as const)
    it(`${what} is refused with advice`, () => {
      const { [name]: refused } = seen.refused;
      assert.equal(refused?.code, code, refused?.message);
      assert.notEqual(refused.advice, '');
    });

  it('whose layout ends outside of it is refused before a driver reads there', () => {
    assert.equal(seen.refused['tooSmall']?.code, 'ERR_USAGE', seen.refused['tooSmall']?.message);
    assert.match(seen.refused['tooSmall'].message, /ends at byte/);
    assert.equal(seen.refused['shortRows']?.code, 'ERR_USAGE');
  });

  it('that is closed is ERR_SYSTEM with EBADF', () => {
    assert.equal(seen.refused['closed']?.code, 'ERR_SYSTEM');
    assert.match(seen.refused['closed'].message, /EBADF/);
  });

  it('is taken with the linear modifier', () => assert.equal(seen.refused['linear']?.code, 'none'));

  it('that a frame has, and the GPU refuses, is told of to whoever draws into it', () => {
    assert.equal(seen.refused['refusedMemory']?.code, 'ERR_IMPORT_REFUSED', seen.refused['refusedMemory']?.message);
  });

  it('of another device is refused in each use: this renderer cannot map it, and crashes', () => {
    for (const use of ['foreignDmabuf', 'foreignTarget', 'foreignPicture', 'foreignPixels']) {
      const { [use]: refused } = seen.refused;
      assert.equal(refused?.code, 'ERR_UNSUPPORTED', `${use}: ${refused?.message}`);
      assert.match(refused.message, /another device/);
      assert.match(refused.advice, /own node: draw on the path import or copy/);
    }
  });

  it('leaves no descriptor and no buffer when it goes', () => {
    const { before, after } = seen;
    assert.ok(before.fds > 3);
    const less = Math.max(0, before.fds - after.fds); // Node closes one of its own now and then
    assert.deepEqual({ ...after, fds: after.fds + less }, before);
  });
});

it('an acquire fence that is late holds the drawing and not the loop', () => {
  const { drawnBeforeSignal, turns, waitMs, level } = seen.late;
  assert.equal(drawnBeforeSignal, false);
  assert.ok(turns > 5, `the loop turned ${turns} times`);
  if (!seen.info.nativeFence) assert.ok(waitMs > 0, 'the thread waits, where the driver cannot');
  assert.ok(level > 0, 'and then it is drawn');
});

describe('the driver that is loaded ahead', () => {
  const loaded = async (env: Record<string, string> = {}) =>
    lastJson<DriverAhead>(await lab.run(script('test/lab/guest/driver-ahead.ts'), { env }));

  it('is the one that the GPU is opened with, once, and by one thread', async () => {
    const { threads, ahead, opened } = await loaded();
    assert.deepEqual(threads, [1, 0]);
    assert.ok(ahead.length >= 2, 'LLVM, and the drivers in one file');
    assert.deepEqual(opened, ahead);
  });

  it('is none where another one is asked for', async () => {
    for (const name of ['LIBGL_DRIVERS_PATH', 'GBM_BACKENDS_PATH'])
      assert.deepEqual((await loaded({ [name]: '/usr/lib/x86_64-linux-gnu/dri' })).threads, [0, 0], name);
  });
});
