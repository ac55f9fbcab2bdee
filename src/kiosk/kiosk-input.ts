/** The devices that a kiosk's clients are used by. */
import type { UeventSource } from '../device/index.js';
import { GuestheadError } from '../errors.js';
import { openInput, openKeyboard, type Input, type InputEvent, type SeatKeyboard } from '../input/index.js';
import type { InputAddon } from '../native/input.js';
import type { OpenDevice, SeatedInput } from './kiosk-seat.js';
import type { CheckedKioskOptions } from './open-options.js';

/** Of a kiosk. */
export interface UsedByInput {
  input(event: InputEvent): void;
  /** The connectors of the heads that are on, now and whenever they are others. */
  followConnectors(tell: (connectors: readonly string[]) => void): void;
}

export interface KioskInput extends SeatedInput {
  readonly keyboard: SeatKeyboard | undefined;
  /** From now on devices tell the kiosk, unless they are left to others. */
  begin(kiosk: UsedByInput): void;
  /** Idempotent. */
  close(): void;
}

const ignore = () => undefined;
const none: KioskInput = { keyboard: undefined, begin: ignore, suspend: ignore, resume: ignore, close: ignore };

type Wishes = Pick<CheckedKioskOptions, 'input' | 'touch' | 'keymap'>;
type OnFault = (error: unknown) => void;

/**
 * Throws ERR_KEYMAP where a keymap was asked for that there is not, before anything is on the screen. `onFault` hears of devices that cannot
 * be used, and of libinput or libxkbcommon where they are missing: without them a kiosk is still one, for signs that nobody touches.
 */
export function openKioskInput(
  addon: InputAddon & UeventSource,
  wishes: Wishes,
  onFault: OnFault,
  open?: OpenDevice,
): KioskInput {
  if (wishes.input === 'none') return none;
  return new Devices({ addon, wishes, onFault, keyboard: keyboardOf(addon, wishes, onFault) }, open);
}

function keyboardOf(addon: InputAddon, { keymap }: Wishes, onFault: OnFault): SeatKeyboard | undefined {
  try {
    return openKeyboard(addon, keymap);
  } catch (error) {
    if (keymap !== undefined) throw error;
    onFault(withoutKeyboard(error));
    return undefined;
  }
}

function withoutKeyboard(cause: unknown): unknown {
  if (!(cause instanceof GuestheadError)) return cause;
  const { code, message, advice } = cause;
  return new GuestheadError(code, `${message}; clients have no keyboard`, { advice, cause });
}

interface DeviceParts {
  readonly addon: InputAddon & UeventSource;
  readonly wishes: Wishes;
  readonly onFault: OnFault;
  readonly keyboard: SeatKeyboard | undefined;
}

class Devices implements KioskInput {
  readonly keyboard: SeatKeyboard | undefined;
  #kiosk: UsedByInput | undefined;
  #input: Input | undefined;
  #suspended = false;

  /** Owns the keyboard. */
  constructor(
    private readonly parts: DeviceParts,
    private open: OpenDevice | undefined,
  ) {
    this.keyboard = parts.keyboard;
  }

  begin(kiosk: UsedByInput): void {
    this.#kiosk = kiosk;
    if (!this.#suspended) this.#begin(kiosk);
  }

  suspend(): void {
    this.#suspended = true;
    this.#input?.suspend();
  }

  resume(open: OpenDevice | undefined): void {
    this.open = open;
    this.#suspended = false;
    if (this.#input !== undefined) this.#input.resume(open);
    else if (this.#kiosk !== undefined) this.#begin(this.#kiosk);
  }

  close(): void {
    this.#kiosk = undefined;
    this.#input?.close();
    this.keyboard?.close();
  }

  #begin(kiosk: UsedByInput): void {
    try {
      const input = this.#opened(kiosk);
      this.#input = input;
      kiosk.followConnectors((connectors) => input.setConnectors(connectors));
    } catch (error) {
      this.parts.onFault(error);
    }
  }

  #opened(kiosk: UsedByInput): Input {
    const { addon, wishes, keyboard, onFault } = this.parts;
    const { input: devices, touch } = wishes;
    const input = openInput({
      addon,
      devices: devices === 'none' ? [] : devices,
      places: touch,
      // Where no udevd runs, only root can say what a device is.
      records: process.getuid?.() === 0,
      open: this.open,
      // A client that starts meanwhile is answered in between.
      oneByOne: true,
      onEvent: (event) => {
        kiosk.input(event);
        if (event.kind === 'key' && keyboard !== undefined) input.setLeds(keyboard.leds);
      },
      onFault,
    });
    return input;
  }
}
