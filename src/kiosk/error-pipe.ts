/** A client's standard error: what it says there is told, and passed on to the kiosk's own. */
import { closeSync } from 'node:fs';
import { Socket } from 'node:net';
import { StringDecoder } from 'node:string_decoder';
import type { ProcessAddon } from '../native/process.js';

/** So long after its end a client's last words may come, where another process keeps its pipe open. */
const lastWordsMs = 100;

/** A pipe, and not one of child_process's sockets, which a client cannot open as /dev/stderr. */
export class ErrorPipe {
  /** What the client is given; closed by `begin`. */
  readonly writes: number;
  readonly #reads: number;

  constructor(
    addon: Pick<ProcessAddon, 'openPipe'>,
    private readonly onText: (text: string) => void,
  ) {
    [this.#reads, this.writes] = addon.openPipe();
  }

  /** The client has been started. Resolves when it has said its last; processes that it leaves behind are still passed on. */
  begin(ended: Promise<unknown>): Promise<void> {
    closeSync(this.writes);
    const socket = new Socket({ fd: this.#reads, readable: true, writable: false });
    const decoder = new StringDecoder();
    socket.on('data', (bytes: Buffer) => {
      process.stderr.write(bytes);
      this.onText(decoder.write(bytes));
    });
    socket.on('error', () => socket.destroy());
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    const late = ended.then(() => {
      socket.unref(); // a process that is left behind does not keep this one
      return new Promise<void>((resolve) => setTimeout(resolve, lastWordsMs));
    });
    return Promise.race([closed, late]);
  }

  /** No client has been started. */
  cancel(): void {
    for (const fd of [this.#reads, this.writes]) closeSync(fd);
  }
}
