/** One CRTC whose flips and fences a test drives by hand. */
import { constants } from 'node:os';
import { GuestheadError } from '../errors.js';
import { commitFlag, type NativeError, type NativeScanout, type ScanoutHandlers, type ScanoutIds } from '../native.js';

export interface FakeFlip {
  /** Refresh cycles since the flip before; 1 = none missed. */
  readonly cycles?: number;
  /** Nanoseconds since the flip before. */
  readonly elapsedNs?: number;
  readonly flushPending?: boolean;
}

const refreshNs = 1e9 / 60;

export class FakeScanout implements NativeScanout {
  /** Errnos for the commits to come, 0 = accepted; beyond the queue all are accepted. */
  readonly errnos: number[] = [];
  /** The slots committed, in order. */
  readonly committed: number[] = [];
  /** Slots whose fences are held back until `signal`. */
  readonly held = new Set<number>();
  sequence = 0;
  timestampNs = 0;
  readonly #attached = new Set<number>();
  /** How often each slot was replaced since its last fence. */
  readonly #draining = new Map<number, number>();
  #pending: number | undefined;
  #current = -1;
  #closed = false;

  constructor(
    readonly ids: ScanoutIds,
    private readonly handlers: ScanoutHandlers,
  ) {}

  /** The slot whose flip is under way. */
  get pending(): number | undefined {
    return this.#pending;
  }

  get closed(): boolean {
    return this.#closed;
  }

  attach(slot: number, _framebuffer: number, _dmabufFd: number): void {
    this.#throwIfClosed();
    this.#attached.add(slot);
  }

  detach(slot: number): void {
    this.#throwIfClosed();
    this.#attached.delete(slot);
    this.#draining.delete(slot);
    if (this.#current === slot) this.#current = -1;
  }

  commit(slot: number, _inFence: number, flags: number): number {
    this.#throwIfClosed();
    if (!this.#attached.has(slot)) throw new RangeError(`Slot ${slot} is not attached`);
    const errno = this.errnos.shift() ?? 0;
    if (errno !== 0) return -errno;
    if ((flags & commitFlag.testOnly) !== 0) return 0;
    if (this.#pending !== undefined && (flags & commitFlag.nonblock) !== 0) return -constants.errno.EBUSY;
    this.committed.push(slot);
    if ((flags & commitFlag.pageFlipEvent) !== 0) this.#pending = slot;
    return 0;
  }

  setCurrent(slot: number): void {
    this.#throwIfClosed();
    if (slot !== -1 && !this.#attached.has(slot)) throw new RangeError(`Slot ${slot} is not attached`);
    const replaced = this.#current;
    this.#current = slot;
    if (replaced === -1 || replaced === slot) return;
    this.#drain(replaced);
    setImmediate(() => {
      if (!this.held.has(replaced)) this.signal(replaced);
    });
  }

  close(): void {
    this.#closed = true;
  }

  /** Completes the flip under way, then the replaced buffer's fence unless it is held. */
  flip({ cycles = 1, elapsedNs = cycles * refreshNs, flushPending = false }: FakeFlip = {}): void {
    const slot = this.#pending;
    if (slot === undefined || this.#closed) return;
    const replaced = this.#current;
    this.#pending = undefined;
    this.#current = slot;
    this.sequence = (this.sequence + cycles) >>> 0;
    this.timestampNs += elapsedNs;
    this.handlers.flip(slot, this.sequence, this.timestampNs, flushPending);
    if (replaced === -1 || replaced === slot) return;
    this.#drain(replaced);
    if (!this.held.has(replaced)) this.signal(replaced);
  }

  /** Signals a draining buffer's fence, once for each time it was replaced. */
  signal(slot: number): void {
    this.held.delete(slot);
    const owed = this.#draining.get(slot) ?? 0;
    this.#draining.delete(slot);
    for (let i = 0; i < owed && !this.#closed && this.#attached.has(slot); i++) this.handlers.fence(slot);
  }

  /** The device goes away. */
  lose(error: NativeError): void {
    this.#draining.clear();
    if (!this.#closed) this.handlers.error(error);
  }

  #drain(slot: number): void {
    this.#draining.set(slot, (this.#draining.get(slot) ?? 0) + 1);
  }

  #throwIfClosed(): void {
    if (this.#closed) throw new GuestheadError('ERR_CLOSED', 'The scanout is closed');
  }
}
