/** One CRTC whose flips and fences a test drives by hand. */
import { constants } from 'node:os';
import { GuestheadError } from '../errors.js';
import {
  commitFlag,
  type AtomicRequest,
  type NativeError,
  type NativeScanout,
  type ScanoutHandlers,
  type ScanoutIds,
} from '../native/index.js';
import { nativeError } from './native-error.js';

export interface FakeFlip {
  /** Refresh cycles since the flip before; 1 = none missed. */
  readonly cycles?: number;
  /** Nanoseconds since the flip before. */
  readonly elapsedNs?: number;
  readonly flushPending?: boolean;
}

const refreshNs = 1e9 / 60;

/** A commit that was accepted, as it was given. */
export interface FakeCommit {
  readonly slot: number;
  /** -1 = none. It stays its caller's. */
  readonly inFence: number;
  readonly flags: number;
  readonly damage: readonly number[] | undefined;
  readonly state: AtomicRequest | undefined;
}

/** What a commit makes of the CRTC. */
export interface PathCommit {
  readonly framebuffer: number;
  readonly dmabufFd: number;
  /** -1 = none. */
  readonly inFence: number;
  readonly flags: number;
  /** What is set beside the framebuffer and the fence. */
  readonly state: AtomicRequest | undefined;
}

/** The CRTC behind a scanout; each method that returns a number returns 0 or an errno. */
export interface FakeFramePath {
  attach(dmabufFd: number): number;
  commit(commit: PathCommit): number;
  /** Whether the fence of the commit under way keeps it from being flipped to. */
  isPending(): boolean;
  /** Whether the host keeps reading a buffer that was replaced, until `signal`. */
  readonly holdsFences: boolean;
  /** A sync_file that signals when the commit just made is flipped to; the caller's. Undefined where it makes none. */
  outFence(): number | undefined;
  /** The commit under way has been flipped to. */
  flipped(): void;
}

/** A CRTC of no display: takes every commit, one at a time. */
class LooseFramePath implements FakeFramePath {
  readonly holdsFences = false;
  #busy = false;

  attach(): number {
    return 0;
  }

  commit({ flags }: PathCommit): number {
    if ((flags & commitFlag.testOnly) !== 0) return 0;
    if (this.#busy && (flags & commitFlag.nonblock) !== 0) return constants.errno.EBUSY;
    this.#busy = (flags & commitFlag.pageFlipEvent) !== 0;
    return 0;
  }

  isPending(): boolean {
    return false;
  }

  outFence(): undefined {
    return undefined;
  }

  flipped(): void {
    this.#busy = false;
  }
}

export class FakeScanout implements NativeScanout {
  /** Errnos for the commits to come, 0 = accepted; beyond the queue all are accepted. */
  readonly errnos: number[] = [];
  /** Those that change what is shown, in order. */
  readonly commits: FakeCommit[] = [];
  /** Slots whose fences are held back until `signal`. */
  readonly held = new Set<number>();
  sequence = 0;
  timestampNs = 0;
  readonly #attached = new Map<number, { readonly framebuffer: number; readonly dmabufFd: number }>();
  /** How often each slot was replaced since its last fence. */
  readonly #draining = new Map<number, number>();
  /** Commits whose flip events are to come. */
  readonly #pending: number[] = [];
  #current = -1;
  #closed = false;

  constructor(
    readonly ids: ScanoutIds,
    private readonly handlers: ScanoutHandlers,
    private readonly path: FakeFramePath = new LooseFramePath(),
  ) {}

  /** The slots committed, in order. */
  get committed(): number[] {
    return this.commits.map(({ slot }) => slot);
  }

  /** The fences of the commits, in order; -1 = none. */
  get inFences(): number[] {
    return this.commits.map(({ inFence }) => inFence);
  }

  /** The slot whose flip is under way. */
  get pending(): number | undefined {
    return this.#pending[0];
  }

  get closed(): boolean {
    return this.#closed;
  }

  attach(slot: number, framebuffer: number, dmabufFd: number): void {
    this.#throwIfClosed();
    const errno = this.path.attach(dmabufFd);
    if (errno !== 0) throw nativeError(errno, 'fcntl');
    this.#attached.set(slot, { framebuffer, dmabufFd });
  }

  detach(slot: number): void {
    this.#throwIfClosed();
    this.#attached.delete(slot);
    this.#draining.delete(slot);
    if (this.#current === slot) this.#current = -1;
  }

  commit(
    slot: number,
    inFence: number,
    flags: number,
    wantOutFence = false,
    damage?: Uint32Array,
    state?: AtomicRequest,
  ): number {
    this.#throwIfClosed();
    const attached = this.#attached.get(slot);
    if (attached === undefined) throw new RangeError(`Slot ${slot} is not attached`);
    if ((inFence >= 0 && this.ids.inFenceFd === 0) || (wantOutFence && this.ids.outFencePtr === 0))
      return -constants.errno.EOPNOTSUPP;
    const errno = this.errnos.shift() ?? this.path.commit({ ...attached, inFence, flags, state });
    if (errno !== 0) return -errno;
    if ((flags & commitFlag.testOnly) !== 0) return 0;
    this.commits.push({ slot, inFence, flags, damage: damage && [...damage], state });
    if ((flags & commitFlag.pageFlipEvent) !== 0) this.#pending.push(slot);
    return wantOutFence ? (this.path.outFence() ?? 0) : 0;
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

  /** A flip under way is made all the same; nobody hears of it. */
  close(): void {
    if (this.#pending.length > 0 && !this.#closed) this.path.flipped();
    this.#closed = true;
  }

  /**
   * Completes the flip under way, then the replaced buffer's fence unless it is held. False where
   * there is none, or its fence has not signalled.
   */
  flip({ cycles = 1, elapsedNs = cycles * refreshNs, flushPending = false }: FakeFlip = {}): boolean {
    const [slot] = this.#pending;
    if (slot === undefined || this.#closed || this.path.isPending()) return false;
    const replaced = this.#current;
    this.#pending.shift();
    if (this.#pending.length === 0) this.path.flipped();
    this.#current = slot;
    this.sequence = (this.sequence + cycles) >>> 0;
    this.timestampNs += elapsedNs;
    if (replaced !== -1 && replaced !== slot && this.path.holdsFences) this.held.add(replaced);
    this.handlers.flip(slot, this.sequence, this.timestampNs, flushPending);
    if (replaced === -1 || replaced === slot) return true;
    this.#drain(replaced);
    if (!this.held.has(replaced)) this.signal(replaced);
    return true;
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
