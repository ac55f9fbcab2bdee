/** zwp_linux_buffer_params_v1: a client says what its dma-buf is, and gets a wl_buffer of it. */
import { modifiers, sizeOf, type DmabufDescription } from '../../buffer/index.js';
import { enums, ProtocolError, type Resource } from '../../wayland/index.js';
import type { DmabufMemory } from './memory.js';
import type { OfferedFormats } from './formats.js';
import { Planes, type Plane } from './planes.js';

type Params = Resource<'zwp_linux_buffer_params_v1'>;

export interface ParamsHost {
  readonly formats: OfferedFormats;
  /** Takes the descriptor over. Undefined where the buffer could neither be drawn nor shown: the descriptor stays the caller's then. */
  readonly open: (dmabuf: DmabufDescription) => DmabufMemory | undefined;
  /** The buffer is there; its first row may be the lowest. */
  readonly add: (buffer: Resource<'wl_buffer'>, memory: DmabufMemory, isUpsideDown: boolean) => void;
}

const { error: errors, flags: known } = enums.zwp_linux_buffer_params_v1;
/** From here on a client may only ask for what was offered to it. */
const offeredOnlySince = 4;
/** As much as is drawn. */
const mostPixels = 16384;
const bytesPerPixel = 4;

interface Wanted {
  readonly width: number;
  readonly height: number;
  readonly format: number;
  readonly flags: number;
}

export function implementParams(params: Params, host: ParamsHost): void {
  const planes = new Planes(params);
  const requests = {
    destroy: () => undefined,
    add: (fd: number, index: number, offset: number, stride: number, high: number, low: number) => {
      planes.add(index, { fd, offset, stride, modifier: (BigInt(high) << 32n) | BigInt(low) });
    },
    create: (width: number, height: number, format: number, flags: number) => {
      const memory = memoryOf({ width, height, format, flags }, planes, params, host);
      const buffer = memory === undefined ? undefined : params.create('wl_buffer', 1);
      if (memory === undefined || buffer === undefined) {
        memory?.close();
        params.send.failed();
        return;
      }
      host.add(buffer, memory, flags === known.y_invert);
      params.send.created(buffer);
    },
    create_immed: (buffer: Resource<'wl_buffer'>, width: number, height: number, format: number, flags: number) => {
      buffer.implement({ destroy: () => undefined }); // whatever comes of it
      const memory = memoryOf({ width, height, format, flags }, planes, params, host);
      if (memory === undefined) params.send.failed();
      else host.add(buffer, memory, flags === known.y_invert);
    },
  };
  params.implement(requests, () => {
    planes.close();
  });
}

/** Undefined where nothing can be made of it; throws ProtocolError where the client breaks a rule. */
function memoryOf(wanted: Wanted, planes: Planes, params: Params, host: ParamsHost): DmabufMemory | undefined {
  const all = planes.take();
  try {
    const [plane] = all;
    if (plane === undefined) return undefined;
    const described = checked(wanted, all, params);
    checkOffered(wanted, plane, params, host.formats);
    if ((wanted.flags & ~known.y_invert) !== 0 || !host.formats.has(wanted.format, plane.modifier)) return undefined;
    const memory = plane.stride < wanted.width * bytesPerPixel ? undefined : host.open(described);
    if (memory !== undefined) planes.handOver(plane);
    return memory;
  } finally {
    planes.close();
  }
}

/** Of formats with one plane of four bytes a pixel, in rows: all that are offered are. */
function checked({ width, height, format }: Wanted, planes: readonly Plane[], params: Params): DmabufDescription {
  const wrong = (code: number, text: string) => new ProtocolError(params, code, text);
  const [plane] = planes;
  if (plane === undefined || planes.length > 1) throw wrong(errors.incomplete, `${planes.length} planes, and not one`);
  if (width < 1 || height < 1 || width > mostPixels || height > mostPixels)
    throw wrong(errors.invalid_dimensions, `${width}x${height} is no size of a buffer`);
  const { fd, offset, stride } = plane;
  const size = sizeOf(fd);
  const end = offset + stride * (height - 1) + Math.max(stride, width * bytesPerPixel);
  // 0 where the kernel does not tell: mapping it, or importing it, asks once more.
  if (end >= 2 ** 32 || (size > 0 && end > size))
    throw wrong(errors.out_of_bounds, `${end} bytes in a dma-buf of ${size}`);
  return { fd, width, height, format, strideBytes: stride, offsetBytes: offset, modifier: modifiers.LINEAR };
}

function checkOffered({ format }: Wanted, { modifier }: Plane, params: Params, formats: OfferedFormats): void {
  if (params.version >= offeredOnlySince ? formats.has(format, modifier) : formats.knows(format)) return;
  const text = `format 0x${format.toString(16)} with modifier 0x${modifier.toString(16)} was not offered`;
  throw new ProtocolError(params, errors.invalid_format, text);
}
