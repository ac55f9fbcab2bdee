/**
 * KMS objects as they are now. `fd` is an open primary node of a KMS driver, owned
 * by the caller; nothing here needs DRM master. A failed call throws GuestheadError,
 * `ERR_PERMISSION`, `ERR_DEVICE_LOST` or `ERR_SYSTEM` with `errno`: ENOENT for an
 * id that is gone, EOPNOTSUPP for a device without KMS.
 */
import { connection } from './constants.js';
import { checkPointer } from './failures.js';
import type { ConnectorId, CrtcId, EncoderId, FramebufferId, PlaneId } from './ids.js';
import type { Address } from './library.js';
import { decodeAndFree, libdrm } from './libdrm-library.js';
import { copyMemory, copyUint32s } from './memory.js';
import { connectorName, decodeMode, type Mode } from './mode.js';
import { StructReader, structs } from './structs.js';

/** A device's objects, and the sizes in pixels that a framebuffer may have. */
export interface Resources {
  readonly crtcs: readonly CrtcId[];
  readonly connectors: readonly ConnectorId[];
  readonly encoders: readonly EncoderId[];
  readonly minWidth: number;
  readonly maxWidth: number;
  readonly minHeight: number;
  readonly maxHeight: number;
}

export interface Connector {
  readonly id: ConnectorId;
  /** The kernel's name, e.g. `Virtual-1`. */
  readonly name: string;
  readonly status: 'connected' | 'disconnected' | 'unknown';
  /** The encoder in use. */
  readonly encoder: EncoderId | undefined;
  /** The encoders that can be used. */
  readonly encoders: readonly EncoderId[];
  /** The display's size in millimetres; 0 where it does not say. */
  readonly widthMm: number;
  readonly heightMm: number;
  /** As the kernel sorts them, the preferred one first. */
  readonly modes: readonly Mode[];
}

export interface Encoder {
  readonly id: EncoderId;
  /** DRM_MODE_ENCODER_* */
  readonly type: number;
  readonly crtc: CrtcId | undefined;
  /** Bit n stands for the n-th of `Resources.crtcs`. */
  readonly possibleCrtcs: number;
}

export interface Crtc {
  readonly id: CrtcId;
  /** What it scans out; undefined also for a process without the right to know. */
  readonly framebuffer: FramebufferId | undefined;
  /** Pixels from the framebuffer's corner. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Undefined where the CRTC is off. */
  readonly mode: Mode | undefined;
}

export interface Plane {
  readonly id: PlaneId;
  /** Four-character codes; see `formatName`. */
  readonly formats: readonly number[];
  readonly crtc: CrtcId | undefined;
  readonly framebuffer: FramebufferId | undefined;
  /** Bit n stands for the n-th of `Resources.crtcs`. */
  readonly possibleCrtcs: number;
}

export function getResources(fd: number): Resources {
  const { drmModeGetResources, drmModeFreeResources } = libdrm();
  const call = { fd, operation: 'drmModeGetResources', what: 'Cannot list the KMS objects' };
  return decodeAndFree(checkPointer(drmModeGetResources(fd), call), drmModeFreeResources, (address) => {
    const resources = StructReader.at(structs.drmModeRes, address);
    const ids = (field: 'crtcs' | 'connectors' | 'encoders') =>
      copyUint32s(resources.address(field), resources.uint32(`count_${field}`));
    return {
      crtcs: ids('crtcs') as CrtcId[],
      connectors: ids('connectors') as ConnectorId[],
      encoders: ids('encoders') as EncoderId[],
      minWidth: resources.uint32('min_width'),
      maxWidth: resources.uint32('max_width'),
      minHeight: resources.uint32('min_height'),
      maxHeight: resources.uint32('max_height'),
    };
  });
}

/**
 * With `probe` the kernel asks the display, which can take a while and is needed
 * after a hotplug event; without, it tells what it knows already.
 */
export function getConnector(fd: number, id: ConnectorId, { probe }: { readonly probe: boolean }): Connector {
  const operation = probe ? 'drmModeGetConnector' : 'drmModeGetConnectorCurrent';
  const call = { fd, operation, what: `Cannot read connector ${id}` };
  const address = checkPointer(libdrm()[operation](fd, id), call);
  return decodeAndFree(address, libdrm().drmModeFreeConnector, decodeConnector);
}

