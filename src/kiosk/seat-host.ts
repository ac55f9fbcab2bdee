/** What the seat is told by the rest of the kiosk. Its places are in the plane of all outputs. */
import type { Client, WaylandServer } from '../wayland/index.js';
import type { Point } from './geometry.js';
import type { Output } from './output.js';
import type { Outputs } from './outputs.js';
import { nodesOf, surfaceAt } from './scene.js';
import type { SeatHost } from './seat/index.js';
import type { Shell } from './shell/shell.js';
import type { Surface, SurfaceOf } from './surface.js';

export interface SeatHostParts {
  readonly server: WaylandServer;
  readonly surfaceOf: SurfaceOf;
  readonly outputs: Outputs;
  readonly shell: Shell;
  /** What a drag carries is elsewhere. */
  readonly iconChanged: () => void;
}

export function seatHostOf({ server, surfaceOf, outputs, shell, iconChanged }: SeatHostParts): SeatHost {
  const { windows, popups, watch } = shell;
  return {
    server,
    surfaceOf,
    scene: { at: (x, y) => hitAt(shell, outputs.at({ x, y }), { x, y }) },
    middle: () => middleOf(outputs.first),
    nearest: (place) => outputs.nearest(place),
    logicalAt: (place, { connector }) => onOutput(outputs.named(connector ?? '') ?? outputs.first, place),
    scale: (place) => outputs.at(place).geometry.scale,
    refreshMs: (place) => outputs.at(place).refreshMs,
    focus: () => windows.active?.xdg.surface,
    popups,
    iconChanged,
    pressed: (surface: Surface) => windows.choose(surface),
    isSlow: (client: Client) => !watch.keepsUp(client),
  };
}

/** What a drag carries lies under the pointer itself, and takes nothing. */
function hitAt({ windows }: Shell, output: Output, { x, y }: Point) {
  const { origin } = output;
  return surfaceAt(nodesOf(windows.placedOn(output)), x - origin.x, y - origin.y);
}

function middleOf({ origin, room }: Output): Point {
  return { x: origin.x + room.width / 2, y: origin.y + room.height / 2 };
}

function onOutput({ origin, placement }: Output, place: Point): Point {
  const [x, y] = placement.logicalAt(place.x, place.y);
  return { x: origin.x + x, y: origin.y + y };
}
