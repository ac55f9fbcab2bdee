/**
 * The C structs that are read or written, as 64-bit little-endian Linux lays them
 * out. The one place for offsets; the unit test compares each with the compiler's.
 * Names are C's. Sources: xf86drm.h, xf86drmMode.h, drm.h, drm_mode.h, gbm.h.
 */
import { copyMemory } from './memory.js';
import type { Address } from './library.js';

export interface Layout<Field extends string = string> {
  /** Bytes, tail padding included. */
  readonly size: number;
  /** Bytes from the start. */
  readonly fields: Readonly<Record<Field, number>>;
}

function layout<Field extends string>(size: number, fields: Readonly<Record<Field, number>>): Layout<Field> {
  return { size, fields };
}

export const structs = {
  drmVersion: layout(56, {
    version_major: 0,
    version_minor: 4,
    version_patchlevel: 8,
    name_len: 12,
    name: 16,
    date_len: 24,
    date: 32,
    desc_len: 40,
    desc: 48,
  }),
  drmModeRes: layout(80, {
    count_crtcs: 16,
    crtcs: 24,
    count_connectors: 32,
    connectors: 40,
    count_encoders: 48,
    encoders: 56,
    min_width: 64,
    max_width: 68,
    min_height: 72,
    max_height: 76,
  }),
  /** Also the kernel's `struct drm_mode_modeinfo`, which a MODE_ID blob holds. */
  drmModeModeInfo: layout(68, {
    clock: 0,
    hdisplay: 4,
    htotal: 10,
    vdisplay: 14,
    vtotal: 20,
    vscan: 22,
    flags: 28,
    type: 32,
    name: 36,
  }),
  drmModeConnector: layout(88, {
    connector_id: 0,
    encoder_id: 4,
    connector_type: 8,
    connector_type_id: 12,
    connection: 16,
    mmWidth: 20,
    mmHeight: 24,
    count_modes: 32,
    modes: 40,
    count_encoders: 72,
    encoders: 80,
  }),
  drmModeEncoder: layout(20, { encoder_id: 0, encoder_type: 4, crtc_id: 8, possible_crtcs: 12 }),
  drmModeCrtc: layout(100, {
    crtc_id: 0,
    buffer_id: 4,
    x: 8,
    y: 12,
    width: 16,
    height: 20,
    mode_valid: 24,
    mode: 28,
  }),
  drmModePlane: layout(56, {
    count_formats: 0,
    formats: 8,
    plane_id: 16,
    crtc_id: 20,
    fb_id: 24,
    possible_crtcs: 44,
  }),
  drmModePlaneRes: layout(16, { count_planes: 0, planes: 8 }),
  drmModeObjectProperties: layout(24, { count_props: 0, props: 8, prop_values: 16 }),
  drmModePropertyRes: layout(88, { prop_id: 0, flags: 4, name: 8, count_enums: 56, enums: 64 }),
  drm_mode_property_enum: layout(40, { value: 0, name: 8 }),
  drmModePropertyBlobRes: layout(16, { id: 0, length: 4, data: 8 }),
  drm_gem_close: layout(8, { handle: 0 }),
  drm_mode_closefb: layout(8, { fb_id: 0 }),
  drm_mode_create_dumb: layout(32, { height: 0, width: 4, bpp: 8, flags: 12, handle: 16, pitch: 20, size: 24 }),
  drm_mode_destroy_dumb: layout(4, { handle: 0 }),
  drm_virtgpu_getparam: layout(16, { param: 0, value: 8 }),
  gbm_import_fd_data: layout(20, { fd: 0, width: 4, height: 8, stride: 12, format: 16 }),
  gbm_import_fd_modifier_data: layout(72, {
    width: 0,
    height: 4,
    format: 8,
    num_fds: 12,
    fds: 16,
    strides: 32,
    offsets: 48,
    modifier: 64,
  }),
};

/** DRM_DISPLAY_MODE_LEN and DRM_PROP_NAME_LEN: bytes of a name inside a struct. */
export const nameLength = 32;

/** Reads a struct's fields by name. */
export class StructReader<Field extends string> {
  constructor(
    private readonly layout: Layout<Field>,
    private readonly bytes: Buffer,
  ) {}

  /** Copies the struct at `address`. */
  static at<Field extends string>(layout: Layout<Field>, address: Address): StructReader<Field> {
    return new StructReader(layout, copyMemory(address, layout.size));
  }

  uint16(field: Field): number {
    return this.bytes.readUInt16LE(this.layout.fields[field]);
  }

  uint32(field: Field): number {
    return this.bytes.readUInt32LE(this.layout.fields[field]);
  }

  uint64(field: Field): bigint {
    return this.bytes.readBigUInt64LE(this.layout.fields[field]);
  }

  address(field: Field): Address {
    return this.uint64(field);
  }

  /** A name of fixed room: up to its NUL, or all of it where the kernel filled the room. */
  name(field: Field): string {
    const start = this.layout.fields[field];
    const room = this.bytes.subarray(start, start + nameLength);
    const end = room.indexOf(0);
    return room.toString('latin1', 0, end === -1 ? nameLength : end);
  }

  bytesOf(field: Field, length: number): Buffer {
    const start = this.layout.fields[field];
    return Buffer.from(this.bytes.subarray(start, start + length));
  }
}

/** A struct of zeros but for the given 32-bit fields, to be passed to C. */
export function buildStruct<Field extends string>(
  layout: Layout<Field>,
  values: Readonly<Partial<Record<Field, number>>>,
): Buffer {
  const bytes = Buffer.alloc(layout.size);
  for (const field of Object.keys(values) as Field[]) {
    bytes.writeUInt32LE((values[field] ?? 0) >>> 0, layout.fields[field]);
  }
  return bytes;
}
