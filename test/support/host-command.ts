/** `guesthead host …` as a command, and the installed QEMU started with what it prints: paused before its first instruction. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { startChild } from '../../src/lab/processes.js';
import { Qmp } from '../../src/qmp/index.js';
import { buildUdmabufStandIn } from '../../src/lab/tools.js';
import { packageRoot } from '../../src/package-root.js';

const main = join(packageRoot, 'dist/cli/main.cjs');
const startLimitMs = 30_000;
let sockets = 0;

export interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Described {
  readonly version: string | null;
  readonly accelerator: 'kvm' | 'tcg';
  readonly arguments: readonly string[];
  readonly items: readonly { readonly arguments: readonly string[]; readonly why: string }[];
  readonly notes: readonly string[];
}

export function host(...words: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [main, 'host', ...words], (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

export async function described(...words: string[]): Promise<Described> {
  const { status, stdout, stderr } = await host('qemu', '--json', ...words);
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout) as Described;
}

type Started =
  | { readonly qmp: Qmp; readonly refusal?: undefined }
  | { readonly qmp?: undefined; readonly refusal: string };

/**
 * Runs a shell's command line for QEMU, paused, with the lab's stand-in where this host has no udmabuf.
 * `look` gets its QMP, or what QEMU said instead of starting. `folder` takes its socket.
 */
export async function withQemu(
  folder: string,
  line: string,
  look: (started: Started) => Promise<void> | void,
): Promise<void> {
  const preload = existsSync('/dev/udmabuf') ? {} : { LD_PRELOAD: await buildUdmabufStandIn() };
  const socket = join(folder, `qmp${sockets++}`);
  const child = startChild(['sh', '-c', `exec ${line} -S -qmp unix:${socket},server=on,wait=off`], {
    ...process.env,
    ...preload,
  });
  const gone = new AbortController();
  const limit = setTimeout(() => gone.abort(new Error('QEMU never opened its QMP socket')), startLimitMs);
  child.process.on('close', () => gone.abort(new Error('QEMU is gone')));
  try {
    const qmp = await Qmp.connect(socket, gone.signal).catch(() => undefined);
    if (qmp === undefined) assert.ok(child.errors() !== '', 'QEMU neither started nor said why');
    await look(qmp === undefined ? { refusal: child.errors() } : { qmp });
    qmp?.close();
  } finally {
    clearTimeout(limit);
    await child.end();
  }
}

/** The same for what `guesthead host qemu` prints, where that starts on any host. */
export async function withStarted(
  folder: string,
  words: readonly string[],
  look: (qmp: Qmp) => Promise<void>,
): Promise<void> {
  const { status, stdout, stderr } = await host('qemu', ...words);
  assert.equal(status, 0, stderr);
  await withQemu(folder, stdout.trim(), async (started) => {
    assert.ok(started.refusal === undefined, started.refusal);
    await look(started.qmp);
  });
}
