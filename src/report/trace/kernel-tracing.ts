/** An instance of the kernel's tracer of our own: what the GPU drivers do while a run goes on. */
import {
  accessSync,
  closeSync,
  constants as access,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { constants, cpus } from 'node:os';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { errnoOf, GuestheadError } from '../../errors.js';
import { parseKernelLine, type KernelLine } from './kernel-line.js';

/** Where tracefs may be mounted. */
export const systemTracefs: readonly string[] = ['/sys/kernel/tracing', '/sys/kernel/debug/tracing'];

const wanted = [
  'virtio_gpu/virtio_gpu_cmd_queue',
  'virtio_gpu/virtio_gpu_cmd_response',
  'dma_fence/dma_fence_init',
  'dma_fence/dma_fence_emit',
  'dma_fence/dma_fence_signaled',
  'dma_fence/dma_fence_destroy',
  'dma_fence/dma_fence_wait_start',
  'dma_fence/dma_fence_wait_end',
  'drm/drm_vblank_event',
  'drm/drm_vblank_event_queued',
  'drm/drm_vblank_event_delivered',
] as const;

/** Of all CPUs: some minutes of one head at 75 Hz. When it is full, the oldest events are overwritten. */
const wholeBufferKib = 32 * 1024;
const [leastKib, mostKib] = [1024, 16 * 1024];
const readBytes = 256 * 1024;
const prefix = 'guesthead-';

/** What was traced, once it has been stopped. */
export interface KernelTraceFacts {
  readonly clock: 'mono';
  readonly bufferKibPerCpu: number;
  /** Wanted, but not known to this kernel, or of a module that is not loaded. */
  readonly missing: readonly string[];
  /** Overwritten or dropped for want of room. */
  readonly lost: number;
}

/**
 * Owns `instances/guesthead-PID` and a descriptor in it, which keeps others from removing it,
 * until `close`. All of it is synchronous, so that it also serves a process that ends.
 */
export class KernelTracing {
  #held: number;
  #lost = 0;

  /**
   * Traces from now on. Throws ERR_UNSUPPORTED where tracefs is not mounted or knows none of
   * the events, ERR_PERMISSION where it is not for us, ERR_SYSTEM otherwise. What an instance
   * of a dead process of ours has left there is removed.
   */
  static start(places: readonly string[] = systemTracefs): KernelTracing {
    const instances = join(findTracefs(places), 'instances');
    removeStale(instances);
    const folder = join(instances, `${prefix}${String(process.pid)}`);
    try {
      mkdirSync(folder);
    } catch (cause) {
      throw refusal(folder, cause);
    }
    try {
      return new KernelTracing(folder);
    } catch (cause) {
      removeQuietly(folder);
      throw cause instanceof GuestheadError ? cause : refusal(folder, cause);
    }
  }

  readonly #missing: readonly string[];
  readonly #bufferKib: number;

  private constructor(private readonly folder: string) {
    this.#bufferKib = Math.min(mostKib, Math.max(leastKib, Math.ceil(wholeBufferKib / Math.max(1, cpus().length))));
    this.#write('trace_clock', 'mono');
    this.#write('buffer_size_kb', String(this.#bufferKib));
    this.#missing = wanted.filter((event) => !existsSync(join(folder, 'events', event)));
    const there = wanted.filter((event) => !this.#missing.includes(event));
    if (there.length === 0)
      throw new GuestheadError('ERR_UNSUPPORTED', 'The kernel knows none of the trace events', { device: folder });
    this.#held = openSync(join(folder, 'tracing_on'), 'r');
    try {
      for (const event of there) this.#write(join('events', event, 'enable'), '1');
    } catch (error) {
      closeSync(this.#held);
      throw error;
    }
  }

  /** Nothing is traced from now on, and what was stays to be read. */
  stop(): KernelTraceFacts {
    this.#write('tracing_on', '0');
    this.#lost = lostOn(join(this.folder, 'per_cpu'));
    const [bufferKibPerCpu, missing, lost] = [this.#bufferKib, this.#missing, this.#lost];
    return { clock: 'mono', bufferKibPerCpu, missing, lost };
  }

  /** In the order of their times; read bit by bit. */
  *lines(): Generator<KernelLine> {
    for (const text of linesOf(join(this.folder, 'trace'))) {
      const line = parseKernelLine(text);
      if (line !== undefined) yield line;
    }
  }

  /** Removes the instance; idempotent. Throws nothing: what is in use for now the next run removes. */
  close(): void {
    if (this.#held < 0) return;
    closeSync(this.#held);
    this.#held = -1;
    removeQuietly(this.folder);
  }

  #write(file: string, text: string): void {
    writeFileSync(join(this.folder, file), text, { flag: 'r+' });
  }
}

function findTracefs(places: readonly string[]): string {
  for (const place of places) {
    try {
      accessSync(join(place, 'instances'), access.W_OK | access.X_OK);
      return place;
    } catch (cause) {
      if (errnoOf(cause) !== constants.errno.ENOENT) throw refusal(place, cause);
    }
  }
  throw new GuestheadError('ERR_UNSUPPORTED', 'tracefs is not mounted', {
    advice: 'mount it: mount -t tracefs tracefs /sys/kernel/tracing',
  });
}

const forbidden: readonly number[] = [constants.errno.EACCES, constants.errno.EPERM, constants.errno.EROFS];

function refusal(device: string, cause: unknown): GuestheadError {
  const errno = errnoOf(cause);
  const isForbidden = errno !== undefined && forbidden.includes(errno);
  return new GuestheadError(
    isForbidden ? 'ERR_PERMISSION' : 'ERR_SYSTEM',
    'The kernel’s trace events are not to be had',
    {
      device,
      errno,
      cause,
      advice: isForbidden ? 'tracefs is root’s' : undefined,
    },
  );
}

/** Of processes that are no more. One that lives in another PID namespace holds its own open, and keeps it. */
function removeStale(instances: string): void {
  for (const name of readdirSync(instances)) {
    const pid = name.startsWith(prefix) ? Number(name.slice(prefix.length)) : NaN;
    if (pid === process.pid || (Number.isInteger(pid) && pid > 0 && !isAlive(pid)))
      removeQuietly(join(instances, name));
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errnoOf(error) !== constants.errno.ESRCH;
  }
}

function removeQuietly(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // in use, or gone
  }
}

/** Source: tracing_stats_read() in kernel/trace/trace.c. */
function lostOn(cpuFolders: string): number {
  let lost = 0;
  for (const cpu of readdirSync(cpuFolders)) {
    const stats = readFileSync(join(cpuFolders, cpu, 'stats'), 'utf8');
    for (const [, count] of stats.matchAll(/^(?:overrun|commit overrun|dropped events): (\d+)$/gm))
      lost += Number(count);
  }
  return lost;
}

function* linesOf(file: string): Generator<string> {
  const fd = openSync(file, 'r');
  try {
    const [buffer, decoder] = [Buffer.allocUnsafe(readBytes), new StringDecoder('utf8')];
    let rest = '';
    for (let bytes = readSync(fd, buffer); bytes > 0; bytes = readSync(fd, buffer)) {
      const lines = (rest + decoder.write(buffer.subarray(0, bytes))).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
    if (rest !== '') yield rest;
  } finally {
    closeSync(fd);
  }
}
