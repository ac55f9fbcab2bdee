/**
 * The pair of GPUs: one shows, the other draws for it. Its heads get it as their context.
 * It knows which of the two is gone, who has claimed which connector, and which client
 * buffers are imported. A device that was lost is looked for, and opened again, where that was asked for.
 */
import { Subject, type Observable } from 'rxjs';
import { ClientBuffers } from '../buffer/index.js';
import type { KmsNode } from '../device/index.js';
import { coded, GuestheadError } from '../errors.js';
import type { Pipe } from '../kms/index.js';
import { closeQuietly, Owner, quietly } from '../owner.js';
import { abandonDisplay, abandonRender } from './loss.js';
import { openBoth, openLost, type OpenGpus } from './open-gpus.js';
import { parseGpuOptions, type CheckedGpuOptions, type GpuOptions } from './options.js';
import type { GpuRole, PairChange } from './pair-change.js';
import { PairWatch } from './pair-watch.js';
import { openSyncDevice, type SyncDevice } from './sync-device.js';

/** How often a device that was lost is looked for, where no uevent says that it is back. */
const lookMs = 500;

export class GpuPair {
  readonly #changes$ = new Subject<PairChange>();
  readonly #lost = new Set<GpuRole>();
  readonly #claims = new Set<Pipe>();
  readonly #watch: PairWatch;
  #clientBuffers: ClientBuffers;
  #closed = false;
  #timer: NodeJS.Timeout | undefined;
  #reopening = false;
  #paused = false;

  private constructor(
    private readonly options: CheckedGpuOptions,
    private current: OpenGpus,
  ) {
    this.#clientBuffers = clientBuffersOf(current);
    this.#watch = new PairWatch(this, options.kernel);
  }

  /** Throws a GuestheadError that says why, or the reason of `signal`; nothing stays open then. */
  static async open(options: GpuOptions = {}): Promise<GpuPair> {
    const checked = parseGpuOptions(options);
    const owner = new Owner();
    try {
      return await owner.guardAsync(async () => {
        checked.signal?.throwIfAborted();
        const opened = await openBoth(checked);
        owner.own(opened.display.owner);
        owner.own(opened.render.owner);
        return new GpuPair(checked, opened);
      });
    } catch (error) {
      if (checked.signal?.aborted === true && error === checked.signal.reason) throw error;
      throw coded(error);
    }
  }

  /** Completes when the pair is closed. */
  get changes$(): Observable<PairChange> {
    return this.#changes$.asObservable();
  }

  /** Tells the heads. */
  tell(change: PairChange): void {
    this.#changes$.next(change);
  }

  get reopens(): boolean {
    return this.options.reopen;
  }

  /** Both GPUs, open. Throws ERR_CLOSED, or ERR_DEVICE_LOST while one is gone. */
  get gpus(): OpenGpus {
    this.assertOpen();
    return this.current;
  }

  /** As they were opened last, also while one is gone. */
  get latest(): OpenGpus {
    return this.current;
  }

  /** Throws as `gpus` does. */
  assertOpen(): void {
    this.#throwIfClosed();
    const [role] = this.#lost;
    if (role !== undefined) throw lostError(role, this.current);
  }

  /** The imports of dma-bufs that callers brought; new after the display was lost. */
  get clientBuffers(): ClientBuffers {
    return this.#clientBuffers;
  }

