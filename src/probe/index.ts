export { probe, readChecks } from './probe.js';
export type { ProbeOptions } from './probe.js';
export type {
  Capabilities,
  Check,
  CheckGroup,
  CheckStatus,
  DeviceFacts,
  GlFacts,
  GroupId,
  HeadFacts,
  MachineFacts,
  ModeFacts,
  ProbeReport,
  Verdict,
  VirtioParameters,
} from './report.js';
