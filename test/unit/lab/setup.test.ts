/** The lab's set-up as the command runs it, on made-up machines: a PATH without programs, a cache of its own. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { cacheDir, kernelDir } from '../../../src/lab/paths.js';
import { packageRoot } from '../../../src/package-root.js';

let folder: string;
before(() => (folder = mkdtempSync(join(tmpdir(), 'guesthead-test-'))));
after(() => rmSync(folder, { recursive: true }));

/** What a module of scripts/setup makes of an environment; rejects as it does. */
function inScripts(file: string, code: string, env: Record<string, string> = {}): Promise<string> {
  const program = `import * as it from ${JSON.stringify(join(packageRoot, 'scripts/setup', file))};
    try { console.log(JSON.stringify(await (${code}))); }
    catch ({ message, advice }) { console.log(JSON.stringify({ message, advice })); }`;
  const words = ['--input-type=module', '-e', program];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, words, { env: { ...process.env, ...env } }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout.trim());
      else reject(new Error(stderr, { cause: error }));
    });
  });
}

/** A PATH on which these programs are, and no others. */
function pathWith(...programs: string[]): string {
  const bin = mkdtempSync(join(folder, 'bin-'));
  for (const program of programs) symlinkSync('/bin/true', join(bin, program));
  return bin;
}

describe('the cache', () => {
  it('is where a checkout without a build puts the kernel, too', async () => {
    assert.equal(await inScripts('cache.mjs', '[it.cacheDir, it.kernelDir]'), JSON.stringify([cacheDir, kernelDir]));
  });

  it('follows XDG_CACHE_HOME where that is a whole path', async () => {
    const asked = (XDG_CACHE_HOME: string) =>
      inScripts('cache.mjs', 'it.cacheDir', { XDG_CACHE_HOME, HOME: '/home/me' });
    assert.equal(await asked('/var/cache/me'), '"/var/cache/me/guesthead/lab"');
    assert.equal(await asked('cache'), '"/home/me/.cache/guesthead/lab"');
  });
});

describe('programs that are missing where there is no apt', () => {
  const bring = (...there: string[]) =>
    inScripts('lab-programs.mjs', 'it.programs.bring(() => {})', { PATH: pathWith(...there) });

  it('are named with the command that installs them', async () => {
    assert.match(await bring('dnf', 'setpriv', 'depmod', 'xz', 'virtiofsd'), /dnf install qemu-system-x86 bubblewrap"/);
    assert.match(
      await bring('pacman', 'bwrap', 'setpriv', 'depmod', 'xz', 'virtiofsd'),
      /pacman -S --needed qemu-desktop"/,
    );
  });

  it('are named alone where the installer is not known', async () => {
    assert.match(
      await bring('setpriv', 'depmod', 'xz', 'virtiofsd'),
      /missing here: qemu-system-x86_64, bwrap".*as your distribution/,
    );
  });
});

describe('two set-ups at once', () => {
  it('take turns', async () => {
    const lock = join(folder, 'lock');
    mkdirSync(lock);
    writeFileSync(join(folder, 'order'), '');
    const code = (name: string) => `it.withLock(${JSON.stringify(lock)}, async () => {
      const { appendFileSync } = await import('node:fs');
      const { setTimeout: sleep } = await import('node:timers/promises');
      appendFileSync(${JSON.stringify(join(folder, 'order'))}, '${name}');
      await sleep(50);
      appendFileSync(${JSON.stringify(join(folder, 'order'))}, '${name}');
    }, () => {})`;
    await Promise.all(['a', 'b'].map((name) => inScripts('lock.mjs', code(name))));
    assert.match(readFileSync(join(folder, 'order'), 'utf8'), /^(aabb|bbaa)$/);
  });
});
