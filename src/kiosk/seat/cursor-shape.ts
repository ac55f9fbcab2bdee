/** wp_cursor_shape_manager_v1: clients name the pointer's picture. */
import { enums, ProtocolError, type Client, type Resource, type WaylandServer } from '../../wayland/index.js';
import type { ShapeName } from './cursor-names.js';

const version = 2;
const { shape: shapes, error } = enums.wp_cursor_shape_device_v1;
/** What version 2 has beyond version 1. */
const firstOfVersion2 = shapes.dnd_ask;
const names = new Map(Object.entries<number>(shapes).map(([name, value]) => [value, name as ShapeName]));

export function offerCursorShapes(
  server: WaylandServer,
  setShape: (client: Client, serial: number, shape: ShapeName) => void,
): void {
  server.offer('wp_cursor_shape_manager_v1', version, (manager) => {
    manager.implement({
      destroy: () => undefined,
      get_pointer: (device) => {
        implement(device, setShape);
      },
      // There are no tablets, whose tools could have one.
      get_tablet_tool_v2: (device) => {
        implement(device, () => undefined);
      },
    });
  });
}

function implement(
  device: Resource<'wp_cursor_shape_device_v1'>,
  setShape: (client: Client, serial: number, shape: ShapeName) => void,
): void {
  device.implement({
    destroy: () => undefined,
    set_shape: (serial, value) => {
      const name = device.version < 2 && value >= firstOfVersion2 ? undefined : names.get(value);
      if (name === undefined) throw new ProtocolError(device, error.invalid_shape, `${value} is no shape`);
      setShape(device.client, serial, name);
    },
  });
}
