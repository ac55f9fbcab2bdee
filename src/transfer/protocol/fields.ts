/** How the values of a message lie in its bytes: little-endian, one after the other, nothing between them. */
import { GuestheadError } from '../../errors.js';

/** Some contiguous pages of the guest. */
export interface PageRun {
  /** Guest physical address ÷ 4096. */
  readonly page: bigint;
  /** How many pages, 1 or more. */
  readonly count: number;
}

/** One kind of value: written behind the last one, read back from where the last one ended. */
export interface Field<T> {
  size(value: T): number;
  write(bytes: Buffer, at: number, value: T): void;
  read(bytes: Bytes): T;
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

/** The bytes of one message, from the front to the end. */
export class Bytes {
  #at = 0;

  constructor(private readonly bytes: Buffer) {}

  get left(): number {
    return this.bytes.length - this.#at;
  }

  /** Throws ERR_PROTOCOL where fewer than `count` bytes are left. */
  take(count: number): Buffer {
    if (count > this.left) throw malformed(`it ends ${count - this.left} bytes too early`);
    this.#at += count;
    return this.bytes.subarray(this.#at - count, this.#at);
  }
}

const fixed = <T>(
  size: number,
  write: (bytes: Buffer, at: number, value: T) => void,
  read: (bytes: Buffer) => T,
): Field<T> => ({
  size: () => size,
  write,
  read: (bytes) => read(bytes.take(size)),
});

const u16 = fixed<number>(
  2,
  (bytes, at, value) => bytes.writeUInt16LE(value, at),
  (bytes) => bytes.readUInt16LE(),
);
const u32 = fixed<number>(
  4,
  (bytes, at, value) => bytes.writeUInt32LE(value, at),
  (bytes) => bytes.readUInt32LE(),
);
const u64 = fixed<bigint>(
  8,
  (bytes, at, value) => bytes.writeBigUInt64LE(value, at),
  (bytes) => bytes.readBigUInt64LE(),
);
/** 128 bits, as 32 hexadecimal digits. */
const id = fixed<string>(
  16,
  (bytes, at, value) => bytes.write(value, at, 'hex'),
  (bytes) => bytes.toString('hex'),
);

/** A length of 32 bits, then so many bytes, which the reader copies. */
const blob: Field<Uint8Array> = {
  size: (value) => 4 + value.length,
  write: (bytes, at, value) => {
    bytes.writeUInt32LE(value.length, at);
    bytes.set(value, at + 4);
  },
  read: (bytes) => Uint8Array.from(bytes.take(u32.read(bytes))),
};

const text: Field<string> = {
  size: (value) => blob.size(Buffer.from(value)),
  write: (bytes, at, value) => blob.write(bytes, at, Buffer.from(value)),
  read: (bytes) => Buffer.from(blob.read(bytes)).toString(),
};

const runBytes = 12;

/** How many, then each as its first page (64 bits) and its count (32 bits). */
const runs: Field<readonly PageRun[]> = {
  size: (value) => 4 + runBytes * value.length,
  write: (bytes, at, value) => {
    bytes.writeUInt32LE(value.length, at);
    value.forEach(({ page, count }, index) => {
      bytes.writeBigUInt64LE(page, at + 4 + runBytes * index);
      bytes.writeUInt32LE(count, at + 12 + runBytes * index);
    });
  },
  read: (bytes) => {
    const count = u32.read(bytes);
    const taken = bytes.take(runBytes * count);
    return Array.from({ length: count }, (_, index) => ({
      page: taken.readBigUInt64LE(runBytes * index),
      count: taken.readUInt32LE(runBytes * index + 8),
    }));
  },
};

export const field = { u16, u32, u64, id, blob, text, runs } as const;

/** Bytes of `values` written as `fields`. */
export function sizeOf<F extends Fields>(fields: F, values: ValuesOf<F>): number {
  return each(fields, values).reduce((sum, [one, value]) => sum + one.size(value), 0);
}

export function writeFields<F extends Fields>(fields: F, values: ValuesOf<F>, bytes: Buffer, start: number): void {
  let at = start;
  for (const [one, value] of each(fields, values)) {
    one.write(bytes, at, value);
    at += one.size(value);
  }
}

/** Throws ERR_PROTOCOL where the bytes are too few or too many. */
export function readFields<F extends Fields>(fields: F, bytes: Buffer): ValuesOf<F> {
  const left = new Bytes(bytes);
  const values: Record<string, unknown> = {};
  for (const [name, one] of entriesOf(fields)) values[name] = one.read(left);
  if (left.left > 0) throw malformed(`${left.left} bytes follow its end`);
  return values as ValuesOf<F>;
}

function each<F extends Fields>(fields: F, values: ValuesOf<F>): [Field<unknown>, unknown][] {
  return entriesOf(fields).map(([name, one]) => [one, values[name]]);
}

/** Of each kind of message once: several are read and written a frame. */
const entries = new WeakMap<Fields, [string, Field<unknown>][]>();

function entriesOf(fields: Fields): [string, Field<unknown>][] {
  const known = entries.get(fields) ?? Object.entries(fields);
  entries.set(fields, known);
  return known;
}
