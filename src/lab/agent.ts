/** Runs commands in the guest: the host's end of the port that `guest/init.c` serves. */
import type { Socket } from 'node:net';
import { constants } from 'node:os';
import { GuestheadError } from '../errors.js';
import { encodeFrame, FrameDecoder, type Frame } from './frames.js';

const maxJobs = 16;
const onTerminal = 1;

export interface JobOptions {
  readonly onStdout?: (chunk: Buffer) => void;
  readonly onStderr?: (chunk: Buffer) => void;
  /** Gives the command a terminal; its output then arrives as standard output. */
  readonly terminal?: boolean;
}

/** How a command ended: an exit status, or the signal that killed it. */
export interface JobResult {
  readonly status: number | null;
  readonly signal: string | null;
}

export interface Job {
  readonly done: Promise<JobResult>;
  /** Sends to the command's standard input; an empty chunk ends it. */
  input(chunk: Buffer): void;
  /** Signals the command's process group. */
  kill(signal: NodeJS.Signals): void;
  resize(rows: number, columns: number): void;
}

interface Running {
  readonly options: JobOptions;
  readonly resolve: (result: JobResult) => void;
  readonly reject: (error: Error) => void;
}

export class Agent {
  /** Resolves with the guest's kernel release once init serves its port. */
  readonly ready: Promise<string>;
  readonly #socket: Socket;
  readonly #running = new Map<number, Running>();
  #settleReady!: { resolve(release: string): void; reject(error: Error): void };
  #ended: Error | undefined;
  #beats = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.ready = new Promise((resolve, reject) => (this.#settleReady = { resolve, reject }));
    this.ready.catch(() => undefined);
    const decoder = new FrameDecoder();
    socket.on('data', (chunk: Buffer) => {
      for (const frame of decoder.push(chunk)) this.#receive(frame);
    });
    socket.on('close', () => {
      this.fail(new GuestheadError('ERR_LAB', 'The guest ended before the command did'));
    });
  }

  /** How often the guest has said that it lives: every two seconds, while it is not paused. */
  get beats(): number {
    return this.#beats;
  }

  run(command: string, options: JobOptions = {}): Job {
    if (this.#ended) throw this.#ended;
    const id = this.#freeId();
    const done = new Promise<JobResult>((resolve, reject) => {
      this.#running.set(id, { options, resolve, reject });
    });
    this.#send('R', id, command, options.terminal === true ? onTerminal : 0);
    return {
      done,
      input: (chunk) => {
        this.#send('I', id, chunk);
      },
      kill: (signal) => {
        this.#send('K', id, Buffer.of(constants.signals[signal]));
      },
      resize: (rows, columns) => {
        this.#send('W', id, Buffer.from(Uint16Array.of(rows, columns).buffer));
      },
    };
  }

  powerOff(): void {
    if (!this.#socket.destroyed) this.#send('Q', 0);
  }

  /** Ends every command that still runs with this error. */
  fail(error: Error): void {
    this.#ended ??= error;
    this.#settleReady.reject(error);
    for (const { reject } of this.#running.values()) reject(error);
    this.#running.clear();
  }

  close(): void {
    this.#socket.destroy();
  }

  #freeId(): number {
    for (let id = 0; id < maxJobs; id++) if (!this.#running.has(id)) return id;
    throw new GuestheadError('ERR_LAB', `More than ${maxJobs} commands at once in the guest`);
  }

  #send(type: string, job: number, payload: Buffer | string = '', flags = 0): void {
    this.#socket.write(encodeFrame(type, job, payload, flags));
  }

  #receive({ type, job, payload }: Frame): void {
    if (type === 'H') this.#settleReady.resolve(payload.toString());
    if (type === 'B') this.#beats++;
    const running = type === 'B' ? undefined : this.#running.get(job);
    if (running === undefined) return;
    if (type === 'O') running.options.onStdout?.(payload);
    if (type === 'E') running.options.onStderr?.(payload);
    if (type === 'X') {
      this.#running.delete(job);
      running.resolve(decodeWaitStatus(payload.readUInt32LE(0)));
    }
  }
}

/** wait(2)'s status word: exit code in bits 8–15, signal in bits 0–6. */
function decodeWaitStatus(word: number): JobResult {
  const number = word & 0x7f;
  if (number === 0) return { status: (word >> 8) & 0xff, signal: null };
  const name = Object.entries(constants.signals).find(([, value]) => value === number)?.[0];
  return { status: null, signal: name ?? `signal ${number}` };
}
