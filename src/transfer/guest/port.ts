/**
 * The port as a stream of bytes that comes and goes with whoever has the host's side.
 *
 *     down ──host is there──► up ──hung up, unplugged, restart()──► down ──…
 *
 * While nobody is there the kernel says POLLHUP at each poll, so that it is asked by a timer instead, with growing pauses.
 */
import { coded, errnoName, errnoOf, GuestheadError } from '../../errors.js';
import type { NativePort } from '../../native/port.js';
import { Backlog } from './backlog.js';
import { systemPort, type PortCalls } from './port-calls.js';

export interface PortHandlers {
  /** Somebody has the host's side: what is said from now on is heard. */
  up(): void;
  /** The first `length` of these bytes are from the host; they are of use until it returns. */
  received(bytes: Buffer, length: number): void;
  /** Nobody hears any more; once for each `up`. `why` is a sentence's end. */
  down(why: string): void;
}

/** Milliseconds. */
const shortestPause = 1;
const longestPause = 250;
const readBytes = 65_536;

export class Port {
  readonly #room = Buffer.allocUnsafeSlow(readBytes);
  readonly #backlog: Backlog;
  #port: NativePort | undefined;
  #timer: NodeJS.Timeout | undefined;
  #pause = shortestPause;
  #isUp = false;

  /**
   * Opens it, so that what is wrong with it is known: throws ERR_NO_DEVICE, ERR_PERMISSION, ERR_SYSTEM (EBUSY: another process
   * has it). `find` says where it is, again after it was unplugged. No handler is called from within.
   */
  constructor(
    private readonly find: () => string,
    private readonly handlers: PortHandlers,
    private readonly calls: PortCalls = systemPort,
  ) {
    this.#backlog = new Backlog((bytes, length) => this.#open().write(bytes, length));
    this.#open();
    this.#after(0);
  }

  /** Whether the host's side was there when it was last looked. */
  get isUp(): boolean {
    return this.#isUp;
  }

  /** Says the first `length` of these bytes, now or as soon as there is room. False: too much waits, or nobody is there; nothing was said then. */
  send(bytes: Buffer, length = bytes.length): boolean {
    return this.#isUp && this.#backlog.send(bytes, length);
  }

  /** The host makes sense: once it is gone, it is soon looked for again. */
  trust(): void {
    this.#pause = shortestPause;
  }

  /** There is no sense in going on: begins anew, after a pause, with a port opened anew. Nothing where nobody is there. */
  restart(why: string): void {
    if (!this.#isUp) return;
    this.#forget();
    this.#goDown(why);
  }

  /** Calls no handler. Idempotent. */
  close(): void {
    this.#isUp = false;
    clearTimeout(this.#timer);
    this.#stop();
    this.#forget();
  }

  #open(): NativePort {
    return (this.#port ??= openPort(this.find(), (path) =>
      this.calls.open(path, this.#room, (count) => this.#onRead(count)),
    ));
  }

  #after(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#look(), ms);
  }

  /** Whether somebody is there by now. */
  #look(): void {
    const count = this.#readOnce();
    if (count === 0) this.#wait();
    else this.#goUp(Math.max(0, count));
  }

  /** As `NativePort.read`; 0 also where the port is unplugged, or not there yet. */
  #readOnce(): number {
    try {
      return this.#open().read();
    } catch {
      this.#forget();
      return 0;
    }
  }

  #wait(): void {
    this.#after(this.#pause);
    this.#pause = Math.min(this.#pause * 2, longestPause);
  }

  #goUp(count: number): void {
    this.#isUp = true;
    this.#open().watch();
    this.handlers.up();
    if (count > 0 && this.isUp) this.handlers.received(this.#room, count);
  }

  #onRead(count: number): void {
    if (count > 0) this.handlers.received(this.#room, count);
    else if (count === 0) this.#goDown('the host’s side of the port was closed');
    else this.restart(`the port was unplugged (${errnoName(-count)})`);
  }

  #goDown(why: string): void {
    this.#stop();
    this.#wait();
    const wasUp = this.#isUp;
    this.#isUp = false;
    if (wasUp) this.handlers.down(why);
  }

  #stop(): void {
    this.#port?.unwatch();
    this.#backlog.clear();
  }

  #forget(): void {
    const port = this.#port;
    this.#port = undefined;
    port?.close();
  }
}

function openPort(path: string, open: (path: string) => NativePort): NativePort {
  try {
    return open(path);
  } catch (cause) {
    const errno = errnoOf(cause);
    if (errno === undefined) throw coded(cause);
    const name = errnoName(errno);
    const code = name === 'EACCES' || name === 'EPERM' ? 'ERR_PERMISSION' : 'ERR_SYSTEM';
    const details = { operation: 'open', device: path, errno, cause, advice: advice[name] };
    throw new GuestheadError(code, 'The port to the host cannot be opened', details);
  }
}

const advice: Record<string, string> = {
  EACCES: 'run as root, or give the user access to the port by a udev rule',
  EBUSY: 'one process at a time has a virtio-serial port: end the other, or give QEMU a second port',
};
