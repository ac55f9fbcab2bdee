/** Buffers of every age, drawn only where they have to be: pixel by pixel what a full redraw gives. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import type { Rectangle } from '../../src/buffer/index.js';
import { DamageHistory, type GlPicture } from '../../src/gl/index.js';
import { seedOf } from '../support/random.js';
import { drawing } from './support/arbitrary.js';
import { openBench, type Bench } from './support/bench.js';
import { assertSame } from './support/compare.js';
import { draw, Pictures } from './support/drawing.js';
import type { Drawing } from './support/reference.js';

let bench: Bench;
let pictures: Pictures;
before(async () => {
  bench = await openBench();
  pictures = new Pictures(bench);
});
after(() => bench.close());

/** What may happen from one frame to the next. */
type Step =
  | { readonly kind: 'change'; readonly layer: number; readonly to: Drawing; readonly buffer: number }
  | { readonly kind: 'given up'; readonly layer: number; readonly to: Drawing }
  | { readonly kind: 'gap' }
  | { readonly kind: 'resized'; readonly width: number; readonly height: number }
  | { readonly kind: 'begun again' };

const layerCount = 4;
const layer = fc.nat(layerCount - 1);
const change = fc.record({ kind: fc.constant('change' as const), layer, to: drawing, buffer: fc.nat(3) });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: change },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('given up' as const), layer, to: drawing }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'gap' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('resized' as const),
      width: fc.integer({ min: 9, max: 31 }),
      height: fc.integer({ min: 9, max: 23 }),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'begun again' as const }) },
);

interface Buffer {
  readonly target: GlPicture;
  /** The frame it holds; -1 = none. */
  contents: number;
}

/** The head: buffers that take turns as the steps say, and a scene that changes. */
class Run {
  readonly #history = new DamageHistory();
  readonly #scene: Drawing[];
  #buffers: Buffer[] = [];
  #full: GlPicture | undefined;
  #number = 0;
  readonly ages = new Set<number>();
  partial = 0;

  constructor(scene: readonly Drawing[]) {
    this.#scene = [...scene];
  }

  async perform(step: Step): Promise<void> {
    if (step.kind === 'resized') await this.resize(step.width, step.height);
    else if (step.kind === 'begun again') this.#beginAgain();
    else if (step.kind === 'gap') this.#number++;
    else await this.#frame(step);
  }

  async resize(width: number, height: number): Promise<void> {
    this.close();
    this.#full = await bench.target(width, height);
    const target = () => bench.target(width, height);
    this.#buffers = [];
    for (let index = 0; index < 4; index++) this.#buffers.push({ target: await target(), contents: -1 });
  }

  close(): void {
    for (const { target } of this.#buffers) target.close();
    this.#full?.close();
  }

  #beginAgain(): void {
    this.#number = 0;
    for (const buffer of this.#buffers) buffer.contents = -1;
  }

  async #frame(step: Extract<Step, { layer: number }>): Promise<void> {
    const changed = [this.#scene[step.layer]!, step.to].map(({ to }) => around(to));
    this.#scene[step.layer] = step.to;
    const number = this.#number++;
    const buffer = this.#buffers[step.kind === 'change' ? step.buffer : 0]!;
    const { width, height } = buffer.target;
    const age = buffer.contents < 0 ? 0 : number - buffer.contents;
    const damage = this.#history.add({ number, age, width, height }, changed);
    if (step.kind === 'given up') return;
    this.ages.add(age);
    if (damage !== undefined) this.partial++;
    const actual = await draw(bench, buffer.target, pictures, this.#scene, damage === undefined ? {} : { damage });
    buffer.contents = number;
    assertSame(actual, await draw(bench, this.#full!, pictures, this.#scene), `frame ${number} of age ${age}`);
  }
}

/** Whole pixels that a place touches. */
function around({ x, y, width, height }: Rectangle): Rectangle {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  return { x: left, y: top, width: Math.ceil(x + width) - left, height: Math.ceil(y + height) - top };
}

describe('a buffer of some age', () => {
  const scenes = fc.array(drawing, { minLength: layerCount, maxLength: layerCount });
  const steps = fc.array(step, { minLength: 12, maxLength: 24 });

  it('is drawn as a full redraw draws it: first, of ages 1 to 4 and more, resized, after frames that were given up', async () => {
    const ages = new Set<number>();
    let partial = 0;
    await fc.assert(
      fc.asyncProperty(scenes, steps, async (scene, steps) => {
        const run = new Run(scene);
        try {
          await run.resize(31, 23);
          for (const step of steps) await run.perform(step);
          for (const age of run.ages) ages.add(age);
          partial += run.partial;
        } finally {
          run.close();
        }
      }),
      { seed: seedOf(), numRuns: 40 },
    );
    for (const age of [0, 1, 2, 3, 4]) assert.ok(ages.has(age), `no buffer of age ${age} was drawn`);
    assert.ok(partial > 100, `only ${partial} frames were drawn in part`);
  });
});
