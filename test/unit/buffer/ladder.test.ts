import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { describe, it } from 'node:test';
import type { PathName } from '../../../src/buffer/choices.js';
import { climbDown, rungsOf } from '../../../src/buffer/ladder.js';
import type { CreateBuffer, PathDevices } from '../../../src/buffer/path.js';
import type { ScanoutBuffer } from '../../../src/buffer/scanout-buffer.js';
import { GuestheadError, type ErrorCode } from '../../../src/errors.js';

const devices = {} as PathDevices;
const size = { width: 64, height: 64 };
const { ENODEV, ENOMEM } = constants.errno;

/** A rung whose buffers count themselves; `failures` are thrown first, one a buffer made. */
class Rung {
  open = 0;
  tries = 0;
  constructor(private readonly failures: (Error | undefined)[] = []) {}
  readonly create: CreateBuffer = () => {
    this.tries++;
    const failure = this.failures.shift();
    if (failure) throw failure;
    this.open++;
    return { close: () => this.open-- } as unknown as ScanoutBuffer;
  };
}

function refusal(code: ErrorCode, errno: number): GuestheadError {
  return new GuestheadError(code, 'refused', { errno, advice: `after ${code}` });
}

function climb(wanted: PathName | 'auto', rungs: Partial<Record<PathName, Rung>>, test: () => void = () => undefined) {
  const never = new Rung();
  const create = (path: PathName) => (rungs[path] ?? never).create;
  const ladder = {
    import: create('import'),
    udmabuf: create('udmabuf'),
    export: create('export'),
    copy: create('copy'),
  };
  return climbDown(rungsOf(wanted), devices, size, 4, test, { ladder, backOffMs: [1, 1] });
}

describe('the ladder of buffer paths', () => {
  it('takes the first rung that works, and keeps why the better ones were refused', async () => {
    const first = new Rung([undefined, undefined, refusal('ERR_IMPORT_REFUSED', ENODEV)]);
    const second = new Rung([refusal('ERR_ALLOCATION', constants.errno.ENOENT)]);
    const third = new Rung();
    const { path, refused, buffers, owner } = await climb('auto', { import: first, udmabuf: second, export: third });
    assert.equal(path, 'export');
    assert.deepEqual(refused, [
      { path: 'import', code: 'ERR_IMPORT_REFUSED', advice: 'after ERR_IMPORT_REFUSED' },
      { path: 'udmabuf', code: 'ERR_ALLOCATION', advice: 'after ERR_ALLOCATION' },
    ]);
    assert.equal(buffers.length, 4);
    assert.deepEqual([first.open, second.open, third.open], [0, 0, 4], 'a refused rung leaves nothing open');
    owner.close();
    assert.equal(third.open, 0);
  });

  it('tries a structural refusal once and a transient one again', async () => {
    const structural = new Rung([refusal('ERR_IMPORT_REFUSED', ENODEV)]);
    await climb('auto', { import: structural });
    assert.equal(structural.tries, 1);
    const transient = new Rung([refusal('ERR_ALLOCATION', ENOMEM), refusal('ERR_ALLOCATION', ENOMEM)]);
    const { path, refused } = await climb('auto', { import: transient });
    assert.deepEqual([path, refused], ['import', []]);
    const stubborn = new Rung(Array.from({ length: 9 }, () => refusal('ERR_ALLOCATION', ENOMEM)));
    assert.equal((await climb('auto', { import: stubborn })).path, 'udmabuf');
    assert.equal(stubborn.tries, 3);
  });

  it('steps down from a rung whose test commit is refused', async () => {
    const [first, second] = [new Rung(), new Rung()];
    let tests = 0;
    const { path } = await climb('auto', { import: first, udmabuf: second }, () => {
      if (++tests === 1) throw refusal('ERR_COMMIT', constants.errno.EINVAL);
    });
    assert.equal(path, 'udmabuf');
    assert.deepEqual([first.open, second.open], [0, 4]);
  });

  it('does not leave the path that was asked for', async () => {
    const only = new Rung([refusal('ERR_IMPORT_REFUSED', ENODEV)]);
    await assert.rejects(climb('import', { import: only }), { code: 'ERR_IMPORT_REFUSED' });
    assert.equal(only.open, 0);
  });
});
