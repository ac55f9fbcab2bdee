/**
 * A display: the device that shows and the GPU that draws for it, with as many
 * heads as it has connectors. It hears of hotplug, of devices that go and come
 * back, and of a host that paused the machine, and tells its heads.
 */
import { filter, map, type Observable } from 'rxjs';
import { PauseWatch, watchDrmEvents, watchHostRefusals, type DrmUevent, type HostRefusal } from '../device/index.js';
import { coded, GuestheadError } from '../errors.js';
import { connectorModel, type Connector } from '../ffi/index.js';
import { Owner } from '../owner.js';
import { openDevices, type Devices } from './devices.js';
import { parseDisplayOptions, type DisplayOptions } from './options.js';
import { listConnectors } from '../kms/index.js';
import { SharedDevices, type DisplayChange } from './shared-devices.js';

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

/** What the heads of a display share: for them only, and so no member of `Display`. Set by the class itself. */
export let sharedBy: (display: Display) => SharedDevices;

export class Display {
  readonly #shared: SharedDevices;
  readonly #owner = new Owner();
  readonly #pauses: PauseWatch;

  static {
    sharedBy = (display) => display.#shared;
  }

  private constructor(shared: SharedDevices) {
    this.#shared = shared;
    this.#pauses = new PauseWatch(this.#onPause);
    const { latest } = shared;
    this.#owner.guard(() => {
      this.#owner.own(this.#pauses, (watch) => {
        watch.close();
      });
      this.#owner.own(watchUevents(latest, this.#onUevent), call);
      this.#owner.own(watchHostRefusals(latest.native, this.#onRefusal), call);
    });
    this.#owner.own(shared, (devices) => {
      devices.close();
    });
  }

  /** Throws a GuestheadError that says why, or the reason of `signal`; nothing stays open then. */
  static async open(options: DisplayOptions): Promise<Display> {
    const checked = parseDisplayOptions(options);
    const owner = new Owner();
    try {
      return await owner.guardAsync(async () => {
        checked.signal?.throwIfAborted();
        const { shows, renders, native } = await openDevices(checked);
        owner.own(shows.owner, closeOwner);
        owner.own(renders.owner, closeOwner);
        return new Display(new SharedDevices(checked, { shows, renders, native }));
      });
    } catch (error) {
      if (checked.signal?.aborted === true && error === checked.signal.reason) throw error;
      throw coded(error);
    }
  }

  get changes$(): Observable<DisplayChange> {
    return this.#shared.changes$;
  }

  /** What went wrong with the devices; ends with the display. */
  get faults$(): Observable<GuestheadError> {
    return this.changes$.pipe(
      filter((change) => 'fault' in change),
      map(({ fault }) => fault),
    );
  }

  /** Asked anew: make and model from the EDID. */
  connectors(): ConnectorInfo[] {
    const { node } = this.#shared.devices.shows;
    return listConnectors(node).map(({ id, name, status }) => {
      const { make, model } = connectorModel(node.fd, id) ?? { make: undefined, model: undefined };
      return { name, status, make, model };
    });
  }

  /** Looks now, and not only in a few seconds, whether the host paused the machine. */
  async checkPause(): Promise<void> {
    await this.#pauses.check();
  }

  /** Closes its heads, then the devices. Idempotent. */
  close(): void {
    this.#owner.close();
  }

  readonly #onPause = (seconds: number): void => {
    const what = `The machine stood still for about ${seconds} s`;
    const advice = 'the host paused or suspended it; flips go on by themselves';
    this.#shared.tell({ kind: 'fault', fault: new GuestheadError('ERR_HOST_PAUSED', what, { advice }) });
  };

  readonly #onRefusal = ({ commandName, responseName }: HostRefusal): void => {
    const fault = new GuestheadError('ERR_HOST_REFUSED', `The host refused ${commandName} with ${responseName}`, {
      device: this.#shared.latest.shows.node.path,
      operation: commandName,
      advice: refusalAdvice,
    });
    this.#shared.tell({ kind: 'fault', fault });
  };

  readonly #onUevent = (event: DrmUevent): void => {
    const { shows, renders } = this.#shared.latest;
    if (event.kind === 'overflow') this.#shared.tell({ kind: 'hotplug' });
    else if (event.kind === 'added') this.#shared.lookNow();
    else if (event.kind === 'hotplug' && event.node === shows.found.primary) this.#shared.tell({ kind: 'hotplug' });
    else if (event.kind === 'removed' && event.node === shows.found.primary) this.#shared.lose('display');
    else if (event.kind === 'removed' && event.node === renders.found.primary) this.#shared.lose('render');
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
