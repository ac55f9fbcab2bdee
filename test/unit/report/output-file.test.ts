import assert from 'node:assert/strict';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { OutputFile } from '../../../src/report/index.js';

let folder: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'guesthead-output-'));
});
beforeEach(() => {
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
});
after(() => rmSync(folder, { recursive: true }));

/** Root may write everything. */
async function asNobody(work: () => Promise<void>): Promise<void> {
  const isRoot = process.geteuid?.() === 0;
  chmodSync(folder, 0o777);
  if (isRoot) process.seteuid?.(65534);
  try {
    await work();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}

describe('an output file', () => {
  it('is there once it is written, and nothing before or beside it', async () => {
    const file = await OutputFile.at(join(folder, 'new'));
    assert.deepEqual(readdirSync(folder), []);
    await file.write('whole');
    assert.deepEqual(readdirSync(folder), ['new']);
    assert.equal(readFileSync(file.path, 'utf8'), 'whole');
  });

  it('replaces what a link leads to, not the link', async () => {
    writeFileSync(join(folder, 'old'), 'old');
    symlinkSync('old', join(folder, 'link'));
    await (await OutputFile.at(join(folder, 'link'))).write('new');
    assert.equal(readFileSync(join(folder, 'old'), 'utf8'), 'new');
  });

  it('refuses what is no file, and a folder that is not there', async () => {
    mkdirSync(join(folder, 'folder'));
    for (const path of [join(folder, 'folder'), '/dev/null', join(folder, 'none/file'), join('/dev/null', 'file')])
      await assert.rejects(OutputFile.at(path), { name: 'GuestheadError', code: 'ERR_USAGE', advice: /./ });
  });

  it('finds out before that it cannot be written', async () => {
    await assert.rejects(OutputFile.at('/proc/report.html'), {
      name: 'GuestheadError',
      code: 'ERR_SYSTEM',
      advice: /./,
    });
  });

  it('leaves what was there where the writing fails', async () => {
    writeFileSync(join(folder, 'old'), 'old');
    const file = await OutputFile.at(join(folder, 'old'));
    rmSync(join(folder, 'old'));
    mkdirSync(join(folder, 'old')); // a file cannot take its place
    await assert.rejects(file.write('new'), { code: 'ERR_SYSTEM', advice: /./ });
    assert.deepEqual(readdirSync(folder), ['old']);
  });

  it('does not replace a file that may not be written', async () => {
    writeFileSync(join(folder, 'old'), 'old', { mode: 0o444 });
    await asNobody(() =>
      assert.rejects(OutputFile.at(join(folder, 'old')), { code: 'ERR_SYSTEM', message: /EACCES/, advice: /./ }),
    );
  });
});
