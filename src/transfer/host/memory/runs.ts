/** The pages that a guest names, checked, as pieces of the files that its RAM is in. Pure: a guest may name anything. */
import { GuestheadError } from '../../../errors.js';
import type { PageRun } from '../../protocol/fields.js';

export const pageBytes = 4096n;
/** Of one buffer: more than a page list of one message has. */
const mostRuns = 1 << 17;
/** Of a physical address, 52 bits: the most that x86 and arm64 have. */
const mostPages = 1n << 40n;

/** A range of RAM and the file that it is in, by number; -1: a backend whose memory is QEMU's own alone. */
export interface PlacedRange {
  readonly start: bigint;
  readonly end: bigint;
  readonly backend: string;
  readonly file: number;
  /** Of `start`, in the file. */
  readonly offset: bigint;
}

/** Whole pages of a file, in bytes. */
export interface Piece {
  readonly file: number;
  readonly offset: bigint;
  readonly size: bigint;
}

/**
 * The pieces that `runs` are, in their order, those that continue each other joined. `ranges` are in ascending order. Throws
 * ERR_USAGE unless each page is RAM that can be shared, none is named twice, and together they are `bytes`.
 */
export function piecesOf(ranges: readonly PlacedRange[], runs: readonly PageRun[], bytes: bigint): Piece[] {
  checkRuns(runs, bytes);
  const pieces: Piece[] = [];
  for (const { page, count } of runs) {
    const end = (page + BigInt(count)) * pageBytes;
    for (let at = page * pageBytes; at < end;) {
      const { piece, next } = pieceAt(ranges, at, end);
      add(pieces, piece);
      at = next;
    }
  }
  return pieces;
}

function checkRuns(runs: readonly PageRun[], bytes: bigint): void {
  if (runs.length === 0 || runs.length > mostRuns)
    throw wrong(`${runs.length} runs of pages are named`, `name 1 to ${mostRuns}`);
  let pages = 0n;
  for (const { page, count } of runs) {
    if (!Number.isInteger(count) || count < 1 || page < 0n || page + BigInt(count) > mostPages)
      throw wrong(`a run of ${count} pages from page ${page} on is none`);
    pages += BigInt(count);
  }
  if (pages * pageBytes !== bytes) throw wrong(`${pages} pages are named for ${bytes} bytes`);
  checkDoubles(runs);
}

function checkDoubles(runs: readonly PageRun[]): void {
  const sorted = [...runs].sort((a, b) => (a.page < b.page ? -1 : a.page > b.page ? 1 : 0));
  let free = 0n;
  for (const { page, count } of sorted) {
    if (page < free) throw wrong(`page ${page} is named twice`);
    free = page + BigInt(count);
  }
}

/** What the range that holds `at` has of the run, and where the run goes on. */
function pieceAt(ranges: readonly PlacedRange[], at: bigint, end: bigint): { piece: Piece; next: bigint } {
  const range = rangeAt(ranges, at);
  // the last page of a range that ends in the middle of one is not the guest's to give
  const last = range === undefined ? at : range.end - (range.end % pageBytes);
  if (range === undefined || at >= last) throw wrong(`page ${at / pageBytes} is no RAM`);
  if (range.file < 0)
    throw wrong(
      `page ${at / pageBytes} is in ${range.backend}, whose memory is QEMU’s own`,
      'add share=on to that memory-backend',
    );
  const next = end < last ? end : last;
  return { piece: { file: range.file, offset: range.offset + at - range.start, size: next - at }, next };
}

function rangeAt(ranges: readonly PlacedRange[], at: bigint): PlacedRange | undefined {
  let [low, high] = [0, ranges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ranges[middle]?.end ?? 0n) <= at) low = middle + 1;
    else high = middle;
  }
  const range = ranges[low];
  return range !== undefined && range.start <= at ? range : undefined;
}

function add(pieces: Piece[], piece: Piece): void {
  const last = pieces.at(-1);
  const continues = last?.file === piece.file && last.offset + last.size === piece.offset;
  if (continues) pieces[pieces.length - 1] = { ...last, size: last.size + piece.size };
  else pieces.push(piece);
}

function wrong(what: string, advice?: string): GuestheadError {
  return new GuestheadError('ERR_USAGE', `The guest’s pages cannot be taken: ${what}`, { advice });
}
