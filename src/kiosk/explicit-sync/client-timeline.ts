/** A client's timeline: its points say when a buffer has been drawn, and when it may be drawn into again. */
import { closeSync } from 'node:fs';
import { constants } from 'node:os';
import { errnoOf } from '../../errors.js';
import type { NativeSyncDevice, NativeSyncWait, NativeTimeline } from '../../native/sync.js';
import type { Client } from '../../wayland/index.js';
import { countHeld } from '../dmabuf/held.js';

/** In use until its object has gone and all of its points that were set. */
export class ClientTimeline {
  #native: NativeTimeline | undefined;
  /** Its object, at first. */
  #uses = 1;
  /** What could not be signalled while the device was away. With it all that is before it is signalled. */
  #owed: bigint | undefined;
  #abandoned = false;

  /**
   * Takes a syncobj's descriptor over, and keeps it: the timeline has to be imported again where the device goes and comes back. Throws
   * NativeError where it is no syncobj; the descriptor stays the caller's then.
   */
  constructor(
    private readonly fd: number,
    private readonly client: Client,
    device: NativeSyncDevice,
    private readonly onClosed: (timeline: ClientTimeline) => void,
  ) {
    this.#native = imported(device, fd);
    countHeld(client, 1);
  }

  /** One more use. */
  hold(): this {
    this.#uses++;
    return this;
  }

  /** Ends one use; with the last one it is closed. */
  release(): void {
    this.#uses--;
    this.#look();
  }

  /** As `Content.whenDrawn`. While the device is away nobody waits. */
  whenSignalled(point: bigint, tell: () => void): (() => void) | undefined {
    let stop: (() => void) | undefined;
    const told = () => {
      stop?.();
      tell();
    };
    const wait = this.#waitFor(point, told);
    if (wait === undefined) return undefined;
    countHeld(this.client, 1);
    stop = () => {
      stop = undefined;
      wait.close();
      countHeld(this.client, -1);
    };
    return () => stop?.();
  }

  /** While the device is away it is left until that is back. */
  signal(point: bigint): void {
    const latest = this.#owed === undefined || point > this.#owed ? point : this.#owed;
    this.#owed = this.#signalled(latest) || this.#abandoned ? undefined : latest;
  }

  /** The device has come back. What was brought while it was away may be no syncobj. */
  renew(device: NativeSyncDevice): void {
    this.#native?.close();
    this.#native = undefined;
    try {
      this.#native = imported(device, this.fd);
    } catch {
      this.abandon();
      return;
    }
    if (this.#owed !== undefined) this.signal(this.#owed);
    this.#look();
  }

  /** Nobody looks for the device any more: what cannot be signalled now never will be. */
  abandon(): void {
    this.#abandoned = true;
    this.#owed = undefined;
    this.#look();
  }

  #waitFor(point: bigint, told: () => void): NativeSyncWait | undefined {
    try {
      return this.#native?.whenSignalled(point, told) ?? undefined;
    } catch {
      return undefined;
    }
  }

  /** False where the device is away. */
  #signalled(point: bigint): boolean {
    try {
      this.#native?.signal(point);
      return this.#native !== undefined;
    } catch {
      return false;
    }
  }

  #look(): void {
    if (this.#uses > 0 || this.#owed !== undefined) return;
    this.#native?.close();
    closeSync(this.fd);
    countHeld(this.client, -1);
    this.onClosed(this);
  }
}

/** Undefined while the device is away. */
function imported(device: NativeSyncDevice, fd: number): NativeTimeline | undefined {
  try {
    return device.importTimeline(fd);
  } catch (error) {
    if (errnoOf(error) === constants.errno.ENODEV) return undefined;
    throw error;
  }
}
