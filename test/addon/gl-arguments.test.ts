/** No argument of GL's calls, however wrong, does more than throw; and what they name may be gone. */
import assert from 'node:assert/strict';
import { closeSync, openSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { native } from './support/addon.js';
import { closedFd, Fifo, openDescriptors } from './support/descriptors.js';
import { driver, underFakeEgl } from './support/fake-egl.js';
import { composition, effected, GlRig, pictured, solid } from './support/gl-rig.js';

type Untyped = Record<string, (...args: unknown[]) => unknown>;
type Wrong = readonly [unknown, ErrorConstructor];

const noop = (): void => undefined;
const text = [7, TypeError] as const;
const number: readonly Wrong[] = [
  ['1', TypeError],
  [null, TypeError],
  [1n, TypeError],
  [NaN, RangeError],
  [1.5, RangeError],
  [-1, RangeError],
  [Infinity, RangeError],
];
const job: readonly Wrong[] = [...number, [0, RangeError], [2 ** 32 - 1, RangeError]];
const id: readonly Wrong[] = [...number, [0, RangeError], [2 ** 32, RangeError]];
const size: readonly Wrong[] = [...number, [0, RangeError], [2 ** 15 + 1, RangeError]];
const bigint: readonly Wrong[] = [
  [1, TypeError],
  ['1', TypeError],
  [-1n, RangeError],
  [2n ** 64n, RangeError],
];
const words: readonly Wrong[] = [
  [[1], TypeError],
  [Float64Array.of(1), TypeError],
  [new DataView(new ArrayBuffer(4)), TypeError],
];
const planes: readonly Wrong[] = [...words, [Uint32Array.of(), RangeError], [new Uint32Array(5), RangeError]];

underFakeEgl(import.meta.url, () => {
  const plain = openSync('/dev/null', 'r+');
  let rig: GlRig;
  before(async () => {
    driver('dmabuf', 'native-fence');
    rig = await GlRig.open();
  });
  after(() => {
    rig.gl.close();
    closeSync(plain);
  });

  describe('arguments', () => {
    const description = composition({ layers: [solid] });
    /** Valid arguments, each with what it must refuse. */
    const callees: Record<string, readonly (readonly [valid: unknown, ...wrong: Wrong[]])[]> = {
      importDmabuf: [
        [1, ...job],
        [9, ...id],
        [4, ...size],
        [4, ...size],
        [0x34325258, ...number, [2 ** 32, RangeError]],
        [0n, ...bigint],
        [Uint32Array.of(plain), ...planes],
        [Uint32Array.of(0), ...planes],
        [Uint32Array.of(16), ...planes],
        [0, ...number, [2 ** 16, RangeError]],
        [0, ...number, [2 ** 16, RangeError]],
      ],
      createPixels: [
        [1, ...job],
        [9, ...id],
        [4, ...size],
        [4, ...size],
        [true, [1, TypeError], ['true', TypeError]],
      ],
      createOffscreen: [
        [1, ...job],
        [9, ...id],
        [4, ...size],
        [4, ...size],
      ],
      compile: [
        [1, ...job],
        [9, ...id],
        ['', text, [Symbol('s'), TypeError]],
        [['a'], ['a', TypeError], [[7], TypeError], [[], RangeError], [['a', 'b'], RangeError]],
        [Uint32Array.of(1), ...words, [Uint32Array.of(0), RangeError], [Uint32Array.of(5), RangeError]],
      ],
      compose: [
        [1, ...job],
        [description, [Uint32Array.of(1), TypeError], [[...description], TypeError], [null, TypeError]],
        [description.length, ...number, [description.length + 1, RangeError]],
      ],
      readPixels: [
        [1, ...job],
        [1, ...id],
        [0, ...number],
        [0, ...number],
        [4, ...size],
        [4, ...size],
      ],
      remove: [[9, ...id]],
      pretendReset: [[false, [0, TypeError], ['', TypeError]]],
    };
    for (const [name, args] of Object.entries(callees))
      it(name, async () => {
        await rig.result(0);
        const told = rig.told.length;
        const call = (values: readonly unknown[]) => (rig.gl as unknown as Untyped)[name]?.(...values);
        const valid = args.map(([value]) => value);
        args.forEach(([, ...wrong], index) => {
          for (const [value, kind] of wrong)
            assert.throws(
              () => call(valid.with(index, value)),
              (error) => error instanceof kind,
              `argument ${index}: ${String(value)}`,
            );
          assert.throws(() => call(valid.slice(0, index)), TypeError, `${index} arguments`);
        });
        rig.gl.createOffscreen(77, 77, 1, 1);
        await rig.result(77);
        assert.deepEqual(
          rig.told.splice(told).map((each) => each.job),
          [77],
          'nothing of it was handed over',
        );
      });

    it('openGl', () => {
      const open = native.openGl.bind(native) as unknown as (...args: unknown[]) => unknown;
      for (const args of [
        [],
        [0n],
        [0n, ''],
        [0, '', noop, noop],
        [0n, 7, noop, noop],
        [0n, '', {}, noop],
        [0n, '', noop],
      ])
        assert.throws(() => open(...args), TypeError);
      for (const address of [-1n, 2n ** 64n]) assert.throws(() => open(address, '', noop, noop), RangeError);
    });

    it('an address where there is no GBM device', () => {
      const before = openDescriptors();
      for (const address of [1n, 8n, 4096n, 0xdead_beef_0000n, 2n ** 64n - 8n])
        assert.throws(() => native.openGl(address, '', noop, noop), RangeError);
      assert.equal(openDescriptors(), before);
    });
  });

  describe('a description', () => {
    const valid = [...composition({ uploads: [[1, 0, 0, 1, 1]], layers: [solid, pictured(1), effected(1)] })];
    const compose = (numbers: readonly number[]) => {
      rig.gl.compose(5, Float64Array.from(numbers), numbers.length);
    };

    it('that ends too early, at whatever number, or goes on', () => {
      for (let length = 0; length < valid.length; length++)
        assert.throws(() => {
          compose(valid.slice(0, length));
        }, RangeError);
      assert.throws(() => {
        compose([...valid, 0]);
      }, RangeError);
    });

    it('with a number, whichever it is, that is none or far out of range', () => {
      for (const wrong of [NaN, Infinity, -Infinity, 1e300, -1e300])
        for (let index = 0; index < valid.length; index++)
          assert.throws(
            () => {
              compose(valid.with(index, wrong));
            },
            RangeError,
            `${wrong} at ${index}`,
          );
    });

    it('whose counts are longer than it', () => {
      // Of damaged rectangles, of layers, of a colour's rectangles, of an effect's uniforms, of uploads.
      for (const index of [6, 7, 8 + 6, valid.length - 7, valid.length - 6])
        for (const count of [4096, 4097, 2 ** 31])
          assert.throws(() => {
            compose(valid.with(index, count));
          }, RangeError);
    });

    it('names fences that are closed, and none of the others is kept', () => {
      const before = openDescriptors();
      const numbers = composition({ layers: [pictured(1, plain), pictured(1, closedFd)] });
      assert.throws(
        () => {
          rig.gl.compose(5, numbers, numbers.length);
        },
        { code: 'EBADF', syscall: 'fcntl' },
      );
      assert.equal(openDescriptors(), before);
    });
  });

  describe('what the calls name and is not there:', () => {
    it('descriptors that are closed', () => {
      const before = openDescriptors();
      const three = new Uint32Array(3);
      const fds = Uint32Array.of(plain, plain, closedFd);
      assert.throws(
        () => {
          rig.gl.importDmabuf(5, 9, 4, 4, 0x34325258, 0n, fds, three, three, 0, 0);
        },
        { code: 'EBADF', syscall: 'fcntl' },
      );
      assert.equal(openDescriptors(), before);
    });

    it('pictures and effects', async () => {
      rig.compose(10, [pictured(404)]);
      rig.compose(11, [effected(404)]);
      rig.gl.readPixels(12, 404, 0, 0, 1, 1);
      rig.gl.remove(404);
      for (const each of [10, 11, 12]) assert.equal((await rig.result(each)).failure?.code, 'ERR_CLOSED');
    });

    it('pixels outside of the picture', async () => {
      rig.gl.readPixels(13, 1, 60, 60, 8, 8);
      assert.equal((await rig.result(13)).failure?.code, 'ERR_USAGE');
    });

    it('an upload of what is no memory', async () => {
      const numbers = composition({ uploads: [[1, 0, 0, 1, 1]] });
      rig.gl.compose(14, numbers, numbers.length);
      assert.equal((await rig.result(14)).failure?.code, 'ERR_USAGE');
    });
  });

  describe('a foreign this', () => {
    it('is told from a NativeGl', () => {
      const pipe = new Fifo();
      const watcher = native.watchReadable(pipe.fd, noop);
      const methods = Object.getPrototypeOf(rig.gl) as Untyped;
      const foreign = [{}, 7, null, undefined, native, watcher, Object.create(rig.gl) as object, new Proxy(rig.gl, {})];
      for (const name of Object.getOwnPropertyNames(methods).filter((key) => key !== 'constructor'))
        for (const receiver of foreign)
          assert.throws(() => methods[name]?.call(receiver, 0), { code: 'ERR_CLOSED' }, name);
      watcher.close();
      pipe.close();
    });

    it('is not made by a constructor', () => {
      const Constructor = rig.gl.constructor as new (...args: unknown[]) => unknown;
      assert.throws(() => new Constructor(0n, '', noop), TypeError);
    });
  });
});
