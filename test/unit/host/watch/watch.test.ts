/** The listener against a peer of the tests' own, over real sockets and real D-Bus. */
import assert from 'node:assert/strict';
import { closeSync, ftruncateSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, describe, it } from 'node:test';
import { openWatch, type Watch, type WatchOptions } from '../../../../src/host/watch/watch.js';
import { Judging, PngFile } from '../../../../src/sinks/index.js';
import { openQmp } from '../../../../src/qmp/index.js';
import { openDescriptors } from '../../../addon/support/descriptors.js';
import { QemuDisplay, type DisplayFacts } from '../../../support/qemu-display.js';
import { drawn } from '../../render/pictures.js';
import { PNG } from 'pngjs';

const xrgb = 0x20020888;
const [width, height] = [65, 40];

const folder = mkdtempSync(join(tmpdir(), 'guesthead-watch-'));
after(() => {
  rmSync(folder, { recursive: true });
});

const opened: { close(): void }[] = [];
afterEach(() => {
  for (const each of opened.splice(0)) each.close();
});

async function watching(
  facts: DisplayFacts = {},
  options: Partial<WatchOptions> = {},
): Promise<{ display: QemuDisplay; watch: Watch }> {
  const display = new QemuDisplay(facts);
  opened.push(display);
  const watch = await openWatch({ qmp: '/made/up', native: display.native, ...options });
  opened.push(watch);
  return { display, watch };
}

/** A frame of the counter pattern, and the bytes of a row. */
function counter(frame: number, padding = 3): { bytes: Uint8Array; stride: number } {
  const { pixels, stridePixels: stride } = drawn('counter', { width, height, padding }, frame);
  return { bytes: new Uint8Array(pixels.buffer), stride: stride * 4 };
}

const scanout = (frame: number) => {
  const { bytes, stride } = counter(frame);
  return ['Scanout', 'uuuuay', [width, height, stride, xrgb, bytes]] as const;
};

