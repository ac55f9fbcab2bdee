/** No argument, however wrong, does more than throw. */
import assert from 'node:assert/strict';
import { closeSync, openSync } from 'node:fs';
import { after, describe, it } from 'node:test';
import { native } from './support/addon.js';
import { closedFd, Fifo, memoryFile } from './support/descriptors.js';

type Untyped = Record<string, (...args: unknown[]) => unknown>;
const untyped = (object: object): Untyped => object as Untyped;

const pipe = new Fifo();
const plain = openSync('/dev/null', 'r+');
const file = memoryFile(4096);
const device = native.openDevice(pipe.fd);
const noop = (): void => undefined;
const ids = { crtc: 1, plane: 2, fbId: 3, inFenceFd: 4, outFencePtr: 5, fbDamageClips: 6 };
const handlers = { flip: noop, fence: noop, error: noop };
const scanout = device.createScanout(ids, handlers);
const mapping = native.mapDmabuf(file, 4096, 3);
const watcher = native.watchReadable(pipe.fd, noop);
const request = {
  objects: Uint32Array.of(1, 1, 2),
  properties: Uint32Array.of(1, 2, 3),
  values: BigUint64Array.of(1n, 2n, 3n),
};

after(() => {
  watcher.close();
  mapping.close();
  device.close();
  pipe.close();
  closeSync(plain);
  closeSync(file);
});

interface Callee {
  readonly on: object;
  readonly name: string;
  /** Valid arguments, each with what it must refuse. */
  readonly args: readonly (readonly [valid: unknown, ...wrong: (readonly [unknown, ErrorConstructor])[]])[];
}

const notNumber = ['1', TypeError] as const;
const badFd = [
  notNumber,
  [undefined, TypeError],
  [1n, TypeError],
  [-1, RangeError],
  [1.5, RangeError],
  [NaN, RangeError],
  [2 ** 31, RangeError],
  [-Infinity, RangeError],
] as const;
const badSlot = [notNumber, [null, TypeError], [-1, RangeError], [64, RangeError], [0.5, RangeError]] as const;
const badAccess = [notNumber, [0, RangeError], [4, RangeError], [true, TypeError]] as const;
const badUint32 = [notNumber, [-1, RangeError], [2 ** 32, RangeError], [{}, TypeError]] as const;
const crtc = [1, ...badUint32] as const;
const badFunction = [
  [undefined, TypeError],
  [{}, TypeError],
] as const;

const anyFd = [plain, ...badFd] as const;
const anyAccess = [1, ...badAccess] as const;
const anyBytes = [
  4096,
  notNumber,
  [0, RangeError],
  [-4096, RangeError],
  [0.5, RangeError],
  [2 ** 53, RangeError],
] as const;

