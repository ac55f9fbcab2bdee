/** zxdg_output_manager_v1: a head's place and size in logical pixels, which wl_output does not tell. */
import type { Resource, WaylandServer } from '../wayland/index.js';
import { Output } from './output.js';

const version = 3;
const namedSince = 2;
/** From here on the end of its news is wl_output's. */
const doneByOutputSince = 3;
/** Of an object that has gone. */
const idle = { destroy: () => undefined };

export function offerXdgOutput(server: WaylandServer): void {
  server.offer('zxdg_output_manager_v1', version, (manager) => {
    manager.implement({
      destroy: () => undefined,
      get_xdg_output: (resource, target) => {
        const output = target === null ? undefined : Output.of(target);
        if (target === null || output === undefined) resource.implement(idle);
        else describe(resource, target, output);
      },
    });
  });
}

function describe(resource: Resource<'zxdg_output_v1'>, target: Resource<'wl_output'>, output: Output): void {
  const forget = output.addDescription(target, () => {
    tellPlace(resource, output);
  });
  resource.implement(idle, forget);
  if (resource.version >= namedSince) {
    resource.send.name(output.connector);
    resource.send.description(output.connector);
  }
  tellPlace(resource, output);
  if (resource.version >= doneByOutputSince) target.send.done();
}

function tellPlace(resource: Resource<'zxdg_output_v1'>, { origin, room }: Output): void {
  resource.send.logical_position(origin.x, origin.y);
  resource.send.logical_size(room.width, room.height);
  if (resource.version < doneByOutputSince) resource.send.done();
}
