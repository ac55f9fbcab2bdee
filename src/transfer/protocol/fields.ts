/** How the values of a message lie in its bytes: little-endian, one after the other, nothing between them. */
import { GuestheadError } from '../../errors.js';

/** Some contiguous pages of the guest. */
export interface PageRun {
  /** Guest physical address ÷ 4096. */
  readonly page: bigint;
  /** How many pages, 1 or more. */
  readonly count: number;
}

/** One kind of value: written where it is told to, read from where the last one ended. */
export interface Field<T> {
  /** Bytes that every value takes. */
  readonly least: number;
  /** How many more this one takes; undefined: none does. */
  more?(value: T): number;
  /** Returns where the next value begins. */
  write(to: Room, at: number, value: T): number;
  read(from: Bytes): T;
}

export type Fields = Readonly<Record<string, Field<unknown>>>;

export type ValuesOf<F extends Fields> = {
  readonly [Name in keyof F]: F[Name] extends Field<infer T> ? T : never;
};

/** A message that is not one: cut short, too long, of a kind that nobody knows. What follows it cannot be trusted. */
export function malformed(why: string): GuestheadError {
  return new GuestheadError('ERR_PROTOCOL', `A message of the transfer cannot be read: ${why}`, {
    advice: 'the other end is no guesthead, or one whose protocol is broken: see docs/transfer-protocol.md',
  });
}

/**
 * Bytes that a message is written into. Numbers go by the view: its methods are the engine's own machine code, those of a Buffer
 * are JavaScript, which takes four times as long in a process that exports 60 times a second and sleeps in between.
 */
export class Room {
  readonly view: DataView;

  constructor(readonly bytes: Buffer) {
    this.view = viewOf(bytes);
  }
}

/** The bytes of one message after the other, each from the front to the end. */
export class Bytes {
  readonly view: DataView;
  #at = 0;
  #end = 0;

  constructor(readonly bytes: Buffer) {
    this.view = viewOf(bytes);
  }

  /** What is read from now on begins at byte `at`, and ends before byte `end`. */
  enter(at: number, end: number): void {
    this.#at = at;
    this.#end = end;
  }

  get left(): number {
    return this.#end - this.#at;
  }

  /** Where the next `count` bytes are. Throws ERR_PROTOCOL where fewer are left. */
  take(count: number): number {
    const at = this.#at;
    if (count > this.#end - at) throw malformed(`it ends ${count - this.left} bytes too early`);
    this.#at = at + count;
    return at;
  }
}

function viewOf({ buffer, byteOffset, length }: Buffer): DataView {
  return new DataView(buffer, byteOffset, length);
}

const u16: Field<number> = {
  least: 2,
  write: ({ view }, at, value) => {
    view.setUint16(at, value, true);
    return at + 2;
  },
  read: (from) => from.view.getUint16(from.take(2), true),
};
const u32: Field<number> = {
  least: 4,
  write: ({ view }, at, value) => {
    view.setUint32(at, value, true);
    return at + 4;
  },
  read: (from) => from.view.getUint32(from.take(4), true),
};
const u64: Field<bigint> = {
  least: 8,
  write: ({ view }, at, value) => {
    view.setBigUint64(at, value, true);
    return at + 8;
  },
  read: (from) => from.view.getBigUint64(from.take(8), true),
};
/** 128 bits, as 32 hexadecimal digits; eight of them at a time, since the loop is interpreted in a producer's first seconds. */
const id: Field<string> = {
  least: 16,
  write: ({ view }, at, value) => {
    for (let digit = 0; digit < 32; digit += 8, at += 4)
      view.setUint32(at, Number(`0x${value.slice(digit, digit + 8)}`), false);
    return at;
  },
  read: (from) => {
    const at = from.take(16);
    return from.bytes.toString('hex', at, at + 16);
  },
};

/** A length of 32 bits, then so many bytes, which the reader copies. */
const blob: Field<Uint8Array> = {
  least: 4,
  more: (value) => value.length,
  write: ({ bytes, view }, at, value) => {
    view.setUint32(at, value.length, true);
    bytes.set(value, at + 4);
    return at + 4 + value.length;
  },
  read: (from) => {
    const length = u32.read(from);
    const at = from.take(length);
    return new Uint8Array(from.bytes.subarray(at, at + length));
  },
};

const text: Field<string> = {
  least: 4,
  more: (value) => Buffer.byteLength(value),
  write: (to, at, value) => blob.write(to, at, Buffer.from(value)),
  read: (from) => Buffer.from(blob.read(from)).toString(),
};

const runBytes = 12;

/** How many, then each as its first page (64 bits) and its count (32 bits). */
const runs: Field<readonly PageRun[]> = {
  least: 4,
  more: (value) => runBytes * value.length,
  write: ({ view }, at, value) => {
    view.setUint32(at, value.length, true);
    at += 4;
    for (const { page, count } of value) {
      view.setBigUint64(at, page, true);
      view.setUint32(at + 8, count, true);
      at += runBytes;
    }
    return at;
  },
  read: (from) => {
    const count = u32.read(from);
    const at = from.take(runBytes * count);
    return Array.from({ length: count }, (_, index) => ({
      page: from.view.getBigUint64(at + runBytes * index, true),
      count: from.view.getUint32(at + runBytes * index + 8, true),
    }));
  },
};

export const field = { u16, u32, u64, id, blob, text, runs } as const;