const callees: Callee[] = [
  { on: native, name: 'openDevice', args: [anyFd] },
  {
    on: native,
    name: 'watchReadable',
    args: [
      [pipe.fd, ...badFd],
      [noop, ...badFunction],
    ],
  },
  {
    on: native,
    name: 'mapDmabuf',
    args: [[file, ...badFd], anyBytes, [3, ...badAccess]],
  },
  { on: native, name: 'exportSyncFile', args: [anyFd, anyAccess] },
  { on: native, name: 'importSyncFile', args: [anyFd, anyFd, anyAccess] },
  { on: native, name: 'mergeSyncFiles', args: [anyFd, anyFd] },
  { on: native, name: 'syncFileInfo', args: [anyFd] },
  { on: native, name: 'readUevent', args: [anyFd] },
  { on: native, name: 'duplicate', args: [anyFd] },
  { on: native, name: 'createMemory', args: [anyBytes] },
  { on: native, name: 'wrapMemory', args: [anyFd, anyBytes] },
  { on: native, name: 'pageRuns', args: [anyFd, anyBytes] },
  { on: native, name: 'dirtyFramebuffer', args: [anyFd, [7, ...badUint32]] },
  {
    on: native,
    name: 'sampleFence',
    args: [
      [plain, ...badFd],
      [100, notNumber, [-1, RangeError], [NaN, RangeError], [1e9, RangeError]],
      [1, notNumber, [-1, RangeError], [Infinity, RangeError]],
    ],
  },
  {
    on: device,
    name: 'commit',
    args: [
      [
        request,
        [undefined, TypeError],
        [null, TypeError],
        [{}, TypeError],
        [{ ...request, objects: [1, 1, 2] }, TypeError],
        [{ ...request, objects: new Int32Array(3) }, TypeError],
        [{ ...request, properties: new Uint8Array(3) }, TypeError],
        [{ ...request, properties: new DataView(new ArrayBuffer(12)) }, TypeError],
        [{ ...request, values: new BigInt64Array(3) }, TypeError],
        [{ ...request, values: new BigUint64Array(2) }, RangeError],
        [{ ...request, objects: new Uint32Array(4) }, RangeError],
      ],
      [0, ...badUint32, [0x800, RangeError], [0x1, RangeError]],
    ],
  },
  { on: device, name: 'commitAtEnd', args: [crtc, [request, ...badFunction]] },
  {
    on: device,
    name: 'createScanout',
    args: [
      [
        ids,
        [undefined, TypeError],
        [{}, TypeError],
        [{ ...ids, crtc: -1 }, RangeError],
        [{ ...ids, fbId: '3' }, TypeError],
      ],
      [handlers, [undefined, TypeError], [{}, TypeError], [{ ...handlers, fence: 1 }, TypeError]],
    ],
  },
  {
    on: scanout,
    name: 'attach',
    args: [
      [1, ...badSlot],
      [7, ...badUint32],
      [-1, notNumber, [-2, RangeError], [2 ** 31, RangeError]],
    ],
  },
  { on: scanout, name: 'detach', args: [[63, ...badSlot]] },
  {
    on: scanout,
    name: 'commit',
    args: [
      [1, ...badSlot, [2, RangeError]],
      [-1, notNumber, [-2, RangeError]],
      [0, ...badUint32],
      [false, [0, TypeError], [undefined, TypeError]],
    ],
  },
  { on: scanout, name: 'setCurrent', args: [[-1, notNumber, [-2, RangeError], [64, RangeError], [2, RangeError]]] },
  { on: mapping, name: 'beginAccess', args: [[1, ...badAccess]] },
  { on: mapping, name: 'endAccess', args: [[1, ...badAccess]] },
];

describe('wrong arguments', () => {
  for (const { on, name, args } of callees) {
    it(`${on.constructor.name}.${name}`, () => {
      const valid = args.map(([value]) => value);
      args.forEach(([, ...wrong], index) => {
        for (const [value, kind] of wrong) {
          const call = (): unknown => untyped(on)[name]?.(...valid.with(index, value));
          assert.throws(call, (error) => error instanceof kind, `argument ${index}: ${String(value)}`);
        }
        const short = (): unknown => untyped(on)[name]?.(...valid.slice(0, index));
        assert.throws(short, TypeError, `${index} arguments`);
      });
    });
  }

  it('what a getter throws comes through', () => {
    const thrower = Object.defineProperty({ ...request }, 'values', {
      get: () => {
        throw new Error('from the getter');
      },
    });
    assert.throws(() => device.commit(thrower, 0), /from the getter/);
  });

  it('a getter that closes the device is survived', () => {
    const doomed = native.openDevice(pipe.fd);
    const closer = Object.defineProperty({ ...request }, 'values', {
      get: () => {
        doomed.close();
        return request.values;
      },
    });
    assert.throws(() => doomed.commit(closer, 0), { code: 'ERR_CLOSED' });
  });
});

describe('a foreign this', () => {
  const foreign = [{}, 7, null, undefined, native, Object.create(scanout) as object, new Proxy(scanout, {})];
  for (const object of [device, scanout, mapping, watcher]) {
    const methods = Object.getPrototypeOf(object) as Untyped;
    const others = [device, scanout, mapping, watcher].filter((other) => other !== object);
    for (const name of Object.getOwnPropertyNames(methods).filter((key) => key !== 'constructor')) {
      it(`${object.constructor.name}.${name}`, () => {
        for (const receiver of [...foreign, ...others]) {
          assert.throws(() => methods[name]?.call(receiver, 0), { code: 'ERR_CLOSED' });
        }
      });
    }
  }

  it('objects cannot be constructed', () => {
    for (const object of [device, scanout, mapping, watcher]) {
      const Constructor = object.constructor as new (...args: unknown[]) => unknown;
      assert.throws(() => new Constructor(device), TypeError);
      assert.throws(() => (Constructor as unknown as () => void)(), TypeError);
    }
  });
});

