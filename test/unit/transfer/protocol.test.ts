/** The transfer's messages: what is written is read back, and nothing else is taken. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { GuestheadError } from '../../../src/errors.js';
import { ExportIds } from '../../../src/transfer/protocol/export-id.js';
import { hello, versionFor } from '../../../src/transfer/protocol/greeting.js';
import { MessageStream } from '../../../src/transfer/protocol/message-stream.js';
import { decode, encode, mostMessageBytes, type TransferMessage } from '../../../src/transfer/protocol/messages.js';
import { messagesIn } from '../../support/messages-in.js';

const u16 = fc.integer({ min: 0, max: 0xffff });
const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const u64 = fc.bigInt({ min: 0n, max: 0xffff_ffff_ffff_ffffn });
const id = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes).toString('hex'));
const privateData = fc.uint8Array({ maxLength: 192 });
const layout = { width: u32, height: u32, format: u32, modifier: u64, offset: u32, stride: u32, size: u64 };
const runs = fc.array(fc.record({ page: u64, count: u32 }, { noNullPrototype: true }), { maxLength: 100 });
const text = fc.string({ unit: 'grapheme' });

const message = fc.oneof(
  ...[
    { type: fc.constant('hello'), magic: u32, oldest: u16, newest: u16, name: text },
    { type: fc.constant('welcome'), version: u16, mostBuffers: u32, mostBytes: u64 },
    { type: fc.constant('refused'), what: u16, buffer: u32, reason: text },
    { type: fc.constant('register'), buffer: u32, ...layout, runs },
    { type: fc.constant('registered'), buffer: u32 },
    { type: fc.constant('export'), id, buffer: u32, sequence: u64, privateData },
    { type: fc.constant('released'), id },
    { type: fc.constant('revoke'), id },
    { type: fc.constant('revoked'), id, reason: text },
    { type: fc.constant('unregister'), buffer: u32 },
    { type: fc.constant('unregistered'), buffer: u32 },
    { type: fc.constant('buffer'), buffer: u32, ...layout },
  ].map((model) => fc.record(model as unknown as { type: fc.Arbitrary<string> }, { noNullPrototype: true })),
) as unknown as fc.Arbitrary<TransferMessage>;

const code = (expected: string) => (error: unknown) => error instanceof GuestheadError && error.code === expected;

describe('messages of the transfer', () => {
  it('come back as they were written', () => {
    fc.assert(
      fc.property(message, (one) => {
        assert.deepEqual(decode(encode(one)), one);
      }),
    );
  });

  it('come out of a stream that is cut anywhere', () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 8 }), fc.array(fc.integer({ min: 1, max: 60 })), (sent, sizes) => {
        const stream = new MessageStream();
        const received: TransferMessage[] = [];
        for (const piece of cut(Buffer.concat(sent.map(encode)), sizes)) received.push(...messagesIn(stream, piece));
        assert.deepEqual(received, sent);
      }),
    );
  });

  it('are refused as ERR_PROTOCOL, or read, whatever the bytes are', () => {
    fc.assert(
      fc.property(
        message,
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }))),
        fc.nat(),
        (one, changes, cutAt) => {
          const bytes = encode(one);
          for (const [at, value] of changes) bytes[at % bytes.length] = value;
          readOrRefuse(() => decode(bytes));
          readOrRefuse(() => decode(bytes.subarray(0, cutAt % bytes.length)));
          readOrRefuse(() => [...messagesIn(new MessageStream(), bytes)]);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('are not waited for where they are longer than any message', () => {
    const bytes = encode({ type: 'unregister', buffer: 1 });
    bytes.writeUInt32LE(mostMessageBytes + 1, 0);
    assert.throws(() => [...messagesIn(new MessageStream(), bytes)], code('ERR_PROTOCOL'));
  });
});

describe('the greeting', () => {
  it('finds the version that both ends know', () => {
    assert.equal(versionFor({ ...hello('a test'), newest: 9 }), 1);
    assert.throws(() => versionFor({ ...hello('a test'), oldest: 2, newest: 9 }), code('ERR_UNSUPPORTED'));
    assert.throws(() => versionFor({ ...hello('a test'), magic: 1 }), code('ERR_PROTOCOL'));
  });
});

describe("an export's id", () => {
  it('has the buffer and the sequence in it, behind bits of the producer', () => {
    const ids = new ExportIds();
    const one = ids.next(3, 0x0102_0304_0506);
    assert.match(one, /^[0-9a-f]{16}0300060504030201$/);
    assert.equal(ids.next(4, 1).slice(0, 16), one.slice(0, 16));
    assert.notEqual(new ExportIds().next(3, 1).slice(0, 16), one.slice(0, 16));
  });
});

function readOrRefuse(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (!code('ERR_PROTOCOL')(error)) throw error;
  }
}

function* cut(bytes: Buffer, sizes: readonly number[]): Generator<Buffer> {
  let at = 0;
  for (let index = 0; at < bytes.length; index++) {
    const size = sizes.length === 0 ? bytes.length : (sizes[index % sizes.length] ?? 1);
    yield bytes.subarray(at, at + size);
    at += size;
  }
}
