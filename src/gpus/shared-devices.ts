/**
 * What the heads of a display share: its devices, which of them are gone, and who has
 * claimed what of them. A device that went is looked for, and opened again, where that was asked for.
 */
import { Subject, type Observable } from 'rxjs';
import { ForeignBuffers } from '../buffer/index.js';
import { discover, selectDisplay, selectRender } from '../device/index.js';
import { GuestheadError } from '../errors.js';
import { closeQuietly, Owner } from '../owner.js';
import { openDisplayDevice, openRenderDevice, sameDevice, type Devices } from './devices.js';
import type { CheckedDisplayOptions } from './options.js';
import type { Pipeline } from '../kms/index.js';

export type DisplayChange =
  /** A connector may have come, gone or changed its modes. */
  | { readonly kind: 'hotplug' }
  /** A device went; nothing that belongs to it can be used or needs closing. */
  | { readonly kind: 'lost'; readonly fault: GuestheadError; readonly role: DeviceRole }
  /** All devices are open again. */
  | { readonly kind: 'back' }
  /** Something that the heads outlive. */
  | { readonly kind: 'fault'; readonly fault: GuestheadError };

export type DeviceRole = 'display' | 'render';

/** How often a device that went is looked for, where no uevent says that it is back. */
const lookMs = 500;

export class SharedDevices {
  readonly #changes$ = new Subject<DisplayChange>();
  readonly #lost = new Set<DeviceRole>();
  readonly #claims = new Set<Pipeline>();
  #foreign: ForeignBuffers;
  #closed = false;
  #timer: NodeJS.Timeout | undefined;
  #reopening = false;

  /** Takes the devices over once it is made: `close` closes them. */
  constructor(
    private readonly options: CheckedDisplayOptions,
    private current: Devices,
  ) {
    this.#foreign = this.#newForeign();
  }

  /** Completes when the display is closed. */
  get changes$(): Observable<DisplayChange> {
    return this.#changes$.asObservable();
  }

  /** Tells the heads. */
  tell(change: DisplayChange): void {
    this.#changes$.next(change);
  }

  get reopens(): boolean {
    return this.options.reopen;
  }

  /** Throws ERR_CLOSED, or ERR_DEVICE_LOST while a device is gone. */
  get devices(): Devices {
    this.assertOpen();
    return this.current;
  }

  /** Throws as `devices` does. */
  assertOpen(): void {
    if (this.#closed) throw new GuestheadError('ERR_CLOSED', 'The display is closed');
    const [role] = this.#lost;
    if (role !== undefined) throw lostError(role, this.current);
  }

  /** The imports of dma-bufs that callers brought; new after a loss. */
  get foreign(): ForeignBuffers {
    return this.#foreign;
  }

  /** What its heads have taken. */
  claims(): readonly Pipeline[] {
    return [...this.#claims];
  }

  /** Returns what gives the claim up; idempotent. */
  claim(pipeline: Pipeline): () => void {
    this.#claims.add(pipeline);
    return () => this.#claims.delete(pipeline);
  }

  /** As they were opened last, also while one is gone. */
  get latest(): Devices {
    return this.current;
  }

  /** For a head whose commit said so, and for the uevent: whoever is first. Idempotent. */
  lose(role: DeviceRole, cause?: unknown): void {
    if (this.#closed || this.#lost.has(role)) return;
    this.#lost.add(role);
    this.#changes$.next({ kind: 'lost', role, fault: lostError(role, this.current, cause) });
    if (role === 'display') this.#abandonDisplay();
    else closeQuietly(this.current.renders.owner);
    if (this.options.reopen) this.#lookAgain(0);
  }

  /** Looks at once for a device that went, where one did. */
  lookNow(): void {
    this.#lookAgain(0);
  }

  /** Closes the heads, then the devices. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#changes$.complete();
    const { renders, shows } = this.current;
    const owner = new Owner();
    for (const role of ['render', 'display'] as const)
      if (!this.#lost.has(role)) owner.own(role === 'render' ? renders.owner : shows.owner, closeOwner);
    owner.own(this.#foreign, (foreign) => {
      foreign.close();
    });
    owner.close();
  }

  #abandonDisplay(): void {
    this.#foreign.close();
    const { shows } = this.current;
    shows.node.abandon();
    closeQuietly(shows.owner);
  }

  #lookAgain(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#reopen(), ms);
  }

  async #reopen(): Promise<void> {
    if (this.#reopening || this.#closed || this.#lost.size === 0) return;
    this.#reopening = true;
    const devices = await this.#openLost().catch(() => undefined); // not there yet, or not ours yet
    this.#reopening = false;
    if (devices === undefined) this.#lookAgain(lookMs);
    else this.#adopt(devices);
  }

  async #openLost(): Promise<Devices> {
    const { native, shows, renders } = this.current;
    const { display, render, onWait } = this.options;
    const opened = new Owner();
    return opened.guardAsync(async () => {
      const found = discover();
      const wantedDisplay = sameDevice(display, shows.found);
      const newShows = this.#lost.has('display')
        ? await openDisplayDevice(selectDisplay(found, wantedDisplay), { wait: false, onWait }, native)
        : shows;
      if (newShows !== shows) opened.own(newShows.owner, closeOwner);
      const wanted = sameDevice(render, renders.found);
      return {
        native,
        shows: newShows,
        renders: this.#lost.has('render')
          ? await openRenderDevice(selectRender(found, wanted, newShows.found))
          : renders,
      };
    });
  }

  #adopt(devices: Devices): void {
    const kept = { shows: devices.shows === this.current.shows, renders: devices.renders === this.current.renders };
    if (this.#closed) {
      if (!kept.shows) devices.shows.owner.close();
      if (!kept.renders) devices.renders.owner.close();
      return;
    }
    this.current = devices;
    if (!kept.shows) this.#foreign = this.#newForeign();
    this.#lost.clear();
    this.#changes$.next({ kind: 'back' });
  }

  #newForeign(): ForeignBuffers {
    const { node, handles } = this.current.shows;
    return new ForeignBuffers(node, handles);
  }
}

function closeOwner(owner: Owner): void {
  owner.close();
}

function lostError(role: DeviceRole, { shows, renders }: Devices, cause?: unknown): GuestheadError {
  const what = role === 'display' ? 'The display device is gone' : 'The render GPU is gone';
  return new GuestheadError('ERR_DEVICE_LOST', what, {
    device: (role === 'display' ? shows : renders).node.path,
    cause,
    advice: 'it was unbound or unplugged; with `reopen` a head comes back by itself once it is there again',
  });
}
