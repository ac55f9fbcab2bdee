/** Page lists of a hostile guest. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { PageRun } from '../../../../src/transfer/protocol/fields.js';
import { piecesOf, type PlacedRange } from '../../../../src/transfer/host/memory/runs.js';

const page = 4096n;
/** A q35 with 6 GiB, made small: 3 pages below, a hole of ROM, 8 pages, a hole, 8 pages that continue the file, 4 of another one. */
const ranges: readonly PlacedRange[] = [
  { start: 0n, end: 3n * page, backend: 'mem', file: 0, offset: 0n },
  { start: 4n * page, end: 12n * page, backend: 'mem', file: 0, offset: 4n * page },
  { start: 16n * page, end: 24n * page, backend: 'mem', file: 0, offset: 12n * page },
  { start: 24n * page, end: 28n * page, backend: 'dimm', file: 1, offset: 0n },
  { start: 28n * page, end: 32n * page, backend: 'private', file: -1, offset: 0n },
  { start: 32n * page, end: 33n * page + 100n, backend: 'odd', file: 2, offset: 0n },
];

const runsOf = (...pairs: [page: bigint | number, count: number][]): PageRun[] =>
  pairs.map(([first, count]) => ({ page: BigInt(first), count }));
const bytesOf = (runs: readonly PageRun[]): bigint => page * BigInt(runs.reduce((sum, { count }) => sum + count, 0));
const take = (runs: readonly PageRun[]): string[] =>
  piecesOf(ranges, runs, bytesOf(runs)).map(({ file, offset, size }) => `${file}:${offset / page}+${size / page}`);

describe('page runs', () => {
  it('become pieces of files, in their order', () => {
    assert.deepEqual(take(runsOf([5, 2], [0, 1])), ['0:5+2', '0:0+1']);
  });

  it('that cross from one range into the next are cut, and pieces that continue each other joined', () => {
    assert.deepEqual(take(runsOf([22, 4])), ['0:18+2', '1:0+2']);
    assert.deepEqual(take(runsOf([11, 1], [16, 1])), ['0:11+2']);
    assert.deepEqual(take(runsOf([4, 1], [5, 1], [7, 1])), ['0:4+2', '0:7+1']);
  });

  const refused: Record<string, [runs: PageRun[], bytes?: bigint | undefined, why?: RegExp]> = {
    'none at all': [[], 0n, /0 runs/],
    'a run of no pages': [runsOf([5, 0]), 0n],
    'a count that is no number of pages': [[{ page: 5n, count: 1.5 }], page],
    'a page below 0': [runsOf([-1n, 2])],
    'a run past the largest address': [runsOf([(1n << 40n) - 1n, 2])],
    'a run past 64 bits': [runsOf([(1n << 64n) - 1n, 2])],
    'a hole': [runsOf([12, 1]), undefined, /page 12 is no RAM/],
    'a run into a hole': [runsOf([11, 2]), undefined, /page 12 is no RAM/],
    'ROM between RAM': [runsOf([2, 3]), undefined, /page 3 is no RAM/],
    'beyond the last range': [runsOf([40, 1])],
    'a page of which the guest has a part': [runsOf([33, 1]), undefined, /page 33 is no RAM/],
    'memory of QEMU’s own': [runsOf([27, 2]), undefined, /page 28 is in private/],
    'a page twice': [runsOf([6, 1], [5, 2]), undefined, /page 6 is named twice/],
    'the same run twice': [runsOf([5, 1], [5, 1])],
    'fewer pages than bytes': [runsOf([5, 1]), 2n * page],
    'bytes that are no pages': [runsOf([5, 1]), page + 1n],
    'too many runs': [Array.from({ length: (1 << 17) + 1 }, () => ({ page: 5n, count: 1 }))],
  };
  for (const [what, [runs, bytes, why]] of Object.entries(refused))
    it(`are refused: ${what}`, () => {
      const size = bytes ?? page * BigInt(runs.reduce((sum, { count }) => sum + count, 0));
      assert.throws(() => piecesOf(ranges, runs, size), { code: 'ERR_USAGE', ...(why && { message: why }) });
    });

  it('name no byte outside of the ranges, whatever they are, and each byte once', () => {
    const anyRun = fc.record({ page: fc.bigInt({ min: -2n, max: 40n }), count: fc.integer({ min: -1, max: 12 }) });
    fc.assert(
      fc.property(fc.array(anyRun, { maxLength: 4 }), (runs) => {
        const pieces = attempt(() => piecesOf(ranges, runs, bytesOf(runs)));
        const pages = pieces?.flatMap(({ file, offset, size }) =>
          Array.from({ length: Number(size / page) }, (_, index) => `${file}:${offset / page + BigInt(index)}`),
        );
        const wanted = runs.flatMap(({ page: first, count }) =>
          Array.from({ length: Math.max(0, count) }, (_, index) => expected(first + BigInt(index))),
        );
        const lawful = runs.every(({ count }) => count > 0) && runs.length > 0 && !wanted.includes(undefined);
        assert.equal(pieces !== undefined, lawful && new Set(wanted).size === wanted.length);
        if (pages !== undefined) assert.deepEqual(pages, wanted);
      }),
      { numRuns: 2000 },
    );
  });
});

/** Page by page, without any cleverness. */
function expected(number: bigint): string | undefined {
  const range = ranges.find(({ start, end }) => start <= number * page && (number + 1n) * page <= end);
  if (range === undefined || range.file < 0) return undefined;
  return `${range.file}:${(range.offset + number * page - range.start) / page}`;
}

function attempt<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch {
    return undefined;
  }
}
