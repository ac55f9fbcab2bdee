/** What tells the service manager that started this process how it is: sd_notify(3)'s protocol, datagrams of `NAME=value` lines. */
import { messageOf } from '../errors.js';
import { loadNative, type Native } from '../native/index.js';

/** The names that are used here. */
export type Notification = Readonly<
  Partial<Record<'READY' | 'STATUS' | 'WATCHDOG' | 'STOPPING' | 'ERRNO', string | number>>
>;

/** A notification that cannot be sent ends nothing: `complain` is called with the first failure, and with no other. */
export class NotifySocket {
  #complained = false;

  /** `name`: a path, or `@` and an abstract name, as NOTIFY_SOCKET has it. */
  constructor(
    private readonly name: string,
    private readonly native: () => Pick<Native, 'sendDatagram'> = loadNative,
    private readonly complain: (line: string) => void = (line) => process.stderr.write(`${line}\n`),
  ) {}

  send(notification: Notification): void {
    const lines = Object.entries(notification).map(([name, value]) => `${name}=${oneLine(String(value))}`);
    try {
      this.native().sendDatagram(addressOf(this.name), Buffer.from(lines.join('\n')));
    } catch (error) {
      if (!this.#complained)
        this.complain(`guesthead: the service manager at ${this.name} hears nothing: ${messageOf(error)}`);
      this.#complained = true;
    }
  }
}

/** A line end within a value would begin another. */
function oneLine(value: string): string {
  return value.replace(/\s*\n\s*/g, ' ');
}

function addressOf(name: string): Uint8Array {
  if (!/^[/@]./.test(name)) throw new Error('neither a path nor @ and an abstract name');
  const bytes = Buffer.from(name);
  if (name.startsWith('@')) bytes[0] = 0;
  return bytes;
}
