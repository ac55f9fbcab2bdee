/** The page of symptoms has every code, with the exit status that the command gives it, and every pace. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { exitStatus } from '../../../src/cli/failure.js';
import { GuestheadError, type ErrorCode } from '../../../src/errors.js';
import { packageRoot } from '../../../src/package-root.js';

const read = (path: string) => readFileSync(join(packageRoot, path), 'utf8');
const codesIn = (text: string) => [...text.matchAll(/\bERR_[A-Z_]+\b/g)].map(([code]) => code);

describe('the paces in docs/troubleshooting.md', () => {
  it('are all that a run can have', () => {
    const [, section = ''] = read('docs/troubleshooting.md').split('## Half the rate, or an odd one');
    const told = [...section.matchAll(/^\| \*([\w-]+)\* \|/gm)].map(([, pace]) => pace);
    const [, type = ''] = /export type Pace =([^;]*);/.exec(read('src/loop/pacing.ts')) ?? [];
    assert.deepEqual(told.sort(), [...type.matchAll(/'([\w-]+)'/g)].map(([, pace]) => pace).sort());
  });
});

describe('the codes in docs/troubleshooting.md', () => {
  const [, table = ''] = read('docs/troubleshooting.md').split('## Each code');
  const rows = table.split('\n').flatMap((line) => {
    const status = /\| (\d+) \|$/.exec(line)?.[1];
    return status === undefined ? [] : codesIn(line).map((code) => ({ code, status: Number(status) }));
  });

  it('are all that there are', () => {
    const declared = codesIn(/export type ErrorCode =[^;]*;/.exec(read('src/errors.ts'))?.[0] ?? '');
    assert.ok(declared.length > 20);
    assert.deepEqual(rows.map(({ code }) => code).sort(), declared.sort());
  });

  it('have the exit status that the command ends with', () => {
    for (const { code, status } of rows)
      assert.equal(exitStatus(new GuestheadError(code as ErrorCode, 'made up')), status, code);
  });
});
