/** Which head a window is shown on, by one rule for all. */
import { GuestheadError } from '../errors.js';
import type { Client } from '../wayland/index.js';
import type { Output } from './output.js';
import type { Outputs } from './outputs.js';
import type { Toplevel } from './shell/toplevel.js';

/**
 * The head of the socket at which its client has connected; else that of its app_id; else the one that the client asked
 * for when it wished to fill it; else the first. A head that shows nothing keeps its windows.
 */
export class Assignment {
  readonly #bySocket = new Map<string, Output>();
  readonly #byAppId = new Map<string, Output>();

  constructor(private readonly outputs: Outputs) {}

  /**
   * Clients of this socket are shown on this head, once `listen` has opened it: another kiosk's, or another head's, may be there. Throws
   * ERR_USAGE where there is no such head, before that.
   */
  assignSocket(path: string, connector: string, listen: () => void): void {
    const output = this.#named(connector);
    listen();
    this.#bySocket.set(path, output);
  }

  /** Windows of this app_id are shown on this head. Throws ERR_USAGE where there is no such head. */
  assignAppId(appId: string, connector: string): void {
    this.#byAppId.set(appId, this.#named(connector));
  }

  /** Before anything is known of its windows. */
  outputFor(client: Client): Output {
    return this.#socketOf(client) ?? this.outputs.first;
  }

  outputOf({ xdg, appId, wishes }: Toplevel): Output {
    const { client } = xdg.resource;
    return this.#socketOf(client) ?? this.#byAppId.get(appId) ?? wishes.output ?? this.outputs.first;
  }

  #socketOf({ socket }: Client): Output | undefined {
    return socket === undefined ? undefined : this.#bySocket.get(socket);
  }

  /** Found once: a display that comes back may have numbered its connectors anew. */
  #named(connector: string): Output {
    const output = this.outputs.named(connector);
    if (output !== undefined) return output;
    const names = this.outputs.all.map((each) => each.connector).join(', ');
    throw new GuestheadError('ERR_USAGE', `The kiosk has no head ${connector}`, { advice: `its heads are: ${names}` });
  }
}