describe('host watch', () => {
  it('tells QEMU what it takes, and shows the picture that comes', async () => {
    const judging = new Judging(2);
    const { display, watch } = await watching({}, { onUpdate: (screen) => judging.update(screen) });
    await display.call(...scanout(7));
    assert.deepEqual(display.interfaces, [
      'org.qemu.Display1.Listener.Unix.Map',
      'org.qemu.Display1.Listener.Unix.ScanoutDMABUF2',
    ]);
    assert.deepEqual([...watch.screen.transports], ['pictures']);
    assert.deepEqual(judging.facts()['judge'], {
      ...{ judged: 1, exact: 1, torn: 0, before: 0, passedOver: 0 },
      ...{ lastFrame: 7, wrong: null },
    });
  });

  it('puts parts where they belong, and finds a wrong one', async () => {
    const { display, watch } = await watching();
    await display.call(...scanout(7));
    const next = counter(8, 0);
    const half = 20 * next.stride;
    const part = (y: number, bytes: Uint8Array) => [0, y, width, 20, next.stride, xrgb, bytes] as const;
    await display.call('Update', 'iiiiuuay', part(0, next.bytes.slice(0, half)));
    const torn = new Judging();
    torn.update(watch.screen);
    assert.match(
      torn.reasons()[0] ?? '',
      /1 of 1 pictures are not exact: picture 1 shows frame 8, which differs.*torn/,
    );
    await display.call('Update', 'iiiiuuay', part(20, next.bytes.slice(half)));
    const whole = new Judging();
    whole.update(watch.screen);
    assert.deepEqual(whole.reasons(), []);
    assert.equal(watch.screen.updates, 3);
  });

  it('follows a size that only the parts tell of', async () => {
    const { display, watch } = await watching();
    await display.call(...scanout(7));
    await display.call('Update', 'iiiiuuay', [60, 30, 20, 20, 80, xrgb, new Uint8Array(1600).fill(0x40)]);
    const capture = watch.screen.capture();
    assert.deepEqual([capture?.width, capture?.height, watch.screen.resizes], [80, 50, 1]);
    assert.deepEqual(capture?.rgb.slice(-3), Uint8Array.of(0x40, 0x40, 0x40));
  });

  it('saves the picture as a PNG that others read', async () => {
    const path = join(folder, 'a.png');
    const sink = new PngFile(path);
    const { display } = await watching({}, { onUpdate: (screen) => sink.update(screen) });
    const { bytes } = counter(7);
    await display.call(...scanout(7));
    await sink.done;
    await sink.end();
    assert.deepEqual([sink.facts(), sink.reasons()], [{ png: { file: path, width, height } }, []]);
    const image = PNG.sync.read(readFileSync(path));
    assert.deepEqual([image.width, image.height], [width, height]);
    const at = 4 * (20 * width + 30);
    const source = 4 * (20 * (width + 3) + 30);
    assert.deepEqual([...image.data.subarray(at, at + 3)], [bytes[source + 2], bytes[source + 1], bytes[source]]);
  });

  it('reads shared memory anew at each change, and never a file that became too short', async () => {
    const { display, watch } = await watching();
    const path = join(folder, 'memory');
    const first = counter(1);
    writeFileSync(path, Buffer.concat([Buffer.alloc(100), first.bytes]));
    const fd = openSync(path, 'r+');
    opened.push({ close: () => closeSync(fd) });
    await display.call('Unix.Map.ScanoutMap', 'huuuuu', [fd, 100, width, height, first.stride, xrgb]);
    writeFileSync(path, Buffer.concat([Buffer.alloc(100), counter(2).bytes]));
    await display.call('Unix.Map.UpdateMap', 'iiii', [0, 0, width, height]);
    const judging = new Judging();
    judging.update(watch.screen);
    assert.equal((judging.facts()['judge'] as { lastFrame: number }).lastFrame, 2);
    assert.deepEqual([judging.reasons(), [...watch.screen.transports]], [[], ['shared memory']]);
    ftruncateSync(fd, 1000);
    assert.throws(() => watch.screen.capture(), { code: 'ERR_QEMU', message: /has become shorter/ });
  });

  it('shows nothing once the head is off, and the next picture after that', async () => {
    const { display, watch } = await watching();
    await display.call(...scanout(7));
    await display.call('Disable');
    assert.deepEqual([watch.screen.capture(), watch.screen.disabled], [undefined, 1]);
    await display.call(...scanout(8));
    assert.equal(watch.screen.capture()?.width, width);
  });

  it('knows the pointer that the guest set', async () => {
    const { display, watch } = await watching();
    await display.call('CursorDefine', 'iiiiay', [4, 2, 1, 0, new Uint8Array(32)]);
    assert.deepEqual(watch.screen.cursor, { width: 4, height: 2, hotX: 1, hotY: 0 });
  });

  it('finds the head that was asked for, or says which there are', async () => {
    const heads = [
      [64, 32],
      [800, 600],
    ] as const;
    const { watch } = await watching({ heads }, { head: 1 });
    assert.deepEqual([watch.console.head, watch.console.width], [1, 800]);
    await assert.rejects(watching({ heads }, { head: 3 }), { code: 'ERR_QEMU', advice: /heads are 0, 1/ });
  });
});

