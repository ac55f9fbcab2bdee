/** Descriptors that stand in for devices and dma-bufs. */
import { execFileSync, spawn } from 'node:child_process';
import {
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A pipe both of whose ends are one descriptor. As a dma-buf: readable = the writers' fences have signalled, writable = all have. */
export class Fifo {
  readonly fd: number;
  #open = true;

  constructor() {
    const folder = mkdtempSync(join(tmpdir(), 'guesthead-fifo-'));
    const path = join(folder, 'fifo');
    execFileSync('mkfifo', [path]);
    this.fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
    rmSync(folder, { recursive: true });
  }

  write(bytes: string | Uint8Array = 'x'): void {
    writeSync(this.fd, typeof bytes === 'string' ? Buffer.from(bytes) : bytes);
  }

  /** Until it is no longer writable. */
  fill(): void {
    const page = Buffer.alloc(4096);
    try {
      for (;;) writeSync(this.fd, page);
    } catch {
      // EAGAIN
    }
  }

  drain(): void {
    const page = Buffer.alloc(65536);
    try {
      while (readSync(this.fd, page) > 0);
    } catch {
      // EAGAIN
    }
  }

  close(): void {
    if (this.#open) closeSync(this.fd);
    this.#open = false;
  }
}

/** The reading end of a pipe whose other end `hangUp()` closes. */
export function openPipe(): { readonly fd: number; hangUp(): void } {
  const child = spawn('sleep', ['100'], { stdio: ['ignore', 'pipe', 'ignore'] });
  child.unref();
  process.once('exit', () => child.kill());
  const { _handle: handle } = child.stdout as unknown as { _handle: { fd: number } };
  return { fd: handle.fd, hangUp: () => void child.kill() };
}

/** For scripts that run without TypeScript: opens such a pipe as `fd`. */
export const fifoScript = `
  const fs = require('fs');
  const fd = (() => {
    const folder = fs.mkdtempSync('/dev/shm/guesthead-');
    require('child_process').execSync('mkfifo ' + folder + '/fifo');
    const opened = fs.openSync(folder + '/fifo', fs.constants.O_RDWR | fs.constants.O_NONBLOCK);
    fs.rmSync(folder, { recursive: true });
    return opened;
  })();`;

/** A file in memory that has no name; mmap takes it like a dma-buf. */
export function memoryFile(bytes: number): number {
  const folder = mkdtempSync('/dev/shm/guesthead-');
  const path = join(folder, 'file');
  const fd = openSync(path, 'w+');
  if (bytes > 0) writeSync(fd, Buffer.alloc(1), 0, 1, bytes - 1);
  rmSync(folder, { recursive: true });
  return fd;
}

export const openDescriptors = (): number => readdirSync('/proc/self/fd').length;

/** File status flags, which all descriptors of one open file share. */
export function fileFlags(fd: number): number {
  const text = readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8');
  return Number.parseInt(/flags:\s*(\d+)/.exec(text)?.[1] ?? '', 8);
}

/** A number that no descriptor has. */
export const closedFd = 987_654;
