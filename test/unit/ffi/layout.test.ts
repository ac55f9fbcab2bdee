import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  capability,
  clientCapability,
  connection,
  connectorTypeNames,
  framebufferModifiers,
  gbmImport,
  gbmUsage,
  ioctl,
  modeFlag,
  modeTypePreferred,
  objectType,
  primeFlag,
  virtgpuParameter,
} from '../../../src/ffi/constants.js';
import { format, INVALID, LINEAR } from '../../../src/ffi/fourcc.js';
import { nameLength, structs } from '../../../src/ffi/structs.js';
import { compiledLayouts, evaluate, missingTools, runC } from './compiler.js';

/** Each of a table's numbers beside its name in C; a key without a name does not type-check. */
function pairs<Key extends string>(
  table: Readonly<Record<Key, number>>,
  names: Readonly<Record<Key, string>>,
): [string, bigint][] {
  return (Object.keys(names) as Key[]).map((key) => [names[key], BigInt(table[key])]);
}

const constants: [string, bigint][] = [
  ...pairs(capability, {
    dumbBuffer: 'DRM_CAP_DUMB_BUFFER',
    prime: 'DRM_CAP_PRIME',
    timestampMonotonic: 'DRM_CAP_TIMESTAMP_MONOTONIC',
    asyncPageFlip: 'DRM_CAP_ASYNC_PAGE_FLIP',
    cursorWidth: 'DRM_CAP_CURSOR_WIDTH',
    cursorHeight: 'DRM_CAP_CURSOR_HEIGHT',
    addFb2Modifiers: 'DRM_CAP_ADDFB2_MODIFIERS',
    crtcInVblankEvent: 'DRM_CAP_CRTC_IN_VBLANK_EVENT',
    syncobj: 'DRM_CAP_SYNCOBJ',
    syncobjTimeline: 'DRM_CAP_SYNCOBJ_TIMELINE',
    atomicAsyncPageFlip: 'DRM_CAP_ATOMIC_ASYNC_PAGE_FLIP',
  }),
  ...pairs(clientCapability, {
    universalPlanes: 'DRM_CLIENT_CAP_UNIVERSAL_PLANES',
    atomic: 'DRM_CLIENT_CAP_ATOMIC',
    writebackConnectors: 'DRM_CLIENT_CAP_WRITEBACK_CONNECTORS',
    cursorPlaneHotspot: 'DRM_CLIENT_CAP_CURSOR_PLANE_HOTSPOT',
  }),
  ...pairs(gbmUsage, {
    scanout: 'GBM_BO_USE_SCANOUT',
    cursor: 'GBM_BO_USE_CURSOR',
    rendering: 'GBM_BO_USE_RENDERING',
    write: 'GBM_BO_USE_WRITE',
    linear: 'GBM_BO_USE_LINEAR',
  }),
  ...pairs(gbmImport, { fd: 'GBM_BO_IMPORT_FD', fdModifier: 'GBM_BO_IMPORT_FD_MODIFIER' }),
  ...pairs(ioctl, {
    gemClose: 'DRM_IOCTL_GEM_CLOSE',
    createDumb: 'DRM_IOCTL_MODE_CREATE_DUMB',
    destroyDumb: 'DRM_IOCTL_MODE_DESTROY_DUMB',
    closeFramebuffer: 'DRM_IOCTL_MODE_CLOSEFB',
    virtgpuGetParameter: 'DRM_IOCTL_VIRTGPU_GETPARAM',
  }),
  ...pairs(virtgpuParameter, {
    features3d: 'VIRTGPU_PARAM_3D_FEATURES',
    capsetQueryFix: 'VIRTGPU_PARAM_CAPSET_QUERY_FIX',
    resourceBlob: 'VIRTGPU_PARAM_RESOURCE_BLOB',
    hostVisible: 'VIRTGPU_PARAM_HOST_VISIBLE',
    crossDevice: 'VIRTGPU_PARAM_CROSS_DEVICE',
    contextInit: 'VIRTGPU_PARAM_CONTEXT_INIT',
    supportedCapsets: 'VIRTGPU_PARAM_SUPPORTED_CAPSET_IDs',
    explicitDebugName: 'VIRTGPU_PARAM_EXPLICIT_DEBUG_NAME',
    blobAlignment: 'VIRTGPU_PARAM_BLOB_ALIGNMENT',
  }),
  ...pairs(objectType, {
    crtc: 'DRM_MODE_OBJECT_CRTC',
    connector: 'DRM_MODE_OBJECT_CONNECTOR',
    plane: 'DRM_MODE_OBJECT_PLANE',
  }),
  ...pairs(connection, {
    connected: 'DRM_MODE_CONNECTED',
    disconnected: 'DRM_MODE_DISCONNECTED',
    unknown: 'DRM_MODE_UNKNOWNCONNECTION',
  }),
  ...pairs(modeFlag, { interlace: 'DRM_MODE_FLAG_INTERLACE', doublescan: 'DRM_MODE_FLAG_DBLSCAN' }),
  ...pairs(primeFlag, { closeOnExec: 'DRM_CLOEXEC', readWrite: 'DRM_RDWR' }),
  ['DRM_MODE_TYPE_PREFERRED', BigInt(modeTypePreferred)],
  ['DRM_MODE_FB_MODIFIERS', BigInt(framebufferModifiers)],
  ['DRM_DISPLAY_MODE_LEN', BigInt(nameLength)],
  ['DRM_PROP_NAME_LEN', BigInt(nameLength)],
  ['DRM_FORMAT_MOD_LINEAR', LINEAR],
  ['DRM_FORMAT_MOD_INVALID', INVALID],
  ...Object.entries(format).map(([name, value]): [string, bigint] => [`DRM_FORMAT_${name}`, BigInt(value)]),
];

const missing = missingTools();

describe('structs and constants are as the C compiler has them', { skip: missing ?? false }, () => {
  it('every struct has its size and every field its offset', () => {
    assert.deepEqual(compiledLayouts(structs), structs);
  });

  it('the kernel’s own mode is laid out like libdrm’s, since its bytes become a MODE_ID blob', () => {
    const { drmModeModeInfo: expected } = structs;
    assert.deepEqual(compiledLayouts({ drm_mode_modeinfo: expected }), { drm_mode_modeinfo: expected });
  });

  it('every constant has its value', () => {
    const values = evaluate(constants.map(([name]) => name));
    const compiled = constants.map(([name], index) => [name, values[index]]);
    assert.deepEqual(Object.fromEntries(compiled), Object.fromEntries(constants));
  });

  it('connectors are called what libdrm calls them', () => {
    const names = connectorTypeNames.map((_, type) => `puts(drmModeGetConnectorTypeName(${type}));`);
    assert.deepEqual(runC(names), connectorTypeNames);
  });
});
