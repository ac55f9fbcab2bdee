import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { encodeFrame, FrameDecoder, type Frame } from '../../../src/lab/frames.js';
import { shellQuote } from '../../../src/lab/index.js';

const frames = fc.array(
  fc.record(
    {
      type: fc.constantFrom('O', 'E', 'X', 'H'),
      job: fc.nat(15),
      payload: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    },
    { noNullPrototype: true },
  ),
);

describe('frames to and from the guest', () => {
  it('come out as they went in, however the stream is cut', () => {
    fc.assert(
      fc.property(frames, fc.array(fc.integer({ min: 1, max: 64 }), { minLength: 1 }), (sent, cuts) => {
        const stream = Buffer.concat(sent.map(({ type, job, payload }) => encodeFrame(type, job, payload)));
        const decoder = new FrameDecoder();
        const got: Frame[] = [];
        for (let at = 0, i = 0; at < stream.length; i++) {
          const length = cuts[i % cuts.length] ?? 1;
          got.push(...decoder.push(stream.subarray(at, at + length)));
          at += length;
        }
        assert.deepEqual(
          got.map(({ type, job, payload }) => ({ type, job, payload: Buffer.from(payload) })),
          sent,
        );
      }),
    );
  });
});

describe('shell words', () => {
  it('reach a command as they are', () => {
    const words = ['plain', 'with space', "it's", '$HOME `x` "y" \\', '', '*', 'ä\nb', '--flag=a,b'];
    const script = words.map(shellQuote).join(' ');
    const out = execFileSync('/bin/sh', ['-c', `printf '%s\\0' ${script}`], { encoding: 'utf8' });
    assert.deepEqual(out.split('\0').slice(0, -1), words);
  });
});