function decodeConnector(address: Address): Connector {
  const connector = StructReader.at(structs.drmModeConnector, address);
  return {
    id: connector.uint32('connector_id') as ConnectorId,
    name: connectorName(connector.uint32('connector_type'), connector.uint32('connector_type_id')),
    status: statusOf(connector.uint32('connection')),
    encoder: idOrNone(connector.uint32('encoder_id')) as EncoderId | undefined,
    encoders: copyUint32s(connector.address('encoders'), connector.uint32('count_encoders')) as EncoderId[],
    widthMm: connector.uint32('mmWidth'),
    heightMm: connector.uint32('mmHeight'),
    modes: copyModes(connector.address('modes'), connector.uint32('count_modes')),
  };
}

function statusOf(value: number): Connector['status'] {
  if (value === connection.connected) return 'connected';
  return value === connection.disconnected ? 'disconnected' : 'unknown';
}

function copyModes(address: Address, count: number): Mode[] {
  const { size } = structs.drmModeModeInfo;
  return Array.from({ length: count }, (_, index) => decodeMode(copyMemory(address + BigInt(index * size), size)));
}

/** The kernel's id 0 means none. */
function idOrNone(value: number): number | undefined {
  return value === 0 ? undefined : value;
}

export function getEncoder(fd: number, id: EncoderId): Encoder {
  const { drmModeGetEncoder, drmModeFreeEncoder } = libdrm();
  const call = { fd, operation: 'drmModeGetEncoder', what: `Cannot read encoder ${id}` };
  return decodeAndFree(checkPointer(drmModeGetEncoder(fd, id), call), drmModeFreeEncoder, (address) => {
    const encoder = StructReader.at(structs.drmModeEncoder, address);
    return {
      id: encoder.uint32('encoder_id') as EncoderId,
      type: encoder.uint32('encoder_type'),
      crtc: idOrNone(encoder.uint32('crtc_id')) as CrtcId | undefined,
      possibleCrtcs: encoder.uint32('possible_crtcs'),
    };
  });
}

export function getCrtc(fd: number, id: CrtcId): Crtc {
  const { drmModeGetCrtc, drmModeFreeCrtc } = libdrm();
  const call = { fd, operation: 'drmModeGetCrtc', what: `Cannot read CRTC ${id}` };
  return decodeAndFree(checkPointer(drmModeGetCrtc(fd, id), call), drmModeFreeCrtc, (address) => {
    const crtc = StructReader.at(structs.drmModeCrtc, address);
    const isOn = crtc.uint32('mode_valid') !== 0;
    return {
      id: crtc.uint32('crtc_id') as CrtcId,
      framebuffer: idOrNone(crtc.uint32('buffer_id')) as FramebufferId | undefined,
      x: crtc.uint32('x'),
      y: crtc.uint32('y'),
      width: crtc.uint32('width'),
      height: crtc.uint32('height'),
      mode: isOn ? decodeMode(crtc.bytesOf('mode', structs.drmModeModeInfo.size)) : undefined,
    };
  });
}

/** Only overlay planes, until `clientCapability.universalPlanes` is set on this open file. */
export function getPlanes(fd: number): PlaneId[] {
  const { drmModeGetPlaneResources, drmModeFreePlaneResources } = libdrm();
  const call = { fd, operation: 'drmModeGetPlaneResources', what: 'Cannot list the planes' };
  return decodeAndFree(checkPointer(drmModeGetPlaneResources(fd), call), drmModeFreePlaneResources, (address) => {
    const planes = StructReader.at(structs.drmModePlaneRes, address);
    return copyUint32s(planes.address('planes'), planes.uint32('count_planes')) as PlaneId[];
  });
}

export function getPlane(fd: number, id: PlaneId): Plane {
  const { drmModeGetPlane, drmModeFreePlane } = libdrm();
  const call = { fd, operation: 'drmModeGetPlane', what: `Cannot read plane ${id}` };
  return decodeAndFree(checkPointer(drmModeGetPlane(fd, id), call), drmModeFreePlane, (address) => {
    const plane = StructReader.at(structs.drmModePlane, address);
    return {
      id: plane.uint32('plane_id') as PlaneId,
      formats: copyUint32s(plane.address('formats'), plane.uint32('count_formats')),
      crtc: idOrNone(plane.uint32('crtc_id')) as CrtcId | undefined,
      framebuffer: idOrNone(plane.uint32('fb_id')) as FramebufferId | undefined,
      possibleCrtcs: plane.uint32('possible_crtcs'),
    };
  });
}
