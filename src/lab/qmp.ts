/** A client of QEMU's machine protocol: one JSON object a line, answers in order. */
import type { Socket } from 'node:net';
import { GuestheadError } from '../errors.js';
import { connectWhenUp, readLines } from './sockets.js';

interface Reply {
  readonly return?: unknown;
  readonly error?: { readonly class: string; readonly desc: string };
  readonly event?: string;
}

interface Waiting {
  readonly command: string;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

export class Qmp {
  readonly #socket: Socket;
  readonly #waiting: Waiting[] = [];

  private constructor(socket: Socket) {
    this.#socket = socket;
    readLines(socket, (line) => {
      this.#receive(JSON.parse(line) as Reply);
    });
    socket.on('close', () => {
      this.#fail('QEMU closed its QMP socket');
    });
  }

  /** Waits for QEMU to listen, then negotiates capabilities. */
  static async connect(path: string, signal: AbortSignal): Promise<Qmp> {
    const qmp = new Qmp(await connectWhenUp(path, signal));
    await qmp.execute('qmp_capabilities');
    return qmp;
  }

  execute(command: string, args: Record<string, unknown> = {}): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#socket.destroyed) {
        reject(new GuestheadError('ERR_LAB', 'QEMU is gone', { operation: `QMP ${command}` }));
        return;
      }
      this.#waiting.push({ command, resolve, reject });
      this.#socket.write(`${JSON.stringify({ execute: command, arguments: args })}\n`);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #receive(reply: Reply): void {
    if (reply.return === undefined && reply.error === undefined) return; // greeting or event
    const waiting = this.#waiting.shift();
    if (waiting === undefined) return;
    if (reply.error === undefined) waiting.resolve(reply.return);
    else waiting.reject(new GuestheadError('ERR_LAB', reply.error.desc, { operation: `QMP ${waiting.command}` }));
  }

  #fail(why: string): void {
    for (const { command, reject } of this.#waiting.splice(0))
      reject(new GuestheadError('ERR_LAB', why, { operation: `QMP ${command}` }));
  }
}
