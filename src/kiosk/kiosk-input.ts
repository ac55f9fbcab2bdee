/** The devices that a kiosk's clients are used by. */
import type { UeventSource } from '../device/index.js';
import { GuestheadError } from '../errors.js';
import { openInput, openKeyboard, type Input, type InputEvent, type SeatKeyboard } from '../input/index.js';
import type { InputAddon } from '../native-input.js';
import type { CheckedKioskOptions } from './open-options.js';

/** Of a kiosk. */
export interface UsedByInput {
  input(event: InputEvent): void;
  /** The connectors of the heads that are on, now and whenever they are others. */
  followConnectors(tell: (connectors: readonly string[]) => void): void;
}

export interface KioskInput {
  readonly keyboard: SeatKeyboard | undefined;
  /** From now on devices tell the kiosk. */
  begin(kiosk: UsedByInput): void;
  /** Idempotent. */
  close(): void;
}

type Wishes = Pick<CheckedKioskOptions, 'input' | 'touch' | 'keymap'>;
type OnFault = (error: unknown) => void;

/**
 * Throws ERR_KEYMAP where a keymap was asked for that there is not, before anything is on the screen. `onFault` hears of devices that cannot
 * be used, and of libinput or libxkbcommon where they are missing: without them a kiosk is still one, for signs that nobody touches.
 */
export function openKioskInput(addon: InputAddon & UeventSource, wishes: Wishes, onFault: OnFault): KioskInput {
  if (wishes.input === 'none') return { keyboard: undefined, begin: () => undefined, close: () => undefined };
  const keyboard = keyboardOf(addon, wishes, onFault);
  const closing: { close(): void }[] = keyboard === undefined ? [] : [keyboard];
  return {
    keyboard,
    begin: (kiosk) => {
      try {
        const input = openDevices({ addon, wishes, keyboard, kiosk, onFault });
        closing.unshift(input);
        kiosk.followConnectors((connectors) => input.setConnectors(connectors));
      } catch (error) {
        onFault(error);
      }
    },
    close: () => {
      for (const each of closing.splice(0)) each.close();
    },
  };
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

interface Devices {
  readonly addon: InputAddon & UeventSource;
  readonly wishes: Wishes;
  readonly keyboard: SeatKeyboard | undefined;
  readonly kiosk: UsedByInput;
  readonly onFault: OnFault;
}

function openDevices({ addon, wishes, keyboard, kiosk, onFault }: Devices): Input {
  const { input: devices, touch } = wishes;
  const input = openInput({
    addon,
    devices: devices === 'none' ? [] : devices,
    places: touch,
    // Where no udevd runs, only root can say what a device is.
    records: process.getuid?.() === 0,
    onEvent: (event) => {
      kiosk.input(event);
      if (event.kind === 'key' && keyboard !== undefined) input.setLeds(keyboard.leds);
    },
    onFault,
  });
  return input;
}
