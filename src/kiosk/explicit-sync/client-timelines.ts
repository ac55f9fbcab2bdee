/** The timelines that clients have brought, on the device where they are waited for and signalled. */
import { filter, type Subscription } from 'rxjs';
import type { Gpus } from '../../head/index.js';
import type { NativeSyncDevice } from '../../native/sync.js';
import type { Client } from '../../wayland/index.js';
import { ClientTimeline } from './client-timeline.js';

/** The pair that the heads are of. */
export interface SyncGpus extends Pick<Gpus, 'changes$'> {
  /** Throws a GuestheadError that says why explicit sync works on neither. */
  openSyncDevice(): { readonly device: NativeSyncDevice };
}

export class ClientTimelines {
  readonly #open = new Set<ClientTimeline>();
  readonly #changes: Subscription;

  private constructor(
    private readonly gpus: SyncGpus,
    private device: NativeSyncDevice,
  ) {
    this.#changes = gpus.changes$.pipe(filter(({ kind }) => kind === 'back')).subscribe(() => {
      this.#renew();
    });
  }

  /** Undefined where explicit sync works on neither of the GPUs. */
  static open(gpus: SyncGpus): ClientTimelines | undefined {
    try {
      return new ClientTimelines(gpus, gpus.openSyncDevice().device);
    } catch {
      return undefined; // `guesthead kiosk --check` says why
    }
  }

  /** Takes the descriptor over. Throws NativeError where it is of no syncobj; it stays the caller's then. */
  import(fd: number, client: Client): ClientTimeline {
    const timeline = new ClientTimeline(fd, client, this.device, (closed) => this.#open.delete(closed));
    this.#open.add(timeline);
    return timeline;
  }

  /** Those whose buffers the display still shows are signalled all the same, once it does not. Idempotent. */
  close(): void {
    this.#changes.unsubscribe();
    for (const timeline of [...this.#open]) timeline.abandon();
    this.device.close();
  }

  /** Perhaps it was this device that has been away. */
  #renew(): void {
    try {
      const { device } = this.gpus.openSyncDevice();
      this.device.close();
      this.device = device;
    } catch {
      return; // as before
    }
    for (const timeline of [...this.#open]) timeline.renew(this.device);
  }
}