  /** The pipes that its heads have taken. */
  claims(): readonly Pipe[] {
    return [...this.#claims];
  }

  /** Returns the function that gives the claim up; it is idempotent. */
  claim(pipe: Pipe): () => void {
    this.#claims.add(pipe);
    return () => this.#claims.delete(pipe);
  }

  /** Whether the device is gone, which the kernel is asked; false once the pair is closed. */
  isGone(role: GpuRole): boolean {
    if (this.#closed) return false;
    return this.#lost.has(role) || this.current[role].node.isGone();
  }

  /**
   * For whoever has a reason to think that a device is gone, by a uevent or an errno, which prove
   * nothing. Answers whether it is; from then on it is lost, and the heads have been told, once.
   */
  lose(role: GpuRole, cause?: unknown): boolean {
    if (!this.isGone(role)) return false;
    if (this.#lost.has(role)) return true;
    this.#lost.add(role);
    const { render, display } = this.current;
    this.#changes$.next({ kind: 'lost', role, fault: lostError(role, this.current, cause) });
    if (role === 'display') abandonDisplay(display, this.#clientBuffers);
    else abandonRender(render);
    if (this.options.reopen) this.#lookAgain(0);
    return true;
  }

  /** The same for a failure that may come from either device. */
  loseWhatIsGone(cause?: unknown): boolean {
    const display = this.lose('display', cause);
    return this.lose('render', cause) || display;
  }

  /**
   * Closes the display and opens it anew, as after a loss, for a reason that the heads are told: its open file is of no more use.
   * Does nothing where a lost display would not be opened again.
   */
  renewDisplay(fault: GuestheadError): void {
    this.#throwIfClosed();
    if (!this.options.reopen || this.#lost.has('display')) return;
    this.#lost.add('display');
    this.#changes$.next({ kind: 'lost', role: 'display', fault });
    quietly(this.#closeDisplay);
    this.#lookAgain(0);
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** See `Gpus.pause`. */
  pause(): void {
    this.#throwIfClosed();
    if (this.#paused) return;
    this.#paused = true;
    this.#changes$.next({ kind: 'paused' });
    if (!this.#lost.has('display')) this.current.display.node.giveUpMaster();
  }

  /** See `Gpus.resume`. */
  resume(): void {
    this.#throwIfClosed();
    if (!this.#paused) return;
    if (!this.#lost.has('display')) regain(this.current.display.node);
    this.#paused = false;
    this.#changes$.next({ kind: 'resumed' });
    if (this.#lost.size > 0 && this.options.reopen) this.#lookAgain(0);
  }

  /** On the GPU that draws, else on the display. Throws as `gpus` does, and ERR_UNSUPPORTED; it is the caller's to close. */
  openSyncDevice(): SyncDevice {
    const { render, display } = this.gpus;
    return openSyncDevice([render.node.path, display.found.render], this.options.kernel);
  }

  /** Looks at once for a device that was lost, where one was. */
  lookNow(): void {
    this.#lookAgain(0);
  }

  /** Looks now, and not only in a few seconds, whether the host paused the machine. */
  async checkPause(): Promise<void> {
    await this.#watch.checkPause();
  }

  /** Closes the heads, then the devices. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#timer);
    const owner = new Owner();
    owner.own(this.#watch);
    if (!this.#lost.has('render')) owner.own(this.current.render.owner);
    if (!this.#lost.has('display')) owner.defer(this.#closeDisplay);
    owner.defer(() => {
      this.#changes$.complete();
    });
    owner.close();
  }

  #throwIfClosed(): void {
    if (this.#closed) throw new GuestheadError('ERR_CLOSED', 'The GPUs are closed');
  }

  /** One that has gone without anybody noticing must not be closed like any. */
  readonly #closeDisplay = (): void => {
    const { display } = this.current;
    if (display.node.isGone()) {
      abandonDisplay(display, this.#clientBuffers);
      return;
    }
    const owner = new Owner();
    owner.own(display.owner);
    owner.own(this.#clientBuffers);
    owner.close();
  };

  #lookAgain(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#reopen(), ms);
  }

  /** Not while it is paused: who opens a display without a master becomes it. */
  async #reopen(): Promise<void> {
    if (this.#reopening || this.#closed || this.#paused || this.#lost.size === 0) return;
    this.#reopening = true;
    const wanted = new Set(this.#lost);
    const opened = await openLost(this.current, wanted, this.options).catch(() => undefined); // not there yet, or not ours yet
    this.#reopening = false;
    if (opened === undefined) this.#lookAgain(lookMs);
    else this.#adopt(opened, wanted);
  }

  /** `roles` were opened anew; meanwhile the other device may have been lost, or the display be left to others. */
  #adopt(opened: OpenGpus, roles: ReadonlySet<GpuRole>): void {
    if (this.#closed || this.#paused) {
      for (const role of roles) closeQuietly(opened[role].owner);
      return;
    }
    this.current = opened;
    if (roles.has('display')) this.#clientBuffers = clientBuffersOf(opened);
    for (const role of roles) this.#lost.delete(role);
    if (this.#lost.size > 0) this.#lookAgain(0);
    else this.#changes$.next({ kind: 'back' });
  }
}

function clientBuffersOf({ display: { node, handles } }: OpenGpus): ClientBuffers {
  return new ClientBuffers(node, handles);
}

/** Throws ERR_NOT_MASTER. */
function regain(node: KmsNode): void {
  let why = new GuestheadError('ERR_NOT_MASTER', 'The display has not been given back (DRM master)', {
    device: node.path,
    advice: 'call `resume` again once the process that has the display gives it up',
  });
  if (!node.regainMaster((forbidden) => (why = forbidden))) throw why;
}

function lostError(role: GpuRole, { display, render }: OpenGpus, cause?: unknown): GuestheadError {
  const what = role === 'display' ? 'The display device is gone' : 'The render GPU is gone';
  return new GuestheadError('ERR_DEVICE_LOST', what, {
    device: (role === 'display' ? display : render).node.path,
    cause,
    advice: 'it was unbound or unplugged; with `reopen` a head comes back by itself once it is there again',
  });
}
