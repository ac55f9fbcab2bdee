/** The sockets by which a kiosk's clients find it, where those are looked for. */
import { join } from 'node:path';
import { clientEnvironment, type ClientEnvironment } from './client-environment.js';
import { openSocket, runtimeFolder, type RuntimeFolder } from './socket.js';

export interface ClientSocket {
  /** Clients that connected here have it as their `socket`. */
  readonly path: string;
  /** To be laid over a program's environment, which is then shown by the kiosk. */
  readonly environment: ClientEnvironment;
}

export class ClientSockets {
  #folder: RuntimeFolder | undefined;

  constructor(private readonly listen: (path: string, connector: string | undefined) => void) {}

  /** Throws ERR_SYSTEM where none is free. */
  open(connector: string | undefined): ClientSocket {
    this.#folder ??= runtimeFolder();
    const { path } = this.#folder;
    const name = openSocket({ listen: (socket) => this.listen(socket, connector) }, path);
    return { path: join(path, name), environment: clientEnvironment(path, name) };
  }

  /** The server is closed by now. Idempotent. */
  close(): void {
    this.#folder?.close();
    this.#folder = undefined;
  }
}
