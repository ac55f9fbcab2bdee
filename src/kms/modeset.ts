/**
 * What a CRTC shows: the whole state that goes with a frame where the mode changes, off, and what
 * was there before. Off and restore are synchronous, so that they also work while the process ends.
 */
import type { KmsNode } from '../device/index.js';
import { errnoOf, GuestheadError } from '../errors.js';
import type { BlobId, FramebufferId, Mode } from '../ffi/index.js';
import { commitFlag, type AtomicRequest, type NativeDevice } from '../native/index.js';
import { AtomicBuilder, readProperties } from './atomic.js';
import type { Pipe } from './pipe.js';

const planeGeometry = ['SRC_X', 'SRC_Y', 'SRC_W', 'SRC_H', 'CRTC_X', 'CRTC_Y', 'CRTC_W', 'CRTC_H'];
/** SRC_* are 16.16 fixed point. */
const fixedPoint = 16n;

interface Saved {
  readonly connector: Record<string, bigint>;
  readonly crtc: Record<string, bigint>;
  readonly plane: Record<string, bigint>;
  /** A copy: the blob itself may go with the state that refers to it. */
  readonly mode: Buffer | undefined;
}

export class Modeset {
  readonly #saved: Saved;
  /** Of the mode to be given back, while there is one to be. */
  #savedBlob: BlobId | undefined;
  #changed = false;

  constructor(
    private readonly display: KmsNode,
    private readonly device: NativeDevice,
    private readonly pipe: Pipe,
  ) {
    this.#saved = this.#save();
  }

