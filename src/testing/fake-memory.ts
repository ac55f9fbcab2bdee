/** Buffers and fences of the fake kernel: memory behind dma-bufs, sync_files, and who waits for them. */
import type { DmabufFd } from '../ffi/index.js';
import type { SyncFileInfo } from '../native/index.js';
import { FakeFiles, type FakeFile } from './fake-files.js';

/** What a dma-buf stands for. Its pixels come into being when they are first looked at. */
export class FakeMemory {
  /** Of whoever draws into it or reads it. */
  readonly fences: FakeFence[] = [];
  #pixels: ArrayBuffer | undefined;

  constructor(
    readonly bytes: number,
    private readonly file: FakeFile,
  ) {}

  get identity(): string {
    return this.file.identity;
  }

  get pixels(): ArrayBuffer {
    this.#pixels ??= new ArrayBuffer(this.bytes);
    return this.#pixels;
  }

  /** A new descriptor, the caller's. */
  open(): DmabufFd {
    return this.file.open() as DmabufFd;
  }
}

/** Signalled by hand. */
export class FakeFence {
  readonly #waiting = new Set<() => void>();
  #status = 0;
  #timestampNs = 0;

  /** As for the kernel: 0 pending, 1 signalled, negative a fence's error. */
  get status(): number {
    return this.#status;
  }

  get info(): SyncFileInfo['fences'][number] {
    return { driver: 'fake', timeline: 'by hand', status: this.#status, timestampNs: this.#timestampNs };
  }

  /** `errno`: the work failed. Idempotent. */
  signal(errno = 0): void {
    if (this.#status !== 0) return;
    this.#status = errno === 0 ? 1 : -errno;
    this.#timestampNs = Number(process.hrtime.bigint());
    for (const told of [...this.#waiting]) told();
    this.#waiting.clear();
  }

  /** Called once, at the signal; the function returned takes it back. */
  whenSignalled(told: () => void): () => void {
    if (this.#status === 0) this.#waiting.add(told);
    return () => this.#waiting.delete(told);
  }
}

/** All of a kernel's, by whichever descriptor they come. */
export class FakeMemories {
  readonly files = new FakeFiles();
  readonly #memories = new Map<string, FakeMemory>();
  readonly #syncFiles = new Map<string, readonly FakeFence[]>();

  create(bytes: number): FakeMemory {
    const memory = new FakeMemory(bytes, this.files.create(bytes));
    this.#memories.set(memory.identity, memory);
    return memory;
  }

  /** Undefined for what is no dma-buf of this kernel. */
  of(dmabuf: number): FakeMemory | undefined {
    return this.#memories.get(this.files.identify(dmabuf) ?? '');
  }

  /** A new sync_file, the caller's. */
  createSyncFile(fences: readonly FakeFence[]): number {
    const file = this.files.create(0);
    this.#syncFiles.set(file.identity, fences);
    return file.open();
  }

  /** Undefined for what is no sync_file of this kernel. */
  fencesOf(syncFile: number): readonly FakeFence[] | undefined {
    return this.#syncFiles.get(this.files.identify(syncFile) ?? '');
  }
}
