/** EGL and GLES without a GPU: fake-egl.c in place of the system's, and what a test says of it. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { root } from './addon.js';
import { runNode, thisFileAgain, transcript, type ChildResult } from './child.js';
import { compiled } from './compiled.js';

/** The file of words that fake-egl.c reads. */
const words = process.env['FAKE_EGL'];
const folder = join(root, 'native/build-tests/egl');

/** Defines the tests of the file `url` in a child of it: a library is looked for where the process was told as it started. */
export function underFakeEgl(url: string, define: () => void): void {
  if (words !== undefined) {
    define();
    return;
  }
  test(`${basename(fileURLToPath(url))} on a fake EGL`, async () => {
    const result = await runOnFakeEgl(thisFileAgain());
    assert.equal(result.status, 0, transcript(result));
    assert.match(result.stdout, /pass [1-9]/, transcript(result));
  });
}

/** A Node with the fake, whose words are at first these, and without some libraries. */
export async function runOnFakeEgl(
  args: readonly string[],
  first: readonly string[] = [],
  missing: readonly string[] = [],
): Promise<ChildResult> {
  const own = mkdtempSync(join(tmpdir(), 'guesthead-egl-'));
  const env = { FAKE_EGL: join(own, 'words'), LD_LIBRARY_PATH: build(), FAKE_MISSING: missing.join(' ') };
  writeFileSync(env.FAKE_EGL, first.join(' '));
  const result = await runNode(args, { env, preload: missing.length > 0 ? [compiled('no-library', folder)] : [] });
  rmSync(own, { recursive: true });
  return result;
}

/** The folder to find the fake in by both names. */
export function build(): string {
  const library = compiled('fake-egl', folder);
  for (const name of ['libEGL.so.1', 'libGLESv2.so.2']) {
    const link = join(folder, name);
    if (existsSync(link)) continue;
    symlinkSync(basename(library), `${link}.${process.pid}`);
    renameSync(`${link}.${process.pid}`, link);
  }
  return folder;
}

/** How the driver fails from now on: the words of fake-egl.c. */
export function driver(...wanted: string[]): void {
  writeFileSync(`${words ?? ''}.new`, wanted.join(' '));
  renameSync(`${words ?? ''}.new`, words ?? '');
}

const kinds = ['displays', 'contexts', 'images', 'syncs', 'textures', 'programs'] as const;

/** What is open at the driver, without what there is none of. */
export function openAtDriver(): Partial<Record<(typeof kinds)[number], number>> {
  const counts = readFileSync(`${words ?? ''}.open`, 'utf8')
    .trim()
    .split(' ')
    .map(Number);
  return Object.fromEntries(kinds.flatMap((kind, index) => (counts[index] === 0 ? [] : [[kind, counts[index]]])));
}
