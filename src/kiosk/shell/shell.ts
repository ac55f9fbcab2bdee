/** The desktop's part: windows, dialogs and popups of xdg-shell, and what a head shows of them. */
import type { Client, WaylandServer } from '../../wayland/index.js';
import type { SurfaceOf } from '../surface.js';
import type { Size } from '../surface-state.js';
import { Watch } from '../watch.js';
import type { Layout } from '../layout.js';
import { Windows } from '../windows.js';
import { offerDecoration } from './decoration.js';
import { Popups } from './popups.js';
import { offerXdgShell } from './xdg-shell.js';

export interface ShellOptions {
  readonly server: WaylandServer;
  readonly surfaceOf: SurfaceOf;
  /** Of the head, in logical pixels. */
  readonly head: () => Size;
  /** What is placed has changed, or who has the keyboard, and not by a commit. */
  readonly onChanged: () => void;
  /** A client does not answer any more. */
  readonly onHung: (client: Client) => void;
  /** Whether a popup may grab for what the user did when its client was given this serial. */
  readonly grabAllowed: (client: Client, serial: number) => boolean;
  readonly layout?: Layout | undefined;
}

export class Shell {
  readonly popups = new Popups();
  readonly windows: Windows;
  readonly watch: Watch;

  constructor({ server, surfaceOf, head, onChanged, onHung, grabAllowed, layout }: ShellOptions) {
    const { popups } = this;
    const windows = new Windows({ head, popups, onChanged, layout });
    this.windows = windows;
    this.watch = new Watch({ nextSerial: () => server.nextSerial(), onHung });
    const placeOf = windows.placeOf.bind(windows);
    offerXdgShell({
      server,
      surfaceOf,
      watch: this.watch,
      windows,
      popups: {
        popups,
        grabAllowed,
        placeOf,
        committed: () => windows.popupCommitted(),
        changed: () => windows.look(),
      },
    });
    offerDecoration(server);
  }

  /** Before the server is closed: no client is told or asked anything any more. Idempotent. */
  close(): void {
    this.windows.close();
    this.watch.close();
  }
}
