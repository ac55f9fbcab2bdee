/** What the fake display consists of. */
import type { ConnectorId, CrtcId, CursorShape, DisplayModel, EncoderId, PlaneId } from '../ffi/index.js';
import type { FakeMemory } from './fake-memory.js';
import type { FakeMode } from './fake-mode.js';

export interface FakeConnectorOptions {
  /** The preferred one first; none: nothing is plugged in. */
  readonly modes?: readonly FakeMode[];
  /** Something is plugged in, also where the kernel knows no mode of it, as with a broken EDID. */
  readonly connected?: boolean;
  /** What the kernel says of it in place of connected or disconnected, where it cannot tell. */
  readonly status?: 'unknown';
  readonly model?: DisplayModel;
}

/** One scanout, as virtio-gpu has them: each connector has a CRTC and a primary plane of its own. */
export interface FakeScreen {
  readonly name: string;
  readonly connector: ConnectorId;
  readonly encoder: EncoderId;
  readonly crtc: CrtcId;
  readonly plane: PlaneId;
  modes: readonly FakeMode[];
  readonly connected: boolean;
  readonly status: 'unknown' | undefined;
  readonly model: DisplayModel | undefined;
  /** A commit's flip has not been made yet: what comes meanwhile is refused with EBUSY, or waits. */
  busy: boolean;
  /** What people see: a commit under way changes it when it has been flipped to. */
  visible: Visible | undefined;
  readonly cursor: { memory: FakeMemory | undefined; shape: CursorShape | undefined; x: number; y: number };
}

export interface Visible {
  readonly framebuffer: Framebuffer;
  /** `struct drm_mode_modeinfo` */
  readonly mode: Buffer;
}

export interface Framebuffer {
  readonly width: number;
  readonly height: number;
  readonly format: number;
  readonly pitch: number;
  readonly offset: number;
  /** Undefined for the console's own. */
  readonly memory: FakeMemory | undefined;
}
