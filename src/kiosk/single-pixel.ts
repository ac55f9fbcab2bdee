/** wp_single_pixel_buffer_manager_v1: buffers of one colour, which a viewport makes as large as is wanted. */
import { GuestheadError } from '../errors.js';
import type { PaintAddon } from '../native/paint.js';
import type { Resource, WaylandServer } from '../wayland/index.js';
import { Content } from './content.js';
import type { Contents } from './contents.js';
import { colourAt } from './painter.js';

const version = 1;
const most = 0xffffffff;

export function offerSinglePixels(server: WaylandServer, contents: Contents, addon: PaintAddon): void {
  server.offer('wp_single_pixel_buffer_manager_v1', version, (manager) => {
    manager.implement({
      destroy: () => undefined,
      create_u32_rgba_buffer: (resource, ...channels) => {
        const colour = channels.map((channel) => channel / most);
        contents.add(resource, new SinglePixel(resource, colour, addon));
      },
    });
  });
}

class SinglePixel extends Content {
  readonly width = 1;
  readonly height = 1;
  readonly opaque: boolean;

  constructor(
    resource: Resource<'wl_buffer'>,
    /** Red, green, blue, alpha, 0 to 1, premultiplied. */
    private readonly colour: readonly number[],
    private readonly addon: PaintAddon,
  ) {
    super(resource);
    this.opaque = colour[3] === 1;
  }

  paint(target: Uint32Array, numbers: Float64Array): boolean {
    numbers.set(this.colour, colourAt);
    this.addon.paint(target, numbers, null);
    return true;
  }

  lendDmabuf(): never {
    throw new GuestheadError('ERR_UNSUPPORTED', 'A single colour has no memory of its own');
  }
}