  /** TEST_ONLY: throws ERR_COMMIT if this would be refused; nothing changes. */
  test(mode: Mode, framebuffer: FramebufferId): void {
    try {
      this.withState(mode, (state) => {
        const request = joined(state, this.#framebuffer(framebuffer));
        this.device.commit(request, commitFlag.testOnly | commitFlag.allowModeset);
      });
    } catch (cause) {
      throw this.#refused('the mode with this buffer', cause);
    }
  }

  /**
   * Gives `commit` all that sets the mode, beside the plane's FB_ID; returns what it returns. The mode's blob lives as
   * long as the call: the state on the CRTC keeps its own reference. What is shown before is restored later.
   */
  withState<T>(mode: Mode, commit: (state: AtomicRequest) => T): T {
    const blob = this.display.kms.createBlob(mode.raw);
    try {
      return commit(this.#stateOf(mode, blob));
    } finally {
      this.#destroy(blob);
    }
  }

  /** A commit is about to change what the CRTC shows: what was there is left for the end. */
  committing(): void {
    if (!this.#changed) this.#leaveWord();
  }

  /** It has: `restore` has something to do. */
  committed(): void {
    this.#changed = true;
  }

  /** Turns the CRTC off; waits for a flip under way. Throws ERR_COMMIT. */
  off(): void {
    this.committing();
    try {
      this.#turnOff();
    } catch (cause) {
      throw this.#refused('to be turned off', cause);
    }
    this.#changed = true;
  }

  /** Gives the CRTC back what it showed before. Idempotent; waits for a flip under way. */
  restore(): void {
    if (!this.#changed) return;
    this.#changed = false;
    try {
      if (this.#savedBlob === undefined) this.#turnOff();
      else this.#giveBack(this.#savedBlob);
    } finally {
      this.#takeWordBack();
    }
  }

  /** A worker thread that is terminated runs no JavaScript any more: the addon gives the CRTC back then. */
  #leaveWord(): void {
    const { crtc, plane, mode } = this.#saved;
    this.#takeWordBack(); // of a modeset that was refused
    if (crtc['ACTIVE'] !== 0n && plane['FB_ID'] !== 0n && mode !== undefined)
      this.#savedBlob = this.display.kms.createBlob(mode);
    const request = this.#savedBlob === undefined ? this.#offRequest() : this.#savedRequest(this.#savedBlob);
    this.device.commitAtEnd(this.pipe.crtc, request);
  }

  #takeWordBack(): void {
    this.device.commitAtEnd(this.pipe.crtc, null);
    if (this.#savedBlob !== undefined) this.#destroy(this.#savedBlob);
    this.#savedBlob = undefined;
  }

  #giveBack(mode: BlobId): void {
    try {
      this.device.commit(this.#savedRequest(mode), commitFlag.allowModeset);
    } catch {
      this.#turnOff(); // the framebuffer's owner has gone in the meantime
    }
  }

  #save(): Saved {
    const { connector, crtc, plane } = this.pipe;
    const crtcValues = readProperties(this.display, 'crtc', crtc, ['ACTIVE', 'MODE_ID']);
    const mode = crtcValues['MODE_ID'] ?? 0n;
    return {
      connector: readProperties(this.display, 'connector', connector.id, ['CRTC_ID']),
      crtc: crtcValues,
      plane: readProperties(this.display, 'plane', plane, ['FB_ID', 'CRTC_ID', ...planeGeometry]),
      mode: mode === 0n ? undefined : this.display.kms.getBlob(Number(mode) as BlobId),
    };
  }

  #refused(what: string, cause: unknown): GuestheadError {
    return new GuestheadError('ERR_COMMIT', `The display refused ${what}`, {
      operation: 'DRM_IOCTL_MODE_ATOMIC',
      device: this.display.path,
      errno: errnoOf(cause),
      cause,
    });
  }

  #framebuffer(framebuffer: FramebufferId): AtomicRequest {
    return new AtomicBuilder(this.display).set('plane', this.pipe.plane, { FB_ID: BigInt(framebuffer) }).build();
  }

  #stateOf({ width, height }: Mode, blob: BlobId): AtomicRequest {
    const { connector, crtc, plane } = this.pipe;
    const [w, h] = [BigInt(width), BigInt(height)];
    const source = { SRC_X: 0n, SRC_Y: 0n, SRC_W: w << fixedPoint, SRC_H: h << fixedPoint };
    const target = { CRTC_X: 0n, CRTC_Y: 0n, CRTC_W: w, CRTC_H: h };
    return new AtomicBuilder(this.display)
      .set('connector', connector.id, { CRTC_ID: BigInt(crtc) })
      .set('crtc', crtc, { MODE_ID: BigInt(blob), ACTIVE: 1n })
      .set('plane', plane, { CRTC_ID: BigInt(crtc), ...source, ...target })
      .build();
  }

  #savedRequest(blob: BlobId): AtomicRequest {
    const { connector, crtc, plane } = this.pipe;
    return new AtomicBuilder(this.display)
      .set('connector', connector.id, this.#saved.connector)
      .set('crtc', crtc, { ...this.#saved.crtc, MODE_ID: BigInt(blob) })
      .set('plane', plane, this.#saved.plane)
      .build();
  }

  #turnOff(): void {
    this.device.commit(this.#offRequest(), commitFlag.allowModeset);
  }

  #offRequest(): AtomicRequest {
    const { connector, crtc, plane } = this.pipe;
    return new AtomicBuilder(this.display)
      .set('connector', connector.id, { CRTC_ID: 0n })
      .set('crtc', crtc, { MODE_ID: 0n, ACTIVE: 0n })
      .set('plane', plane, { FB_ID: 0n, CRTC_ID: 0n })
      .build();
  }

  /** A display that is gone has no blobs. */
  #destroy(blob: BlobId): void {
    try {
      this.display.kms.destroyBlob(blob);
    } catch {
      // see above
    }
  }
}

function joined(first: AtomicRequest, second: AtomicRequest): AtomicRequest {
  return {
    objects: Uint32Array.from([...first.objects, ...second.objects]),
    properties: Uint32Array.from([...first.properties, ...second.properties]),
    values: BigUint64Array.from([...first.values, ...second.values]),
  };
}
