/**
 * The pair of GPUs: one shows, the other draws for it. Its heads get it as their context.
 * It knows which of the two is gone, who has claimed which connector, and which client
 * buffers are imported. A device that was lost is looked for, and opened again, where that was asked for.
 */
import { Subject, type Observable } from 'rxjs';
import { ClientBuffers } from '../buffer/index.js';
import { coded, GuestheadError } from '../errors.js';
import type { Pipe } from '../kms/index.js';
import { closeQuietly, Owner } from '../owner.js';
import { openBoth, openLost, type OpenGpus } from './open-gpus.js';
import { parseGpuOptions, type CheckedGpuOptions, type GpuOptions } from './options.js';
import type { GpuRole, PairChange } from './pair-change.js';
import { PairWatch } from './pair-watch.js';

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
    if (this.#closed) throw new GuestheadError('ERR_CLOSED', 'The GPUs are closed');
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

  /** Whether the device really is gone: an ioctl says so. A uevent, or an errno of a commit, proves nothing. */
  isGone(role: GpuRole): boolean {
    try {
      (role === 'display' ? this.current.display : this.current.render).node.canExport();
      return false;
    } catch {
      return true;
    }
  }

  /** For a head whose commit said so, and for the uevent: whoever is first. Idempotent. */
  lose(role: GpuRole, cause?: unknown): void {
    if (this.#closed || this.#lost.has(role)) return;
    this.#lost.add(role);
    this.#changes$.next({ kind: 'lost', role, fault: lostError(role, this.current, cause) });
    if (role === 'display') this.#abandonDisplay();
    else closeQuietly(this.current.render.owner);
    if (this.options.reopen) this.#lookAgain(0);
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
    const { render, display } = this.current;
    if (!this.#lost.has('render')) owner.own(render.owner);
    if (!this.#lost.has('display')) owner.own(display.owner);
    owner.own(this.#clientBuffers);
    owner.defer(() => {
      this.#changes$.complete();
    });
    owner.close();
  }

  #abandonDisplay(): void {
    this.#clientBuffers.close();
    const { display } = this.current;
    display.node.abandon();
    closeQuietly(display.owner);
  }

  #lookAgain(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#reopen(), ms);
  }

  async #reopen(): Promise<void> {
    if (this.#reopening || this.#closed || this.#lost.size === 0) return;
    this.#reopening = true;
    const opened = await openLost(this.current, this.#lost, this.options).catch(() => undefined); // not there yet, or not ours yet
    this.#reopening = false;
    if (opened === undefined) this.#lookAgain(lookMs);
    else this.#adopt(opened);
  }

  #adopt(opened: OpenGpus): void {
    const kept = { display: opened.display === this.current.display, render: opened.render === this.current.render };
    if (this.#closed) {
      if (!kept.display) opened.display.owner.close();
      if (!kept.render) opened.render.owner.close();
      return;
    }
    this.current = opened;
    if (!kept.display) this.#clientBuffers = clientBuffersOf(opened);
    this.#lost.clear();
    this.#changes$.next({ kind: 'back' });
  }
}

function clientBuffersOf({ display: { node, handles } }: OpenGpus): ClientBuffers {
  return new ClientBuffers(node, handles);
}

function lostError(role: GpuRole, { display, render }: OpenGpus, cause?: unknown): GuestheadError {
  const what = role === 'display' ? 'The display device is gone' : 'The render GPU is gone';
  return new GuestheadError('ERR_DEVICE_LOST', what, {
    device: (role === 'display' ? display : render).node.path,
    cause,
    advice: 'it was unbound or unplugged; with `reopen` a head comes back by itself once it is there again',
  });
}
