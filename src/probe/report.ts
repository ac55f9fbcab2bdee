/** What a probe tells. `schemas/probe.schema.json` publishes the same shape. */
import type { PathName, Refusal } from '../buffer/index.js';
import type { ErrorCode } from '../errors.js';
import type { GlInfo } from '../native/index.js';

/** `unknown`: it could not be read or tried here, and `found` says why. */
export type CheckStatus = 'ok' | 'no' | 'unknown';

export interface Check {
  /** Stable, e.g. `virtio-gpu.blob`; several devices may have the same. */
  readonly id: string;
  readonly status: CheckStatus;
  /** What was read or tried, and what came of it. */
  readonly found: string;
  /** Why it matters. */
  readonly why: string;
  /** What to do; null where nothing need be done. */
  readonly advice: string | null;
  /** The node or device concerned. */
  readonly device?: string;
  /** Of the failure that made it `no` or `unknown`. */
  readonly code?: ErrorCode;
}

export const groupIds = [
  'system',
  'nodes',
  'virtio-gpu',
  'heads',
  'permissions',
  'libraries',
  'udmabuf',
  'transfer',
  'gl',
  'trials',
] as const;
export type GroupId = (typeof groupIds)[number];

export interface CheckGroup {
  readonly id: GroupId;
  readonly checks: readonly Check[];
}

/** Of one DRM device; false is also what cannot be told without its primary node. */
export interface Capabilities {
  readonly kms: boolean;
  readonly atomic: boolean;
  readonly dumb: boolean;
  readonly primeImport: boolean;
  readonly primeExport: boolean;
  /** Framebuffers with format modifiers. */
  readonly modifiers: boolean;
  readonly syncobj: boolean;
  readonly timelineSyncobj: boolean;
  readonly asyncFlip: boolean;
  readonly atomicAsyncFlip: boolean;
  /** Pixels, as advised; null without KMS. */
  readonly cursor: { readonly width: number; readonly height: number } | null;
}

/** GETPARAM's values; null where this kernel does not know the parameter, or it could not be asked. */
export interface VirtioParameters {
  readonly features3d: boolean | null;
  readonly blob: boolean | null;
  readonly hostVisible: boolean | null;
  readonly crossDevice: boolean | null;
  readonly contextInit: boolean | null;
  /** A bit a capset. */
  readonly capsets: number | null;
  /** Bytes. */
  readonly blobAlignmentBytes: number | null;
}

export interface ModeFacts {
  readonly width: number;
  readonly height: number;
  readonly refreshHz: number;
  readonly preferred: boolean;
}

export interface HeadFacts {
  readonly connector: string;
  readonly status: 'connected' | 'disconnected' | 'unknown';
  readonly modes: readonly ModeFacts[];
  /** From the EDID. */
  readonly make: string | null;
  readonly model: string | null;
  readonly serial: string | null;
}

export interface DeviceFacts {
  readonly driver: string;
  readonly pci: string | null;
  readonly primary: string | null;
  readonly render: string | null;
  /** The PCI device's serial number, where the kernel tells it. */
  readonly serial: string | null;
  /** Null where no node could be opened. */
  readonly capabilities: Capabilities | null;
  /** Null for other devices than virtio-gpu. */
  readonly virtio: VirtioParameters | null;
  readonly heads: readonly HeadFacts[];
}

/** The render GPU's driver, as a process of its own found it. */
export interface GlFacts extends Omit<GlInfo, 'formats'> {
  readonly node: string;
  /** The driver puts a fence on the dma-buf that it draws into; null where that could not be tried. */
  readonly implicitFence: boolean | null;
  /** drm_fourcc.h's names of what the display shows and the GPU draws. */
  readonly formats: readonly string[];
}

export interface MachineFacts {
  readonly kernel: string;
  readonly architecture: string;
  readonly node: string;
  readonly host: string;
  readonly user: string;
  readonly root: boolean;
}

export interface Verdict {
  /** `unknown`: nothing was refused, but not all could be tried. */
  readonly status: CheckStatus;
  /** What `auto` would take. */
  readonly path: PathName | null;
  /** The nodes it would take. */
  readonly render: string | null;
  readonly display: string | null;
  /** The better paths, and why not they. */
  readonly refused: readonly Refusal[];
  /** One sentence of all this. */
  readonly text: string;
}

export interface ProbeReport {
  /** The package's version. */
  readonly guesthead: string;
  readonly redacted: boolean;
  readonly machine: MachineFacts;
  readonly devices: readonly DeviceFacts[];
  /** Null where there is no GPU, or its driver could not be asked: the group `gl` says why. */
  readonly gl: GlFacts | null;
  readonly groups: readonly CheckGroup[];
  readonly verdict: Verdict;
}