describe('the kernel refuses', () => {
  const importCall = 'DMA_BUF_IOCTL_IMPORT_SYNC_FILE';
  const refusals: [string, () => unknown, code: string, errno: number, syscall: string][] = [
    ['a closed fd to duplicate', () => native.duplicate(closedFd), 'EBADF', 9, 'fcntl'],
    ['a closed device', () => native.openDevice(closedFd), 'EBADF', 9, 'fcntl'],
    ['a closed watched fd', () => native.watchReadable(closedFd, noop), 'EBADF', 9, 'fcntl'],
    ['a closed mapped fd', () => native.mapDmabuf(closedFd, 1, 1), 'EBADF', 9, 'fcntl'],
    ['a closed sampled fd', () => native.sampleFence(closedFd, 1, 1), 'EBADF', 9, 'fcntl'],
    ['a closed dma-buf', () => native.exportSyncFile(closedFd, 1), 'EBADF', 9, 'DMA_BUF_IOCTL_EXPORT_SYNC_FILE'],
    ['an import into a closed dma-buf', () => native.importSyncFile(closedFd, plain, 1), 'EBADF', 9, importCall],
    ['a merge of a closed sync_file', () => native.mergeSyncFiles(closedFd, plain), 'EBADF', 9, 'SYNC_IOC_MERGE'],
    ['an import into no dma-buf', () => native.importSyncFile(plain, plain, 2), 'ENOTTY', 25, importCall],
    ['a merge of no sync_file', () => native.mergeSyncFiles(plain, plain), 'ENOTTY', 25, 'SYNC_IOC_MERGE'],
    ['a closed sync_file', () => native.syncFileInfo(closedFd), 'EBADF', 9, 'SYNC_IOC_FILE_INFO'],
    ['a closed socket of uevents', () => native.readUevent(closedFd), 'EBADF', 9, 'recvmsg'],
    ['a socket of uevents that is none', () => native.readUevent(plain), 'ENOTSOCK', 88, 'recvmsg'],
    ['a closed flushed fd', () => native.dirtyFramebuffer(closedFd, 1), 'EBADF', 9, 'fcntl'],
    ['a closed dma-buf of a slot', () => scanout.attach(9, 1, closedFd), 'EBADF', 9, 'fcntl'],
    ['a file that cannot be polled', () => native.watchReadable(file, noop), 'EPERM', 1, 'epoll_ctl'],
    ['a slot that cannot be polled', () => scanout.attach(9, 1, file), 'EPERM', 1, 'epoll_ctl'],
    ['a device without events', () => native.openDevice(plain).createScanout(ids, handlers), 'EPERM', 1, 'epoll_ctl'],
    ['a device that is none', () => native.openDevice(plain).commit(request, 0), 'ENOTTY', 25, 'DRM_IOCTL_MODE_ATOMIC'],
    ['a dma-buf that is none', () => native.exportSyncFile(plain, 3), 'ENOTTY', 25, 'DMA_BUF_IOCTL_EXPORT_SYNC_FILE'],
    ['a sync_file that is none', () => native.syncFileInfo(plain), 'ENOTTY', 25, 'SYNC_IOC_FILE_INFO'],
    ['coherence of a file', () => mapping.beginAccess(1), 'ENOTTY', 25, 'DMA_BUF_IOCTL_SYNC'],
    ['coherence of a file, at the end', () => mapping.endAccess(3), 'ENOTTY', 25, 'DMA_BUF_IOCTL_SYNC'],
    ['mapping a pipe', () => native.mapDmabuf(pipe.fd, 4096, 3), 'ENODEV', 19, 'mmap'],
    ['mapping past the end', () => native.mapDmabuf(file, 4097, 3), 'EINVAL', 22, 'mmap'],
  ];
  for (const [what, call, code, errno, syscall] of refusals) {
    it(what, () => {
      assert.throws(call, { code, errno, syscall });
      assert.throws(call, (error) => error instanceof Error && error.message.startsWith(`${code}: `));
    });
  }

  it('a commit says so with a negative errno', () => {
    scanout.attach(1, 7, -1);
    assert.equal(scanout.commit(1, -1, 0, false), -25);
  });

  it('a promise is rejected', async () => {
    await assert.rejects(native.sampleFence(plain, 1, 1), {
      code: 'ENOTTY',
      errno: 25,
      syscall: 'DMA_BUF_IOCTL_EXPORT_SYNC_FILE',
    });
    const flush = { code: 'ENOTTY', errno: 25, syscall: 'DRM_IOCTL_MODE_DIRTYFB' };
    await assert.rejects(native.dirtyFramebuffer(plain, 1), flush);
  });
});
