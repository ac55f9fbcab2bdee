/** The desktop's part: windows, dialogs and popups of xdg-shell, and what the heads show of them. */
import type { Client, WaylandServer } from '../../wayland/index.js';
import type { Surface, SurfaceOf } from '../surface.js';
import type { WindowChange } from '../kiosk-events.js';
import type { Output } from '../output.js';
import type { Outputs } from '../outputs.js';
import type { Toplevel } from './toplevel.js';
import { Watch } from '../watch.js';
import type { WindowPlaces } from '../window-places.js';
import { Windows } from '../windows.js';
import { offerActivation, type ActivationOptions, type Tokens } from './activation.js';
import { LateAnswers } from './late-answers.js';
import { offerDecoration } from './decoration.js';
import { Popups } from './popups.js';
import { offerXdgShell } from './xdg-shell.js';

export interface ShellOptions extends Pick<ActivationOptions, 'mayActivate' | 'clock'> {
  readonly server: WaylandServer;
  readonly surfaceOf: SurfaceOf;
  readonly outputs: Outputs;
  /** On which one a window is that is no dialog. */
  readonly outputOf: (window: Toplevel) => Output;
  /** What is placed has changed, or who has the keyboard, and not by a commit. */
  readonly onChanged: () => void;
  /** A client does not answer any more. */
  readonly onHung: (client: Client) => void;
  readonly onAnswered: (client: Client) => void;
  /** One of its windows does not agree to its size. */
  readonly onLate: (client: Client) => void;
  /** Whether a popup may grab for what the user did when its client was given this serial. */
  readonly grabAllowed: (client: Client, serial: number) => boolean;
  readonly places: WindowPlaces;
  readonly onWindow: (change: WindowChange) => void;
}

export class Shell {
  readonly popups = new Popups();
  readonly windows: Windows;
  readonly watch: Watch;
  readonly tokens: Tokens;
  readonly #late: LateAnswers;

  constructor({
    server,
    surfaceOf,
    outputs,
    outputOf,
    onChanged,
    onHung,
    onAnswered,
    onLate,
    grabAllowed,
    places,
    onWindow,
    ...activation
  }: ShellOptions) {
    const { popups } = this;
    const windows = new Windows({ outputs, outputOf, popups, onChanged, places, onWindow });
    this.windows = windows;
    this.watch = new Watch({ nextSerial: () => server.nextSerial(), onHung, onAnswered, clock: activation.clock });
    this.#late = new LateAnswers({ onLate });
    const placeOf = windows.placeOf.bind(windows);
    offerXdgShell({
      server,
      surfaceOf,
      watch: this.watch,
      late: this.#late,
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
    const activate = (surface: Surface) => {
      windows.activate(surface);
    };
    this.tokens = offerActivation({ server, surfaceOf, activate, ...activation });
  }

  /** Before the server is closed: no client is told or asked anything any more. Idempotent. */
  close(): void {
    this.windows.close();
    this.watch.close();
    this.#late.close();
  }
}
