/**
 * A guest's RAM for tests: files that stand in for dma-bufs. Each slab is one file; a buffer lies at its beginning, and canaries
 * behind it, which nobody may see or touch.
 */
import assert from 'node:assert/strict';
import { closeSync, ftruncateSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Subject } from 'rxjs';
import { GuestheadError } from '../../src/errors.js';
import { access, loadNative } from '../../src/native/index.js';
import type { GuestEvent, GuestMemory, GuestPages } from '../../src/transfer/host/guest-memory.js';
import type { PageRun } from '../../src/transfer/protocol/fields.js';

const pageBytes = 4096;
/** Of the slab, between two. */
const slabStep = 0x10_000;
const firstPage = 0x100;
const canaryPages = 4;
const canary = 0xa5;

/** No host that runs tests has less than this in memory files. */
const folderOfMemory = '/dev/shm';

export class FakeGuestMemory implements GuestMemory {
  readonly events$ = new Subject<GuestEvent>();
  readonly slabs: readonly FakeSlab[];
  /** What was done, in order, for tests that ask for the order. */
  readonly log: string[] = [];
  /** Pages that were taken and are not closed. */
  open = 0;
  takes = 0;
  heldElsewhere = false;
  closed = false;

  /** `pages` of a buffer in each of `count` slabs. */
  constructor(
    readonly pages: number,
    count = 4,
    readonly kind: GuestMemory['kind'] = 'dma-buf',
  ) {
    this.slabs = Array.from({ length: count }, (_, index) => new FakeSlab(index, pages));
  }

  take(runs: readonly PageRun[], bytes: bigint): GuestPages {
    const slab = this.#slabOf(runs, bytes);
    this.takes++;
    this.open++;
    const fd = this.kind === 'dma-buf' ? openSync(`/proc/self/fd/${slab.fd}`, 'r+') : undefined;
    return new FakePages(this, slab, fd, Number(bytes));
  }

  close(): void {
    this.closed = true;
    this.log.push('memory closed');
  }

  /** Of the test itself: what it opened. Fails where a canary was touched. */
  end(): void {
    for (const slab of this.slabs) slab.end();
  }

  #slabOf(runs: readonly PageRun[], bytes: bigint): FakeSlab {
    const [run] = runs;
    const slab = this.slabs.find(({ page }) => page === run?.page);
    const isWhole = run !== undefined && runs.length === 1 && BigInt(run.count) * BigInt(pageBytes) === bytes;
    if (slab !== undefined && isWhole && run.count <= this.pages) return slab;
    throw new GuestheadError('ERR_USAGE', 'The guest names pages that are none of its own');
  }
}

class FakePages implements GuestPages {
  #isOpen = true;

  constructor(
    private readonly memory: FakeGuestMemory,
    private readonly slab: FakeSlab,
    readonly fd: number | undefined,
    private readonly bytes: number,
  ) {}

  get heldElsewhere(): boolean {
    return this.memory.heldElsewhere;
  }

  map() {
    return loadNative().mapDmabuf(this.slab.fd, this.bytes, access.read);
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.memory.open--;
    this.memory.log.push(`pages ${this.slab.index} closed`);
    if (this.fd !== undefined) closeSync(this.fd);
  }
}

export class FakeSlab {
  readonly fd: number;
  readonly page: bigint;

  constructor(
    readonly index: number,
    private readonly pages: number,
  ) {
    const folder = mkdtempSync(join(folderOfMemory, 'guesthead-'));
    this.fd = openSync(join(folder, 'slab'), 'w+');
    rmSync(folder, { recursive: true });
    this.page = BigInt(firstPage + index * slabStep);
    ftruncateSync(this.fd, (pages + canaryPages) * pageBytes);
    writeSync(this.fd, Buffer.alloc(canaryPages * pageBytes, canary), 0, undefined, pages * pageBytes);
  }

  draw(bytes: Uint8Array, at = 0): void {
    assert.ok(at + bytes.length <= this.pages * pageBytes);
    writeSync(this.fd, bytes, 0, undefined, at);
  }

  end(): void {
    const read = Buffer.alloc(canaryPages * pageBytes);
    readSync(this.fd, read, 0, read.length, this.pages * pageBytes);
    closeSync(this.fd);
    assert.ok(
      read.every((byte) => byte === canary),
      `the pages behind buffer ${this.index} were written to`,
    );
  }
}
