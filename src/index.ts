/**
 * guesthead: gives a virtual machine's headless GPU a head.
 * @module guesthead
 */
export { describeDevice, discover } from './device/index.js';
export type { DrmDevice, Kernel } from './device/index.js';
export { GuestheadError } from './errors.js';
export type { ErrorCode, ErrorDetails } from './errors.js';
export { Fence, formats, modifiers, Udmabuf } from './buffer/index.js';
export { DamageHistory } from './gl/index.js';
export type {
  AgedFrame,
  AlphaMode,
  Box,
  Colour,
  ColourLayer,
  Drawn,
  Effect,
  EffectLayer,
  FenceKind,
  FenceWish,
  Filter,
  Gl,
  GlDmabuf,
  GlJob,
  GlOptions,
  GlPicture,
  GlPlane,
  JobName,
  Layer,
  MemoryPicture,
  PictureLayer,
  Scene,
  Surface,
  Transform,
  UniformSizes,
  UniformValues,
} from './gl/index.js';
export type { GlFormat, GlInfo, GlPixels } from './native/index.js';
export { headChannels, openGpus, openHead, restoreOnSignals } from './head/index.js';
export type {
  ConnectorInfo,
  ConnectorMode,
  DeviceNumber,
  FormatInfo,
  GpuDevice,
  GpuOptions,
  GpuRole,
  PairChange,
  RenderDevice,
} from './gpus/index.js';
export type {
  FaultMessage,
  FlipMessage,
  FlushFenceMessage,
  Gpus,
  Head,
  HeadInfo,
  HeadName,
  HeadOptions,
  HeadState,
  HeadStats,
  OpenHeadOptions,
  Percentiles,
  ReleaseMessage,
} from './head/index.js';
export { MessageSocket } from './ipc/index.js';
export type { Message, MessageLimits, SendResult } from './ipc/index.js';
export type { Cursor } from './kms/index.js';
export type {
  DiscardReason,
  Draw,
  DrawnFrame,
  DrawResult,
  Flip,
  Frame,
  Outcome,
  Pace,
  Pacing,
  PresentOptions,
} from './loop/index.js';
export { probe } from './probe/index.js';
export type {
  Capabilities,
  Check,
  CheckGroup,
  CheckStatus,
  DeviceFacts,
  GlFacts,
  HeadFacts,
  MachineFacts,
  ModeFacts,
  ProbeOptions,
  ProbeReport,
  Verdict,
  VirtioParameters,
} from './probe/index.js';
export { createPattern, patternNames } from './render/index.js';
export type { Pattern, PatternName, Picture } from './render/index.js';
export type {
  UdmabufPixels,
  DmabufDescription,
  ClientBuffer,
  PathName,
  Rectangle,
  RenderMemory,
  Refusal,
  SlotState,
  StateCounts,
} from './buffer/index.js';
