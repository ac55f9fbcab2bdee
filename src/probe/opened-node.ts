/** An open DRM node, asked by the probe. */
import { DrmNode } from '../device/index.js';
import {
  capability,
  clientCapability,
  connectorModel,
  getCapability,
  getConnector,
  getResources,
  getVirtgpuParameter,
  isMaster,
  setClientCapability,
  virtgpuParameter,
  type Capability,
  type ConnectorId,
  type VirtgpuParameter,
} from '../ffi/index.js';
import { attempt, valueOf } from './check.js';
import type { Capabilities, HeadFacts, VirtioParameters } from './report.js';

/** Every method but `close` may throw a GuestheadError. */
export interface OpenedNode {
  capabilities(): Capabilities;
  virtioParameters(): VirtioParameters;
  heads(): readonly HeadFacts[];
  /** The kernel makes who opens a primary node its master, unless there is one. */
  isMaster(): boolean;
  close(): void;
}

export function openNode(path: string): OpenedNode {
  const node = DrmNode.open(path);
  return {
    capabilities: () => readCapabilities(node),
    virtioParameters: () => readParameters(node.fd),
    heads: () => getResources(node.fd).connectors.map((id) => readHead(node.fd, id)),
    isMaster: () => isMaster(node.fd),
    close: () => {
      node.close();
    },
  };
}

function readCapabilities(node: DrmNode): Capabilities {
  const { fd } = node;
  const value = (which: Capability) => getCapability(fd, which) ?? 0n;
  const kms = canDo(() => getResources(fd));
  return {
    kms,
    atomic: kms && canDo(() => setClientCapability(fd, clientCapability.atomic, 1n)),
    dumb: value(capability.dumbBuffer) !== 0n,
    primeImport: node.canImport(),
    primeExport: node.canExport(),
    modifiers: value(capability.addFb2Modifiers) !== 0n,
    syncobj: value(capability.syncobj) !== 0n,
    timelineSyncobj: value(capability.syncobjTimeline) !== 0n,
    asyncFlip: value(capability.asyncPageFlip) !== 0n,
    atomicAsyncFlip: value(capability.atomicAsyncPageFlip) !== 0n,
    cursor: kms
      ? { width: Number(value(capability.cursorWidth)), height: Number(value(capability.cursorHeight)) }
      : null,
  };
}

function canDo(call: () => unknown): boolean {
  return 'value' in attempt(call);
}

function readParameters(fd: number): VirtioParameters {
  const number = (which: VirtgpuParameter) => getVirtgpuParameter(fd, which) ?? null;
  const flag = (which: VirtgpuParameter) => {
    const value = number(which);
    return value === null ? null : value !== 0;
  };
  return {
    features3d: flag(virtgpuParameter.features3d),
    blob: flag(virtgpuParameter.resourceBlob),
    hostVisible: flag(virtgpuParameter.hostVisible),
    crossDevice: flag(virtgpuParameter.crossDevice),
    contextInit: flag(virtgpuParameter.contextInit),
    capsets: number(virtgpuParameter.supportedCapsets),
    blobAlignmentBytes: number(virtgpuParameter.blobAlignment),
  };
}

function readHead(fd: number, id: ConnectorId): HeadFacts {
  const { name, status, modes } = getConnector(fd, id, { probe: true });
  const edid = valueOf(attempt(() => connectorModel(fd, id)));
  return {
    connector: name,
    status,
    modes: modes.map(({ width, height, refreshHz, preferred }) => ({ width, height, refreshHz, preferred })),
    make: edid?.make ?? null,
    model: edid?.model ?? null,
    serial: edid?.serial ?? null,
  };
}
