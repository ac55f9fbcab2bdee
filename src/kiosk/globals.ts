/** What clients are offered beside windows and the seat. What stands here is whole; what is not implemented is not offered. */
import type { Head } from '../head/index.js';
import type { Client, WaylandAddon, WaylandServer } from '../wayland/index.js';
import { offerCommitTiming } from './commit-timing.js';
import type { Contents } from './contents.js';
import { offerDmabufs, type DmabufGpus } from './dmabuf/linux-dmabuf.js';
import type { DmabufAddon } from './dmabuf/memory.js';
import type { ClientTimelines } from './explicit-sync/client-timelines.js';
import { offerExplicitSync } from './explicit-sync/linux-drm-syncobj.js';
import { offerFifo } from './fifo.js';
import { offerFractionalScale } from './fractional-scale.js';
import { offerHints } from './hints.js';
import type { Idle } from './idle.js';
import { offerIdle } from './idle-protocols.js';
import type { Output } from './output.js';
import { offerPresentation } from './presentation.js';
import { offerToplevelIcons } from './shell/toplevel-icon.js';
import { offerSinglePixels } from './single-pixel.js';
import { offerSubcompositor } from './subsurface.js';
import type { SurfaceOf } from './surface.js';
import { offerViewporter } from './viewport.js';
import { offerXdgOutput } from './xdg-output.js';

export interface GlobalsHost {
  readonly server: WaylandServer;
  readonly surfaceOf: SurfaceOf;
  readonly contents: Contents;
  /** The one on which a client's windows are likely to be. */
  readonly outputFor: (client: Client) => Output;
  /** Of the pair of GPUs that all heads have. */
  readonly head: Head;
  readonly gpus: DmabufGpus | undefined;
  readonly addon: DmabufAddon & WaylandAddon;
  readonly idle: Idle;
  /** Undefined where explicit sync does not work. */
  readonly timelines: ClientTimelines | undefined;
}

export function offerGlobals(host: GlobalsHost): void {
  const { server, surfaceOf, contents, outputFor, head, gpus, addon, idle, timelines } = host;
  server.offerShm();
  const ofSurfaces = [offerSubcompositor, offerViewporter, offerPresentation, offerFifo, offerCommitTiming, offerHints];
  for (const offer of ofSurfaces) offer(server, surfaceOf);
  offerXdgOutput(server);
  offerFractionalScale(server, surfaceOf, (client) => outputFor(client).geometry.scale);
  offerSinglePixels(server, contents, addon);
  offerIdle(server, surfaceOf, idle);
  offerToplevelIcons(server, contents);
  offerDmabufs({ server, contents, head, gpus, addon });
  if (timelines !== undefined) offerExplicitSync(server, surfaceOf, timelines);
}