describe('host watch refuses', () => {
  const bytes = new Uint8Array(100);
  const device = openSync('/dev/null', 'r');
  after(() => closeSync(device));
  for (const [what, call, message] of [
    [
      'less data than a picture has',
      ['Scanout', 'uuuuay', [64, 32, 256, xrgb, bytes]],
      /100 bytes for a picture of 8192/,
    ],
    ['a stride below the width', ['Scanout', 'uuuuay', [64, 32, 255, xrgb, bytes]], /stride of 255 bytes for 64/],
    ['a size that overflows', ['Scanout', 'uuuuay', [0xffffffff, 0xffffffff, 4, xrgb, bytes]], /4294967295x4294967295/],
    ['no size', ['Scanout', 'uuuuay', [0, 32, 256, xrgb, bytes]], /picture of 0x32/],
    ['an unknown format', ['Scanout', 'uuuuay', [4, 4, 16, 0x10020565, bytes]], /format 0x10020565 of pixman/],
    ['a part before any picture', ['Update', 'iiiiuuay', [0, 0, 1, 1, 4, xrgb, bytes]], /has not told of/],
    ['another signature', ['Scanout', 'uuuu', [4, 4, 16, xrgb]], /Scanout with "uuuu"/],
    ['memory that is shorter', ['Unix.Map.ScanoutMap', 'huuuuu', [device, 0, 64, 32, 256, xrgb]], /0 bytes for/],
    [
      'a buffer that is shorter',
      ['ScanoutDMABUF', 'huuuutb', [device, 64, 32, 256, 0x34325258, 0n, false]],
      /0 bytes for/,
    ],
    ['a tiled buffer', ['ScanoutDMABUF', 'huuuutb', [device, 64, 32, 256, 0x34325258, 1n, false]], /not linear/],
    ['a method that there is not', ['Explode', '', []], /no such method/],
  ] as const)
    it(what, async () => {
      const { display, watch } = await watching();
      await assert.rejects(display.call(call[0], call[1], call[2]), { code: 'ERR_QEMU', message });
      assert.equal(watch.screen.capture(), undefined);
      await display.call(...scanout(7)); // it goes on
      assert.equal(watch.screen.capture()?.width, width);
    });

  it('a part outside of what a picture can be', async () => {
    const { display, watch } = await watching();
    await display.call(...scanout(7));
    for (const [x, y] of [
      [-1, 0],
      [16_384, 0],
      [0, 2 ** 31 - 1],
    ] as const)
      await assert.rejects(display.call('Update', 'iiiiuuay', [x, y, 1, 1, 4, xrgb, bytes]), { code: 'ERR_QEMU' });
    assert.deepEqual([watch.screen.capture()?.width, watch.screen.refused], [width, 3]);
  });
});

/** A socket of Node's closes in a later turn. */
async function openOnceClosed(): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, 50));
  return openDescriptors();
}

describe('host watch ends', () => {
  it('with what a hang-up can mean, and leaves no descriptor', async () => {
    const before = await openOnceClosed();
    const { display, watch } = await watching();
    await display.call(...scanout(7));
    display.close();
    assert.match(await watch.ended, /hung up: it has ended, or another listener/);
    watch.close();
    watch.close();
    assert.equal(await openOnceClosed(), before);
  });

  it('before it begins where QEMU has no such display, with the option and the packages', async () => {
    const before = await openOnceClosed();
    await assert.rejects(watching({ refusal: 'D-Bus display is not in use' }), {
      code: 'ERR_QEMU',
      message: /not in use/,
      advice: /-display dbus,p2p=on.*qemu-system-modules-opengl.*qemu-ui-dbus/,
    });
    for (const each of opened.splice(0)) each.close();
    assert.equal(await openOnceClosed(), before);
  });

  it('before it begins where QEMU talks to another client', async () => {
    const display = new QemuDisplay({ silent: true });
    opened.push(display);
    await assert.rejects(openQmp('/made/up', display.native, 50), {
      code: 'ERR_QEMU',
      message: /says nothing for 0\.05 s/,
      advice: /one client at a time/,
    });
  });

  it('before it begins where the library is missing, with its package', async () => {
    const before = await openOnceClosed();
    const display = new QemuDisplay();
    opened.push(display);
    const openBusPeer = () => {
      throw Object.assign(new Error('libelogind.so.0: cannot open'), { code: 'ERR_LIBRARY_MISSING' });
    };
    const native = new Proxy(display.native, {
      get: (target, name) => (name === 'openBusPeer' ? openBusPeer : (Reflect.get(target, name) as unknown)),
    });
    await assert.rejects(openWatch({ qmp: '/made/up', native }), {
      code: 'ERR_LIBRARY_MISSING',
      message: /needs libsystemd\.so\.0.*cannot open/,
      advice: /libsystemd0|systemd/,
    });
    for (const each of opened.splice(0)) each.close();
    assert.equal(await openOnceClosed(), before);
  });

  it('before it begins where nobody listens', async () => {
    await assert.rejects(openWatch({ qmp: join(folder, 'none') }), {
      code: 'ERR_QEMU',
      message: /does not listen there: ENOENT/,
      advice: /-qmp unix:.*server=on,wait=off/,
    });
  });
});
