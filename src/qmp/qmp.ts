/** A client of QEMU's machine protocol: one JSON object a line, answers in order. */
import { setTimeout as sleep } from 'node:timers/promises';
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

/** Sends one line together with a descriptor. */
type SendWithFd = (line: string, fd: number) => void;

export class Qmp {
  readonly #socket: Socket;
  readonly #sendWithFd: SendWithFd | undefined;
  readonly #waiting: Waiting[] = [];

  private constructor(socket: Socket, sendWithFd?: SendWithFd) {
    this.#socket = socket;
    this.#sendWithFd = sendWithFd;
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

  /** The same over a socket that is connected; throws ERR_QEMU where QEMU says nothing for so long. */
  static async greeted(socket: Socket, waitMs: number, sendWithFd?: SendWithFd): Promise<Qmp> {
    const qmp = new Qmp(socket, sendWithFd);
    const late = new AbortController();
    const silence = sleep(waitMs, undefined, { signal: late.signal }).then(() => {
      throw new GuestheadError('ERR_QEMU', `QEMU says nothing for ${waitMs / 1000} s`, {
        operation: 'QMP',
        advice: 'a QMP socket serves one client at a time: end the other one, or give QEMU a second -qmp socket',
      });
    });
    const greeted = qmp.execute('qmp_capabilities');
    greeted.catch(() => undefined); // of a socket that is destroyed later on
    await Promise.race([greeted, silence]).finally(() => {
      late.abort();
      silence.catch(() => undefined);
    });
    return qmp;
  }

  /** Throws ERR_QEMU for what QEMU refuses, and once it is gone. */
  execute(command: string, args: Record<string, unknown> = {}): Promise<unknown> {
    return this.#ask(command, args, (line) => this.#socket.write(line));
  }

  /** Gives QEMU a descriptor under a name, for one command that follows; it stays the caller's. Only after `openQmp`. */
  async giveFd(name: string, fd: number): Promise<void> {
    const send = this.#sendWithFd;
    if (send === undefined) throw new GuestheadError('ERR_USAGE', 'This QMP connection carries no descriptors');
    await this.#ask('getfd', { fdname: name }, (line) => {
      send(line, fd);
    });
  }

  #ask(command: string, args: Record<string, unknown>, send: (line: string) => unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#socket.destroyed) throw new GuestheadError('ERR_QEMU', 'QEMU is gone', { operation: `QMP ${command}` });
      send(`${JSON.stringify({ execute: command, arguments: args })}\n`);
      this.#waiting.push({ command, resolve, reject });
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
    else waiting.reject(new GuestheadError('ERR_QEMU', reply.error.desc, { operation: `QMP ${waiting.command}` }));
  }

  #fail(why: string): void {
    for (const { command, reject } of this.#waiting.splice(0))
      reject(new GuestheadError('ERR_QEMU', why, { operation: `QMP ${command}` }));
  }
}
