/** A libseat whose daemon is the test. */
import { sessionEvents, type NativeSession, type SessionAddon } from '../../src/native/session.js';
import type { SeatRoots } from '../../src/session/index.js';

export class MadeUpSeatAddon implements SessionAddon {
  /** What was asked of it, in order. */
  readonly calls: string[] = [];
  /** Told with the answer to the opening, or nothing. */
  atOnce: keyof typeof sessionEvents | undefined = 'enabled';
  /** Thrown by the next of each. */
  readonly refusals = new Map<'openSession' | 'openDevice', Error>();
  readonly open = new Map<number, string>();
  #onEvent: (event: number, errno: number, log: string) => void = () => undefined;
  #devices = 0;

  loadSeat(): void {
    this.calls.push('loadSeat');
  }

  openSession(backend: string, onEvent: (event: number, errno: number, log: string) => void): NativeSession {
    this.#enter('openSession', backend);
    this.#onEvent = onEvent;
    return {
      name: () => 'seat0',
      dispatch: () => {
        this.calls.push('dispatch');
        const event = this.atOnce;
        this.atOnce = undefined;
        if (event !== undefined) this.tell(event);
      },
      openDevice: (path) => {
        this.#enter('openDevice', path);
        this.open.set(++this.#devices, path);
        return [this.#devices, 1000 + this.#devices];
      },
      closeDevice: (device) => {
        this.calls.push(`closeDevice ${this.open.get(device) ?? 'none'}`);
        this.open.delete(device);
      },
      acknowledge: () => this.calls.push('acknowledge'),
      switchTo: (session) => this.calls.push(`switchTo ${session}`),
      close: () => {
        this.calls.push('close');
        this.open.clear();
      },
    };
  }

  tell(event: keyof typeof sessionEvents, errno = 0, log = ''): void {
    this.#onEvent(sessionEvents[event], errno, log);
  }

  #enter(call: 'openSession' | 'openDevice', argument: string): void {
    this.calls.push(`${call} ${argument}`);
    const refusal = this.refusals.get(call);
    this.refusals.delete(call);
    if (refusal !== undefined) throw refusal;
  }
}

/** A machine with these files. */
export function rootsWith(
  files: readonly string[],
  environment: SeatRoots['environment'] = {},
  cgroup = '0::/system.slice/kiosk.service\n',
): SeatRoots {
  return { environment, exists: (path) => files.includes(path), cgroup: () => cgroup };
}
