/**
 * Numbers of the DRM and GBM interfaces. Sources: drm.h, drm_mode.h of the kernel's
 * UAPI and gbm.h; the unit test compares each with the compiler's value.
 */

/** For `getCapability`: what a device can do. */
export const capability = {
  dumbBuffer: 0x1,
  prime: 0x5,
  timestampMonotonic: 0x6,
  asyncPageFlip: 0x7,
  cursorWidth: 0x8,
  cursorHeight: 0x9,
  addFb2Modifiers: 0x10,
  crtcInVblankEvent: 0x12,
  syncobj: 0x13,
  syncobjTimeline: 0x14,
  /** Unknown to older kernels. */
  atomicAsyncPageFlip: 0x15,
} as const;

/** For `setClientCapability`: what this open file wants to be told. */
export const clientCapability = {
  universalPlanes: 2,
  /** Implies `universalPlanes`. */
  atomic: 3,
  writebackConnectors: 5,
  /** Unknown to older kernels; without it newer ones hide a paravirtual cursor plane from atomic clients. */
  cursorPlaneHotspot: 6,
} as const;

/** For `getVirtgpuParameter`: what virtio-gpu and its host agreed upon. Source: virtgpu_drm.h. */
export const virtgpuParameter = {
  features3d: 1,
  capsetQueryFix: 2,
  resourceBlob: 3,
  hostVisible: 4,
  crossDevice: 5,
  contextInit: 6,
  supportedCapsets: 7,
  /** Unknown to older kernels. */
  explicitDebugName: 8,
  /** Unknown to older kernels; others have it only where the host asks for it. */
  blobAlignment: 9,
} as const;

/** For a buffer's `usage`; combined with `|`. */
export const gbmUsage = { scanout: 1, cursor: 2, rendering: 4, write: 8, linear: 16 } as const;

export const gbmImport = { fd: 0x5503, fdModifier: 0x5504 } as const;

export const ioctl = {
  gemClose: 0x40086409,
  createDumb: 0xc02064b2,
  destroyDumb: 0xc00464b4,
  closeFramebuffer: 0xc00864d0,
  virtgpuGetParameter: 0xc0106443,
} as const;

export const objectType = { crtc: 0xcccccccc, connector: 0xc0c0c0c0, plane: 0xeeeeeeee } as const;

export const connection = { connected: 1, disconnected: 2, unknown: 3 } as const;

export const modeFlag = { interlace: 1 << 4, doublescan: 1 << 5 } as const;
export const modeTypePreferred = 1 << 3;

/** DRM_MODE_FB_MODIFIERS: the modifiers passed with a framebuffer count. */
export const framebufferModifiers = 1 << 1;

/** `DRM_CLOEXEC` and `DRM_RDWR`, for an exported dma-buf's file descriptor. */
export const primeFlag = { closeOnExec: 0o2000000, readWrite: 2 } as const;

/** By DRM_MODE_CONNECTOR_*; the kernel's names (drm_connector.c), as in `/sys/class/drm/card0-Virtual-1`. */
export const connectorTypeNames = [
  'Unknown',
  'VGA',
  'DVI-I',
  'DVI-D',
  'DVI-A',
  'Composite',
  'SVIDEO',
  'LVDS',
  'Component',
  'DIN',
  'DP',
  'HDMI-A',
  'HDMI-B',
  'TV',
  'eDP',
  'Virtual',
  'DSI',
  'DPI',
  'Writeback',
  'SPI',
  'USB',
] as const;
