/** A KMS device without hardware: fake-kernel.c, preloaded, and what a test does by hand. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { ScanoutIds } from '../../../src/native/index.js';
import { root } from './addon.js';
import { runNode, thisFileAgain, transcript } from './child.js';
import { Fifo } from './descriptors.js';

const folder = process.env['FAKE_KERNEL'];
const library = join(root, 'native/build-tests/fake-kernel.so');
const [source = '', ...parts] = ['fake-kernel.c', 'fake-syncobj.h'].map((name) =>
  fileURLToPath(new URL(name, import.meta.url)),
);

let isBegun = false;

/**
 * Defines the tests of the file `url` in a child of it, for a library can only be preloaded as a process starts. Files that are one
 * program have one child.
 */
export function underFakeKernel(url: string, define: () => void): void {
  if (folder !== undefined) {
    define();
    return;
  }
  if (isBegun) return;
  isBegun = true;
  test(`${basename(fileURLToPath(url))} under a fake kernel`, async () => {
    const env = { FAKE_KERNEL: mkdtempSync(join(tmpdir(), 'guesthead-kernel-')) };
    const result = await runNode(thisFileAgain(), { env, preload: [build()] });
    rmSync(env.FAKE_KERNEL, { recursive: true });
    assert.equal(result.status, 0, transcript(result));
    assert.match(result.stdout, /pass [1-9]/, transcript(result));
  });
}

/** Test files run side by side: the library appears whole, by a rename. */
function build(): string {
  const built = statSync(library, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if ([source, ...parts].every((file) => built > statSync(file).mtimeMs)) return library;
  mkdirSync(join(library, '..'), { recursive: true });
  const fresh = `${library}.${process.pid}`;
  const headers = execFileSync('pkg-config', ['--cflags', 'libdrm'], { encoding: 'utf8' }).trim().split(/\s+/);
  execFileSync('cc', ['-shared', '-fPIC', '-O1', '-Wall', ...headers, source, '-o', fresh, '-ldl']);
  renameSync(fresh, library);
  return library;
}

export interface Commit {
  readonly errno: number;
  readonly flags: number;
  readonly userData: bigint;
  /** `object:property=value`; the value of outFencePtr is given as 0. */
  readonly assignments: readonly string[];
}

/** Property 5 is the one the fake kernel takes for OUT_FENCE_PTR. */
export const ids: ScanoutIds = { crtc: 1, plane: 2, fbId: 3, inFenceFd: 4, outFencePtr: 5, fbDamageClips: 6 };

export class FakeCard {
  readonly card = new Fifo();
  readonly #log = join(folder ?? '', 'commits');
  readonly #errnos = join(folder ?? '', 'errnos');
  readonly #blobs = join(folder ?? '', 'blobs');
  readonly #noBlobs = join(folder ?? '', 'noblobs');

  constructor() {
    writeFileSync(this.#log, '');
    writeFileSync(this.#errnos, '');
    writeFileSync(this.#blobs, '');
    rmSync(this.#noBlobs, { force: true });
  }

  get fd(): number {
    return this.card.fd;
  }

  /** What the next ioctls answer, 0 = accepted. */
  queue(...errnos: number[]): void {
    writeFileSync(this.#errnos, errnos.join('\n'));
  }

  /** The blobs to come find no memory. */
  refuseBlobs(): void {
    writeFileSync(this.#noBlobs, '');
  }

  /** What was done with blobs: `+ id word …`, `- id`. */
  blobs(): string[] {
    return readFileSync(this.#blobs, 'utf8').split('\n').slice(0, -1);
  }

  /** All commits so far. */
  commits(): Commit[] {
    const lines = readFileSync(this.#log, 'utf8').split('\n').slice(0, -1);
    return lines.map((line) => {
      const [errno, flags, userData, ...assignments] = line.split(' ');
      return { errno: Number(errno), flags: Number(flags), userData: BigInt(userData ?? 0), assignments };
    });
  }

  /** Sends the flip event of the last commit, or of `userData`. */
  flip(sequence = 1, userData: bigint | undefined = this.commits().at(-1)?.userData): void {
    this.card.write(flipEvent(userData ?? 0n, sequence));
  }
}

/** struct drm_event_vblank; its time is 2 s and 3 µs. */
export function flipEvent(userData: bigint, sequence: number, { type = 2, length = 32 } = {}): Uint8Array {
  const event = Buffer.alloc(32);
  event.writeUInt32LE(type, 0);
  event.writeUInt32LE(length, 4);
  event.writeBigUInt64LE(userData, 8);
  event.writeUInt32LE(2, 16);
  event.writeUInt32LE(3, 20);
  event.writeUInt32LE(sequence, 24);
  return event;
}
