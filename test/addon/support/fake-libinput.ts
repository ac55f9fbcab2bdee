/** libinput without devices: fake-libinput.c in place of the system's, and what a test lets it tell. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { rowLength, type NativeInput } from '../../../src/native/input.js';
import { native, root } from './addon.js';
import { runNode, thisFileAgain, transcript } from './child.js';
import { compiled } from './compiled.js';

/** The FIFO that fake-libinput.c reads. */
const fifo = process.env['FAKE_INPUT'];
const folder = join(root, 'native/build-tests/input');

/** Defines the tests of the file `url` in a child of it: a library is looked for where the process was told as it started. */
export function underFakeLibinput(url: string, define: () => void): void {
  if (fifo !== undefined) {
    define();
    return;
  }
  test(`${basename(fileURLToPath(url))} on a fake libinput`, async () => {
    const own = mkdtempSync(join(tmpdir(), 'guesthead-input-'));
    const env = { FAKE_INPUT: join(own, 'events'), LD_LIBRARY_PATH: build() };
    execFileSync('mkfifo', [env.FAKE_INPUT]);
    const result = await runNode(thisFileAgain(), { env });
    rmSync(own, { recursive: true });
    assert.equal(result.status, 0, transcript(result));
    assert.match(result.stdout, /pass [1-9]/, transcript(result));
  });
}

/** The folder in which the fake has the library's name. */
function build(): string {
  const library = compiled('fake-libinput', folder);
  const link = join(folder, 'libinput.so.10');
  if (existsSync(link)) return folder;
  symlinkSync(basename(library), `${link}.${process.pid}`);
  renameSync(`${link}.${process.pid}`, link);
  return folder;
}

/** What is open there. */
export function openAtLibinput(): Record<'contexts' | 'devices' | 'events' | 'files', number> {
  const [contexts = 0, devices = 0, events = 0, files = 0] = readFileSync(`${fifo ?? ''}.open`, 'utf8')
    .split(' ')
    .map(Number);
  return { contexts, devices, events, files };
}

/** An open input whose rows are kept, as arrays without the zeros at their end. */
export class InputRig {
  readonly rows: number[][] = [];
  readonly calls: number[] = [];
  readonly log: string[] = [];
  readonly batch: Float64Array;
  readonly input: NativeInput;
  /** Runs in each call, with what it tells. */
  onCall: (rows: readonly number[][]) => void = () => undefined;

  constructor(batchRows = 8) {
    this.batch = new Float64Array(batchRows * rowLength);
    const onRows = (count: number) => {
      const rows = Array.from({ length: count }, (_, row) => this.#row(row));
      this.calls.push(count);
      this.rows.push(...rows);
      this.onCall(rows);
    };
    this.input = native.openInput(this.batch, onRows, (line) => this.log.push(line));
  }

  /** Lines as fake-libinput.c reads them. */
  tell(...lines: readonly (readonly number[])[]): void {
    appendFileSync(fifo ?? '', lines.map((line) => `${line.join(' ')}\n`).join(''));
  }

  #row(row: number): number[] {
    const numbers = [...this.batch.slice(row * rowLength, (row + 1) * rowLength)];
    while (numbers.at(-1) === 0) numbers.pop();
    return numbers;
  }
}
