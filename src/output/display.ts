/**
 * A display: the device that shows and the GPU that draws for it, with as many
 * heads as it has connectors. It hears of hotplug, of devices that go and come
 * back, and of a host that paused the machine, and tells its heads.
 */
import { filter, map, Subject, type Observable } from 'rxjs';
import { ForeignBuffers } from '../buffer/index.js';
import { PauseWatch, watchDrmEvents, watchHostRefusals, type DrmUevent, type HostRefusal } from '../device/index.js';
import { coded, GuestheadError } from '../errors.js';
import { connectorModel, type Connector } from '../ffi/index.js';
import { closeQuietly, Owner } from '../owner.js';
import { openDevices, openDisplayDevice, openRenderDevice, sameDevice, type Devices } from './devices.js';
import { parseDisplayOptions, type CheckedDisplayOptions, type DisplayOptions } from './options.js';
import { listConnectors, type Pipeline } from './pipeline.js';

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

/** A connector, for people to choose by. */
export interface ConnectorInfo {
  readonly name: string;
  readonly status: Connector['status'];
  /** From the EDID; undefined where there is none, or no libdisplay-info. */
  readonly make: string | undefined;
  readonly model: string | undefined;
}

/** Source: KERNEL.md, "QEMU host". */
const refusalAdvice =
  'on the host raise list_limit and size_limit_mb in /sys/module/udmabuf/parameters, give the guest a memory-backend-memfd with share=on, and keep the buffers out of the GPU’s VRAM';

/** How often a device that went is looked for, where no uevent says that it is back. */
const lookMs = 500;

export class Display {
  readonly #changes$ = new Subject<DisplayChange>();
  readonly #owner = new Owner();
  readonly #lost = new Set<DeviceRole>();
  readonly #claims = new Set<Pipeline>();
  #foreign: ForeignBuffers;
  #closed = false;
  #timer: NodeJS.Timeout | undefined;
  #reopening = false;
  readonly #pauses: PauseWatch;

  private constructor(
    private readonly options: CheckedDisplayOptions,
    private current: Devices,
  ) {
    this.#foreign = this.#newForeign();
    this.#pauses = new PauseWatch(this.#onPause);
    this.#owner.guard(() => {
      this.#owner.own(this.#pauses, (watch) => {
        watch.close();
      });
      this.#owner.own(watchUevents(current, this.#onUevent), call);
      this.#owner.own(watchHostRefusals(current.native, this.#onRefusal), call);
    });
  }

  /** Throws a GuestheadError that says why; nothing stays open then. */
  static async open(options: DisplayOptions): Promise<Display> {
    const checked = parseDisplayOptions(options);
    const owner = new Owner();
    try {
      return await owner.guardAsync(async () => {
        const { shows, renders, native } = await openDevices(checked);
        owner.own(shows.owner, closeOwner);
        owner.own(renders.owner, closeOwner);
        return new Display(checked, { shows, renders, native });
      });
    } catch (error) {
      throw coded(error);
    }
  }

  get changes$(): Observable<DisplayChange> {
    return this.#changes$.asObservable();
  }

  /** What went wrong with the devices; ends with the display. */
  get faults$(): Observable<GuestheadError> {
    return this.#changes$.pipe(
      filter((change) => 'fault' in change),
      map(({ fault }) => fault),
    );
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

  /** Asked anew: make and model from the EDID. */
  connectors(): ConnectorInfo[] {
    const { node } = this.devices.shows;
    return listConnectors(node).map(({ id, name, status }) => {
      const { make, model } = connectorModel(node.fd, id) ?? { make: undefined, model: undefined };
      return { name, status, make, model };
    });
  }

  /** Looks now, and not only in a few seconds, whether the host paused the machine. */
  async checkPause(): Promise<void> {
    await this.#pauses.check();
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

  /** Closes its heads, then the devices. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#changes$.complete();
    const { renders, shows } = this.current;
    for (const role of ['render', 'display'] as const)
      if (!this.#lost.has(role)) this.#owner.own(role === 'render' ? renders.owner : shows.owner, closeOwner);
    this.#owner.own(this.#foreign, (foreign) => {
      foreign.close();
    });
    this.#owner.close();
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
      const newShows = this.#lost.has('display')
        ? await openDisplayDevice({ display: sameDevice(display, shows.found), wait: false, onWait }, native)
        : shows;
      if (newShows !== shows) opened.own(newShows.owner, closeOwner);
      const wanted = sameDevice(render, renders.found);
      return {
        native,
        shows: newShows,
        renders: this.#lost.has('render') ? openRenderDevice(wanted, newShows.found) : renders,
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

  readonly #onPause = (seconds: number): void => {
    const what = `The machine stood still for about ${String(seconds)} s`;
    const advice = 'the host paused or suspended it; flips go on by themselves';
    this.#changes$.next({ kind: 'fault', fault: new GuestheadError('ERR_HOST_PAUSED', what, { advice }) });
  };

  readonly #onRefusal = ({ commandName, responseName }: HostRefusal): void => {
    const fault = new GuestheadError('ERR_HOST_REFUSED', `The host refused ${commandName} with ${responseName}`, {
      device: this.current.shows.node.path,
      operation: commandName,
      advice: refusalAdvice,
    });
    this.#changes$.next({ kind: 'fault', fault });
  };

  readonly #onUevent = (event: DrmUevent): void => {
    const { shows, renders } = this.current;
    if (event.kind === 'overflow') this.#changes$.next({ kind: 'hotplug' });
    else if (event.kind === 'added') this.#lookAgain(0);
    else if (event.kind === 'hotplug' && event.node === shows.found.primary) this.#changes$.next({ kind: 'hotplug' });
    else if (event.kind === 'removed' && event.node === shows.found.primary) this.lose('display');
    else if (event.kind === 'removed' && event.node === renders.found.primary) this.lose('render');
  };
}

function call(stop: () => void): void {
  stop();
}

function closeOwner(owner: Owner): void {
  owner.close();
}

/** Without uevents, as in a container, hotplug goes unseen; losses show in the commits. */
function watchUevents({ native }: Devices, onEvent: (event: DrmUevent) => void): () => void {
  try {
    return watchDrmEvents(native, onEvent);
  } catch {
    return () => undefined;
  }
}

function lostError(role: DeviceRole, { shows, renders }: Devices, cause?: unknown): GuestheadError {
  const what = role === 'display' ? 'The display device is gone' : 'The render GPU is gone';
  return new GuestheadError('ERR_DEVICE_LOST', what, {
    device: (role === 'display' ? shows : renders).node.path,
    cause,
    advice: 'it was unbound or unplugged; with `reopen` a head comes back by itself once it is there again',
  });
}
