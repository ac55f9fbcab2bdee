/** Real descriptors for what the fake kernel hands out: they can be closed, duplicated and told apart as the kernel's own. */
import { closeSync, fstatSync, ftruncateSync, openSync, readdirSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file without a name, in place of a dma-buf, a sync_file or a node. */
export interface FakeFile {
  /** The same for each of its descriptors. */
  readonly identity: string;
  /** A new descriptor, the caller's. */
  open(): number;
}

let created = 0;

/** Keeps a descriptor of each file until `close`: the kernel's own reference. */
export class FakeFiles {
  readonly #own = new Map<string, number>();

  /** The size is what `fstat` tells; no memory is taken for it. */
  create(bytes: number): FakeFile {
    const path = join(tmpdir(), `guesthead-fake-${process.pid}-${created++}`);
    const fd = openSync(path, 'wx+');
    unlinkSync(path);
    ftruncateSync(fd, bytes);
    const identity = identityOf(fd) ?? '';
    this.#own.set(identity, fd);
    return { identity, open: () => openSync(`/proc/self/fd/${fd}`, 'r+') };
  }

  /** The identity of one of these files, or undefined for another or none. */
  identify(fd: number): string | undefined {
    const identity = identityOf(fd);
    return identity !== undefined && this.#own.has(identity) ? identity : undefined;
  }

  /** How many descriptors of these files the process has open, beside the kernel's own. */
  countOpen(): number {
    const own = new Set(this.#own.values());
    const all = readdirSync('/proc/self/fd').map(Number);
    return all.filter((fd) => !own.has(fd) && this.identify(fd) !== undefined).length;
  }

  close(): void {
    for (const fd of this.#own.values()) closeSync(fd);
    this.#own.clear();
  }
}

function identityOf(fd: number): string | undefined {
  try {
    const { dev, ino } = fstatSync(fd, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}
