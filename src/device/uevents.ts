/** Hotplug as the kernel announces it: uevents of DRM and input devices, from a NETLINK_KOBJECT_UEVENT socket. */
import { closeSync } from 'node:fs';
import { constants } from 'node:os';
import { errnoOf } from '../errors.js';
import type { Native, NativeWatcher } from '../native/index.js';

/** What happened to a primary node, or that something may have. */
export type DrmUevent =
  | {
      /** Connectors came, went or changed; the node came or went. */
      readonly kind: 'hotplug' | 'added' | 'removed';
      /** `/dev/dri/card0` */
      readonly node: string;
    }
  | Overflow;

/** What happened to an evdev node, or that something may have; udev may not have seen a new one yet. */
export type InputUevent =
  | {
      readonly kind: 'added' | 'removed';
      /** `/dev/input/event3` */
      readonly node: string;
    }
  | Overflow;

/** Events were lost, of which devices is not known: look at all of them again. */
interface Overflow {
  readonly kind: 'overflow';
}

export type UeventSource = Pick<Native, 'openUevents' | 'readUevent' | 'watchReadable'>;

const { ENOBUFS } = constants.errno;

/**
 * The variables of one uevent (`ACTION`, `DEVPATH`, `SUBSYSTEM`, …), or undefined
 * for what is none: udev's own messages, which begin otherwise, and noise.
 */
export function parseUevent(text: string): ReadonlyMap<string, string> | undefined {
  const [header, ...assignments] = text.split('\0');
  const variables = new Map<string, string>();
  for (const assignment of assignments) {
    const equals = assignment.indexOf('=');
    if (equals > 0) variables.set(assignment.slice(0, equals), assignment.slice(equals + 1));
  }
  const announced = `${variables.get('ACTION') ?? ''}@${variables.get('DEVPATH') ?? ''}`;
  return variables.has('ACTION') && header === announced ? variables : undefined;
}

/**
 * Calls `onEvent` for each event of a DRM primary node, until the returned
 * function is called, which is idempotent and may be called by `onEvent`. Keeps the
 * event loop alive until then. What another process sent is passed over: only the kernel
 * knows. Throws NativeError where there is no such socket.
 */
export function watchDrmEvents(native: UeventSource, onEvent: (event: DrmUevent) => void): () => void {
  return watch(native, drmUevent, onEvent);
}

/** The same for evdev nodes. */
export function watchInputEvents(native: UeventSource, onEvent: (event: InputUevent) => void): () => void {
  return watch(native, inputUevent, onEvent);
}

/** One event, or undefined where it is of no interest. */
type Reading<Event> = (variables: Variables) => Exclude<Event, Overflow> | undefined;
type Variables = ReadonlyMap<string, string>;

function watch<Event>(
  native: UeventSource,
  read: Reading<Event>,
  onEvent: (event: Event | Overflow) => void,
): () => void {
  const socket = new UeventSocket(native, read, onEvent);
  return () => {
    socket.close();
  };
}

/** Owns the socket and what watches it. */
class UeventSocket<Event> {
  readonly #fd: number;
  #watcher: NativeWatcher | undefined;
  #closed = false;

  constructor(
    private readonly native: UeventSource,
    private readonly read: Reading<Event>,
    private readonly onEvent: (event: Event | Overflow) => void,
  ) {
    this.#fd = native.openUevents();
    try {
      this.#watch();
    } catch (error) {
      closeSync(this.#fd);
      throw error;
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#watcher?.close();
    closeSync(this.#fd);
  }

  #watch(): void {
    this.#watcher = this.native.watchReadable(this.#fd, (errno) => {
      this.#onReadable(errno);
    });
  }

  /**
   * An overflow is the socket's pending error: whoever asks first has it, libuv's
   * poll (which then stops for good, so a new one is begun) or our read.
   */
  #onReadable(errno: number): void {
    if (errno === 0) {
      this.#drain();
      return;
    }
    this.#watcher?.close();
    if (errno === ENOBUFS) this.#watch();
    this.onEvent({ kind: 'overflow' });
  }

  #drain(): void {
    while (!this.#closed) {
      const event = this.#next();
      if (event === 'none') return;
      if (event !== 'other') this.onEvent(event);
    }
  }

  /** The next event, `other` for one that is of no interest, `none` where there is no more to read. */
  #next(): Event | Overflow | 'other' | 'none' {
    try {
      const text = this.native.readUevent(this.#fd);
      if (text === undefined) return 'none';
      const variables = parseUevent(text);
      return (variables && this.read(variables)) ?? 'other';
    } catch (error) {
      return this.#afterFailedRead(errnoOf(error));
    }
  }

  /** A socket that fails for good is watched no more; its one `overflow` says that events will be missing. */
  #afterFailedRead(errno: number | undefined): Overflow {
    if (errno !== ENOBUFS) this.close();
    return { kind: 'overflow' };
  }
}

function drmUevent(variables: Variables): Exclude<DrmUevent, Overflow> | undefined {
  const name = variables.get('DEVNAME');
  if (variables.get('SUBSYSTEM') !== 'drm' || name === undefined || !/^dri\/card\d+$/.test(name)) return undefined;
  const kind = kindOf(variables);
  return kind === undefined ? undefined : { kind, node: `/dev/${name}` };
}

function inputUevent(variables: Variables): Exclude<InputUevent, Overflow> | undefined {
  const name = variables.get('DEVNAME');
  if (variables.get('SUBSYSTEM') !== 'input' || name === undefined || !/^input\/event\d+$/.test(name)) return undefined;
  const kind = kindOf(variables);
  return kind === 'added' || kind === 'removed' ? { kind, node: `/dev/${name}` } : undefined;
}

function kindOf(variables: Variables): 'hotplug' | 'added' | 'removed' | undefined {
  switch (variables.get('ACTION')) {
    case 'add':
      return 'added';
    case 'remove':
      return 'removed';
    case 'change':
      return variables.get('HOTPLUG') === '1' ? 'hotplug' : undefined;
    default:
      return undefined;
  }
}
