/** zxdg_output_manager_v1: a head's place and size in logical pixels, which wl_output does not tell. */
import type { Resource, WaylandServer } from '../wayland/index.js';
import type { Output } from './output.js';
import type { Size } from './surface-state.js';

const version = 3;
const namedSince = 2;
/** From here on the end of its news is wl_output's. */
const doneByOutputSince = 3;

/** `logical`: of the head, as it is now. */
export function offerXdgOutput(server: WaylandServer, output: Output, logical: () => Size): void {
  server.offer('zxdg_output_manager_v1', version, (manager) => {
    manager.implement({
      destroy: () => undefined,
      get_xdg_output: (resource, target) => {
        const forget = output.addDescription(target, () => {
          tellPlace(resource, logical());
        });
        resource.implement({ destroy: () => undefined }, forget);
        if (resource.version >= namedSince) {
          resource.send.name(output.connector);
          resource.send.description(output.connector);
        }
        tellPlace(resource, logical());
        if (resource.version >= doneByOutputSince) target?.send.done();
      },
    });
  });
}

function tellPlace(resource: Resource<'zxdg_output_v1'>, { width, height }: Size): void {
  resource.send.logical_position(0, 0);
  resource.send.logical_size(width, height);
  if (resource.version < doneByOutputSince) resource.send.done();
}
