/**
 * What a CRTC shows: our picture by a modeset, and what was there before by a
 * restore. Everything here is synchronous, so that it also works while the
 * process ends.
 */
import type { DrmNode } from '../device/index.js';
import { GuestheadError, errnoOf } from '../errors.js';
import { createBlob, destroyBlob, getBlob, type BlobId, type FramebufferId, type Mode } from '../ffi/index.js';
import { commitFlag, type AtomicRequest, type NativeDevice } from '../native.js';
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
  #changed = false;

  constructor(
    private readonly display: DrmNode,
    private readonly device: NativeDevice,
    private readonly pipe: Pipe,
  ) {
    this.#saved = this.#save();
  }

  /** TEST_ONLY: throws ERR_COMMIT if this would be refused; nothing changes. */
  test(mode: Mode, framebuffer: FramebufferId): void {
    this.#modeset(mode, framebuffer, commitFlag.testOnly);
  }

  /** Sets the mode with this framebuffer; returns when it is on. */
  show(mode: Mode, framebuffer: FramebufferId): void {
    this.#modeset(mode, framebuffer, 0);
    this.#changed = true;
  }

  /** Gives the CRTC back what it showed before `show`. Idempotent; waits for a flip under way. */
  restore(): void {
    if (!this.#changed) return;
    this.#changed = false;
    const { crtc, plane, mode } = this.#saved;
    if (crtc['ACTIVE'] === 0n || plane['FB_ID'] === 0n || mode === undefined) this.#turnOff();
    else
      try {
        this.#withMode(mode, (blob) => this.#savedRequest(blob));
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
      mode: mode === 0n ? undefined : getBlob(this.display.fd, Number(mode) as BlobId),
    };
  }

  #modeset(mode: Mode, framebuffer: FramebufferId, flags: number): void {
    try {
      this.#withMode(mode.raw, (blob) => this.#ownRequest(mode, framebuffer, blob), flags);
    } catch (cause) {
      throw new GuestheadError('ERR_COMMIT', 'The display refused the mode with this buffer', {
        operation: 'DRM_IOCTL_MODE_ATOMIC',
        device: this.display.path,
        errno: errnoOf(cause),
        cause,
      });
    }
  }

  #withMode(mode: Uint8Array, build: (blob: BlobId) => AtomicRequest, flags = 0): void {
    const blob = createBlob(this.display.fd, mode);
    try {
      this.device.commit(build(blob), flags | commitFlag.allowModeset);
    } finally {
      destroyBlob(this.display.fd, blob); // the state on the CRTC keeps its own reference
    }
  }

  #ownRequest({ width, height }: Mode, framebuffer: FramebufferId, blob: BlobId): AtomicRequest {
    const { connector, crtc, plane } = this.pipe;
    const [w, h] = [BigInt(width), BigInt(height)];
    const source = { SRC_X: 0n, SRC_Y: 0n, SRC_W: w << fixedPoint, SRC_H: h << fixedPoint };
    const target = { CRTC_X: 0n, CRTC_Y: 0n, CRTC_W: w, CRTC_H: h };
    return new AtomicBuilder(this.display)
      .set('connector', connector.id, { CRTC_ID: BigInt(crtc) })
      .set('crtc', crtc, { MODE_ID: BigInt(blob), ACTIVE: 1n })
      .set('plane', plane, { FB_ID: BigInt(framebuffer), CRTC_ID: BigInt(crtc), ...source, ...target })
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
    const { connector, crtc, plane } = this.pipe;
    const request = new AtomicBuilder(this.display)
      .set('connector', connector.id, { CRTC_ID: 0n })
      .set('crtc', crtc, { MODE_ID: 0n, ACTIVE: 0n })
      .set('plane', plane, { FB_ID: 0n, CRTC_ID: 0n })
      .build();
    this.device.commit(request, commitFlag.allowModeset);
  }
}
