/** The client of tools/frames.c, which tells when its frames came to the screen, and the kiosk for it. */
import { join } from 'node:path';
import { packageRoot } from '../../src/package-root.js';
import { cProgram } from '../support/c-program.js';
import { compiledSeconds } from './clients.js';
import type { Client } from './window.js';

/** What `frames SECONDS` prints. */
export interface Frames {
  readonly size: string;
  readonly perSecond: number;
  /** From a frame on the screen to the next: median. */
  readonly intervalMs: number;
  readonly zeroCopy: number;
  readonly shown: number;
  readonly latencyMs: { readonly p50: number; readonly p95: number };
  /** When the client began, when it had its first commit, and when that was seen: CLOCK_MONOTONIC. */
  readonly startedMs: number;
  readonly committedMs: number;
  readonly firstMs: number;
  /** How long the processor had worked for it by its first commit. */
  readonly ownMs: number;
}

export const kioskName = 'guesthead kiosk';

export function buildFrames(): string {
  const sources = ['test/bench/tools/frames.c', 'test/kiosk/hostile/wire.c', 'test/kiosk/hostile/wire.h'];
  return cProgram(
    join(packageRoot, 'native/build-tests/frames'),
    sources.map((source) => join(packageRoot, source)),
  );
}

/** Ends with its client, or with SIGINT, at which the client tells what it has seen. */
export function kioskWith(client: readonly string[], options: readonly string[] = []): Client {
  const command = ['guesthead', 'kiosk', '--json', ...options, '--', ...client];
  return { name: kioskName, command, warmUpSeconds: compiledSeconds };
}

/** Throws where the client told nothing. */
export function framesOf(output: string): Frames {
  const line = /^\{"size".*\}$/m.exec(output)?.[0];
  if (line === undefined) throw new Error(`the client told nothing: ${output.slice(-500)}`);
  return JSON.parse(line) as Frames;
}
