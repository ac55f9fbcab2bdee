/** An instance of the kernel's tracer of our own: what the GPU drivers do while a run goes on. */
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  writeFileSync,
} from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { GuestheadError } from '../../errors.js';
import { parseKernelLine, type KernelLine } from './kernel-line.js';
import { findTracefs, instanceFolder, refusal, removeQuietly, removeStale, systemTracefs } from './tracefs.js';

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
  readonly #missing: readonly string[];
  readonly #bufferKib: number;

  /**
   * Traces from now on. Throws ERR_UNSUPPORTED where tracefs is not mounted or knows none of
   * the events, ERR_PERMISSION where it is not for us, ERR_SYSTEM otherwise. What an instance
   * of a dead process of ours has left there is removed.
   */
  static start(places: readonly string[] = systemTracefs): KernelTracing {
    const instances = join(findTracefs(places), 'instances');
    removeStale(instances);
    const folder = instanceFolder(instances);
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
    const lost = lostOn(join(this.folder, 'per_cpu'));
    return { clock: 'mono', bufferKibPerCpu: this.#bufferKib, missing: this.#missing, lost };
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
