/** guesthead: gives a virtual machine's headless GPU a head. */
export { describeDevice, discover } from './device/index.js';
export type { DrmDevice } from './device/index.js';
export { GuestheadError } from './errors.js';
export type { ErrorCode } from './errors.js';
export { Display, headChannels, mergeFences, openHead, sharedFormats } from './output/index.js';
export type {
  Clock,
  ConnectorInfo,
  Cursor,
  DeviceRole,
  DisplayChange,
  DisplayOptions,
  Draw,
  DrawResult,
  FaultMessage,
  Flip,
  FlipMessage,
  FlushFenceMessage,
  Frame,
  Head,
  HeadInfo,
  HeadName,
  HeadOptions,
  HeadStats,
  OpenHeadOptions,
  Pacing,
  Percentiles,
  ReleaseMessage,
  Shown,
} from './output/index.js';
export { probe } from './probe/index.js';
export type {
  Capabilities,
  Check,
  CheckGroup,
  CheckStatus,
  DeviceFacts,
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
export type { DmabufDescription, ForeignBuffer, PathName, Refusal, SlotState, StateCounts } from './buffer/index.js';
