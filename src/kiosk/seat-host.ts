/** What the seat is told by the rest of the kiosk. */
import type { Client, WaylandServer } from '../wayland/index.js';
import type { KioskHead } from './kiosk-head.js';
import { nodesOf, surfaceAt } from './scene.js';
import type { SeatHost } from './seat/index.js';
import type { Shell } from './shell/shell.js';
import type { Surface, SurfaceOf } from './surface.js';

export interface SeatHostParts {
  readonly server: WaylandServer;
  readonly surfaceOf: SurfaceOf;
  readonly head: KioskHead;
  readonly shell: Shell;
  /** What a drag carries is elsewhere. */
  readonly iconChanged: () => void;
}

export function seatHostOf({ server, surfaceOf, head: { output }, shell, iconChanged }: SeatHostParts): SeatHost {
  const { windows, popups, watch } = shell;
  return {
    server,
    surfaceOf,
    // What is carried lies under the pointer itself, and takes nothing.
    scene: { at: (x, y) => surfaceAt(nodesOf(windows.placed()), x, y) },
    size: () => output.placement.logical,
    logicalAt: (x, y) => output.placement.logicalAt(x, y),
    scale: () => output.geometry.scale,
    refreshMs: () => output.refreshMs,
    focus: () => windows.active?.xdg.surface,
    popups,
    iconChanged,
    pressed: (surface: Surface) => windows.choose(surface),
    isSlow: (client: Client) => !watch.keepsUp(client),
  };
}
