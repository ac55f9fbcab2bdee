/** What docs/transfer-protocol.md says is what is spoken. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { packageRoot } from '../../../src/package-root.js';
import { defaultLimits } from '../../../src/transfer/host/limits.js';
import { field } from '../../../src/transfer/protocol/fields.js';
import { kinds, magic, mostMessageBytes, mostPrivateBytes, versions } from '../../../src/transfer/protocol/messages.js';

const read = (path: string) => readFileSync(join(packageRoot, path), 'utf8');
const document = read('docs/transfer-protocol.md');
const source = read('src/transfer/protocol/messages.ts');
const types = new Map<unknown, string>(Object.entries(field).map(([name, one]) => [one, name]));

/** `| 5 | \`registered\` | b→p | \`buffer\` u32 |`, for every kind. */
function rowOf([name, { kind, fields }]: [string, { kind: number; fields: object }]) {
  const told = Object.entries(fields).map(([member, type]) => `\`${member}\` ${types.get(type) ?? '?'}`);
  const [, ways = ''] =
    new RegExp(`/\\*\\* ([^:,]*(?:, [a-z]→[a-z])?)[:,][^\n]*\\*/\n  ${name}: \\{`).exec(source) ?? [];
  return `| ${kind} | \`${name}\` | ${ways} | ${told.join(', ')} |`;
}

describe('docs/transfer-protocol.md', () => {
  it('has every message, who says it and its fields', () => {
    const rows = document.split('\n').filter((line) => /^\| \d+ \| `/.test(line));
    assert.deepEqual(rows, Object.entries(kinds).map(rowOf));
  });

  it('has the numbers', () => {
    const written = (value: number | bigint) => value.toLocaleString('en');
    for (const expected of [
      `0x${magic.toString(16)}`,
      `there is one, ${versions.newest}`,
      `at most ${mostPrivateBytes} bytes`,
      `longer than ${written(mostMessageBytes)} bytes`,
      `buffers of a producer | ${defaultLimits.buffers} |`,
      `bytes of all its buffers | ${written(defaultLimits.bytes)} |`,
      `consumers | ${defaultLimits.consumers} |`,
      `| ${written(defaultLimits.unreadBytes)}: then`,
      `${defaultLimits.refusals} registrations that had to be refused`,
      `within ${defaultLimits.answerMs / 1000} s`,
    ])
      assert.ok(document.includes(expected), expected);
    assert.equal(versions.oldest, versions.newest);
  });
});
