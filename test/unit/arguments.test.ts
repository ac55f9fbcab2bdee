/** No argument of a public function, however wrong, gets V8's own TypeError: the answer is ERR_USAGE. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkDescription } from '../../src/buffer/check-description.js';
import { checkRectangle } from '../../src/buffer/index.js';
import type { GemHandle } from '../../src/ffi/index.js';
import { checkFlips } from '../../src/head/check-flips.js';
import { createPattern, describeDevice, Fence, openGpus, openHead, probe } from '../../src/index.js';
import { Cursor } from '../../src/kms/index.js';
import { parseHeadOptions } from '../../src/head/index.js';

type Untyped = (...args: unknown[]) => unknown;

const nothing = [undefined, null];
const notObjects = [...nothing, 5, 1n, 'text', true, Symbol('wrong'), () => undefined];
const notOptions = notObjects.slice(1);
const notIntegers = [...nothing, NaN, Infinity, 0.5, '1', 1n, true, {}, [], Symbol('wrong')];

const kernel = { set: () => undefined, move: () => undefined };
const image = () => ({ handle: 1 as GemHandle, draw: () => undefined, close: () => undefined });
const cursor = new Cursor(kernel, image, () => false);
const arrow = new Uint32Array(64 * 64);
const bars = createPattern('bars');
const picture = { width: 64, height: 32, stridePixels: 64, pixels: new Uint32Array(64 * 32) };
const description = { fd: 0, width: 64, height: 64, strideBytes: 256 };

interface Callee {
  readonly name: string;
  readonly call: Untyped;
  /** Valid arguments, each with the wrong ones in its place. */
  readonly args: readonly (readonly [valid: unknown, wrong: readonly unknown[]])[];
}

const callees: readonly Callee[] = [
  {
    name: 'Cursor.setImage',
    call: (...args) => (cursor.setImage as Untyped).call(cursor, ...args),
    args: [
      [arrow, [...notObjects, [], [0], new Uint8Array(64 * 64), new Uint32Array(3)]],
      [{ x: 0, y: 0 }, [...notObjects, {}, { x: 0 }, { x: 64, y: 0 }, { x: 0, y: -1 }, { x: '0', y: 0 }]],
    ],
  },
  {
    name: 'Cursor.move',
    call: (...args) => (cursor.move as Untyped).call(cursor, ...args),
    args: [
      [0, [...notIntegers, 2 ** 31]],
      [0, [...notIntegers, -(2 ** 31)]],
    ],
  },
  {
    name: 'Frame.damaged',
    call: checkRectangle as Untyped,
    args: [
      [-1, notIntegers],
      [9, notIntegers],
      [0, [...notIntegers, -1]],
      [5, [...notIntegers, -1]],
    ],
  },
  {
    name: 'Head.flips',
    call: checkFlips,
    args: [
      [() => undefined, [...nothing, 5, 'text', {}, Symbol('wrong')]],
      [{}, [...notObjects.slice(1), { when$: null }, { when$: 5 }, { when$: {} }, { when$: Promise.resolve() }]],
    ],
  },
  {
    name: 'Head.importDmabuf',
    call: checkDescription,
    args: [
      [
        description,
        [
          ...notObjects,
          {},
          ...['fd', 'width', 'height', 'strideBytes'].flatMap((name) =>
            [...notIntegers, -1, 2 ** 32].map((wrong) => ({ ...description, [name]: wrong })),
          ),
          ...['format', 'offsetBytes'].flatMap((name) =>
            [null, '1', 0.5, -1, 1n].map((wrong) => ({ ...description, [name]: wrong })),
          ),
          ...[null, 0, '0', -1n, 2n ** 64n].map((modifier) => ({ ...description, modifier })),
        ],
      ],
    ],
  },
  { name: 'createPattern', call: createPattern as Untyped, args: [['bars', [...notObjects, {}, 'toString']]] },
  {
    name: 'Pattern.draw',
    call: (...args) => (bars.draw as Untyped).call(bars, ...args),
    args: [
      [picture, [...notObjects, {}, { ...picture, pixels: [] }, { ...picture, stridePixels: Symbol('wrong') }]],
      [0, notIntegers],
      [0, notIntegers],
    ],
  },
  { name: 'describeDevice', call: describeDevice as Untyped, args: [[{ driver: 'vgem' }, [...notObjects, {}, []]]] },
  { name: 'parseHeadOptions', call: parseHeadOptions as Untyped, args: [[{}, notObjects]] },
];

describe('wrong arguments are ERR_USAGE', () => {
  for (const { name, call, args } of callees)
    it(name, () => {
      const valid = args.map(([value]) => value);
      call(...valid);
      args.forEach(([, wrong], index) => {
        for (const value of wrong)
          assert.throws(
            () => call(...valid.with(index, value)),
            { code: 'ERR_USAGE' },
            `argument ${index}: ${String(value)}`,
          );
      });
    });

  it('Fence.merge', () => {
    for (const fences of [...notObjects, {}, [], [-1], [undefined], ['0'], [0, null]])
      assert.throws(() => (Fence.merge as Untyped)(fences), { code: 'ERR_USAGE' });
  });

  for (const [name, open] of Object.entries({ openGpus, openHead, probe }))
    it(`${name}, before a device is touched`, async () => {
      for (const options of [...notOptions, { render: null }, { display: 5 }])
        await assert.rejects((open as (options: unknown) => Promise<unknown>)(options), { code: 'ERR_USAGE' });
    });

  it('openGpus and openHead, in each of their options', async () => {
    const ofGpus = { wait: 1, reopen: 'yes', onWait: {}, signal: {}, kernel: {} };
    for (const [name, value] of Object.entries(ofGpus))
      for (const wrong of [value, null]) await assert.rejects(openGpus({ [name]: wrong }), { code: 'ERR_USAGE' }, name);
    const ofHead = {
      connector: 1,
      mode: 5,
      path: 1,
      source: {},
      buffers: '4',
      update: [],
      presentMode: 0,
      deadline: 1,
    };
    for (const [name, value] of Object.entries({ ...ofHead, onResize: 1, onDrawError: 1, flipTimeoutMs: '1' }))
      for (const wrong of [value, null]) await assert.rejects(openHead({ [name]: wrong }), { code: 'ERR_USAGE' }, name);
  });
});
