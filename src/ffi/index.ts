/** libdrm and libgbm, for what is done once: the folder's only door. */
export type {
  BlobId,
  ConnectorId,
  CrtcId,
  DmabufFd,
  EncoderId,
  FramebufferId,
  GemHandle,
  PlaneId,
  PropertyId,
} from './ids.js';
export { capability, clientCapability, gbmUsage, modeFlag, virtgpuParameter } from './constants.js';
export { format, formatName, INVALID, LINEAR } from './fourcc.js';
export { parseInFormats } from './in-formats.js';
export { loadLibdrm } from './libdrm-library.js';
export {
  deviceNameOf,
  dropMaster,
  getCapability,
  getVersion,
  isMaster,
  renderNodeOf,
  setClientCapability,
  setMaster,
} from './libdrm-device.js';
export type { Capability, ClientCapability, DriverVersion } from './libdrm-device.js';
export { decodeMode } from './mode.js';
export type { Mode } from './mode.js';
export { getConnector, getCrtc, getEncoder, getPlane, getPlanes, getResources } from './libdrm-kms.js';
export type { Connector, Crtc, Encoder, Plane, Resources } from './libdrm-kms.js';
export { createBlob, destroyBlob, getBlob, getProperties } from './libdrm-properties.js';
export type { Property, PropertyDefinitions } from './libdrm-properties.js';
export {
  addFramebuffer,
  closeFramebuffer,
  closeGemHandle,
  createDumb,
  destroyDumb,
  primeFdToHandle,
  primeHandleToFd,
} from './libdrm-buffers.js';
export type { DumbBuffer, FramebufferOptions, FramebufferPlane } from './libdrm-buffers.js';
export { getVirtgpuParameter } from './libdrm-virtgpu.js';
export type { VirtgpuParameter } from './libdrm-virtgpu.js';
export { attachVgemFence, signalVgemFence } from './libdrm-vgem.js';
export { drawingAdvice, eglVersion, loadLibegl, loadLibgles } from './libegl-library.js';
export { moveCursor, setCursor } from './libdrm-cursor.js';
export type { CursorShape } from './libdrm-cursor.js';
export { connectorModel, describeEdid } from './edid.js';
export type { DisplayModel } from './edid.js';
export { loadLibgbm } from './libgbm-library.js';
export { GbmDevice } from './gbm-device.js';
export type { BufferOptions, BufferShape, DmabufOptions, ModifierBufferOptions } from './gbm-device.js';
export type { GbmBuffer } from './gbm-buffer.js';
export { addonLibraries, explainMissing } from './addon-libraries.js';
export { installAdvice } from './packages.js';
