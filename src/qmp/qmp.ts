/** A client of QEMU's machine protocol: one JSON object a line, answers in order, events between them. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Socket } from 'node:net';
import { Subject, type Observable } from 'rxjs';
import { GuestheadError, messageOf } from '../errors.js';
import { loadNative, type Native } from '../native/index.js';
import { connectWhenUp, readLines } from './sockets.js';

/** What QEMU tells unasked, e.g. `RESET`; `data` is the event's own. */
export interface QmpEvent {
  readonly event: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

interface Reply {
  readonly return?: unknown;
  readonly error?: { readonly class: string; readonly desc: string };
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
  readonly #events = new Subject<QmpEvent>();

  private constructor(socket: Socket, sendWithFd?: SendWithFd) {
    this.#socket = socket;
    this.#sendWithFd = sendWithFd;
    readLines(socket, (line) => {
      this.#read(line);
    });
    socket.on('close', () => {
      this.#fail('QEMU closed its QMP socket');
      this.#events.complete();
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

  /** What QEMU tells from now on. Completes with the connection. */
  get events$(): Observable<QmpEvent> {
    return this.#events.asObservable();
  }

  /**
   * The process that made the listening socket, as the kernel knows it: QEMU, or who started it with the socket open;
   * 0 = outside of this process's PID namespace. Throws ERR_QEMU once it is gone.
   */
  peerPid(native: Pick<Native, 'peerProcess'> = loadNative()): number {
    const { _handle: handle } = this.#socket as unknown as { _handle?: { readonly fd: number } | null };
    if (handle === undefined || handle === null) throw gone('the process');
    return native.peerProcess(handle.fd);
  }

  /** Throws ERR_QEMU for what QEMU refuses, and once it is gone. */
  execute(command: string, args: Record<string, unknown> = {}): Promise<unknown> {
    return this.#ask(command, args, (line) => this.#socket.write(line));
  }

  /** What QEMU's monitor for people prints for `line`, its lines ended by \n. Throws as `execute` does. */
  async monitor(line: string): Promise<string> {
    const said = await this.execute('human-monitor-command', { 'command-line': line });
    return String(said).replaceAll('\r\n', '\n');
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
      if (this.#socket.destroyed) throw gone(command);
      send(`${JSON.stringify({ execute: command, arguments: args })}\n`);
      this.#waiting.push({ command, resolve, reject });
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(line: string): void {
    try {
      this.#receive(JSON.parse(line) as Reply | QmpEvent);
    } catch (error) {
      this.#fail(`What answers there is no QEMU: ${messageOf(error)}`);
      this.#socket.destroy();
    }
  }

  #receive(reply: Reply | QmpEvent): void {
    if ('event' in reply) this.#events.next(reply);
    else if (reply.return !== undefined || reply.error !== undefined) this.#settle(reply); // else the greeting
  }

  #settle(reply: Reply): void {
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

function gone(command: string): GuestheadError {
  return new GuestheadError('ERR_QEMU', 'QEMU is gone', { operation: `QMP ${command}` });
}
