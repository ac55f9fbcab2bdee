/** A NativeGl whose results are kept, and descriptions as src/gl/packing.ts writes them. */
import assert from 'node:assert/strict';
import { closeSync } from 'node:fs';
import type { GlFailure, GlResultHandler, NativeGl } from '../../../src/native/index.js';
import { native } from './addon.js';
import { until } from './loop.js';

export interface Told {
  readonly job: number;
  readonly failure: GlFailure | undefined;
  readonly fence: number;
  readonly value: unknown;
  readonly renewed: boolean;
}

export class GlRig {
  readonly told: Told[] = [];
  readonly gl: NativeGl;
  #isEnded = false;

  constructor(onResult: (told: Told) => void = () => undefined) {
    const tell: GlResultHandler = (job, failure, fence, value, renewed) => {
      const told = { job, failure, fence, value, renewed };
      this.told.push(told);
      onResult(told);
    };
    this.gl = native.openGl(0n, '', tell, () => (this.#isEnded = true));
  }

  /** And waits for the thread. */
  async close(): Promise<void> {
    this.gl.close();
    await this.ended();
  }

  async ended(): Promise<void> {
    await until(() => this.#isEnded, 'the end of the thread');
  }

  /** Open, and with picture 1 to draw into. */
  static async open(onResult?: (told: Told) => void): Promise<GlRig> {
    const rig = new GlRig(onResult);
    await rig.result(0);
    rig.gl.createOffscreen(1_000_000, 1, 64, 64);
    await rig.result(1_000_000);
    return rig;
  }

  async result(job: number): Promise<Told> {
    let found: Told | undefined;
    const isTold = () => (found = this.told.find((each) => each.job === job)) !== undefined;
    await until(isTold, `the result of job ${job}`);
    return found ?? assert.fail();
  }

  compose(job: number, layers: readonly (readonly number[])[] = [solid], fence = 0): void {
    const numbers = composition({ layers, fence });
    this.gl.compose(job, numbers, numbers.length);
  }

  closeFences(): void {
    for (const { fence } of this.told) if (fence >= 0) closeSync(fence);
  }
}

const opaque = [1, 0, 0, 64, 64];
/** A layer: a colour over 64 × 64, twice. */
export const solid = [0, 1, 0, 0, 1, 0, 2, ...[0, 0, 64, 64], ...[0, 0, 64, 64]];

/** The same as a picture's, with a fence to wait for. */
export const pictured = (picture: number, acquire = -1): number[] => [
  ...[1, ...opaque, picture, 0, acquire, 0, 0],
  ...[0, 0, 64, 64],
];

/** And as an effect's, without pictures and uniforms. */
export const effected = (effect: number): number[] => [2, ...opaque, effect, 0, ...new Array<number>(11).fill(0)];

export interface Description {
  readonly target?: number;
  readonly fence?: number;
  readonly uploads?: readonly (readonly number[])[];
  readonly layers?: readonly (readonly number[])[];
}

export function composition({ target = 1, fence = 0, uploads = [], layers = [] }: Description): Float64Array {
  const head = [target, fence, 0, 0, 0, 1, -1, layers.length];
  return Float64Array.from([...head, ...layers.flat(), uploads.length, ...uploads.flat()]);
}
