/** The devices that a kiosk's clients are used by. */
import { messageOf } from '../errors.js';
import type { Head } from '../head/index.js';
import {
  openInput,
  openKeyboard,
  parseGivenPlace,
  type GivenPlace,
  type InputEvent,
  type KeymapChoice,
  type SeatKeyboard,
} from '../input/index.js';
import type { Addon } from '../native.js';
import type { KioskOptions } from './kiosk-options.js';

export interface KioskInput {
  readonly keyboard: SeatKeyboard | undefined;
  /** From now on devices tell `onEvent`. Those that cannot be used are told of, and the kiosk goes on without them. */
  begin(onEvent: (event: InputEvent) => void): void;
  /** Idempotent. */
  close(): void;
}

/**
 * Throws ERR_USAGE for a place that is none, ERR_KEYMAP where a keymap was asked for that there is not, before anything is on the screen. Without libinput or
 * libxkbcommon a kiosk is still one, for signs that nobody touches: that is said.
 */
export function openKioskInput(
  addon: Addon,
  head: Head,
  options: KioskOptions,
  say: (text: string) => void,
): KioskInput {
  if (options.input === 'none') return { keyboard: undefined, begin: () => undefined, close: () => undefined };
  const places = options.touch?.map(parseGivenPlace);
  const keyboard = keyboardOf(addon, options.keymap, say);
  const closing: { close(): void }[] = keyboard === undefined ? [] : [keyboard];
  return {
    keyboard,
    begin: (onEvent) => {
      try {
        closing.unshift(openDevices({ addon, head, options, places, keyboard, onEvent, say }));
      } catch (error) {
        say(`no input: ${messageOf(error)}`);
      }
    },
    close: () => {
      for (const each of closing.splice(0)) each.close();
    },
  };
}

function keyboardOf(addon: Addon, keymap: KeymapChoice | undefined, say: (text: string) => void) {
  try {
    return openKeyboard(addon, keymap);
  } catch (error) {
    if (keymap !== undefined) throw error;
    say(`no keyboard: ${messageOf(error)}`);
    return undefined;
  }
}

interface Devices {
  readonly addon: Addon;
  readonly head: Head;
  readonly options: KioskOptions;
  readonly places: readonly GivenPlace[] | undefined;
  readonly keyboard: SeatKeyboard | undefined;
  readonly onEvent: (event: InputEvent) => void;
  readonly say: (text: string) => void;
}

function openDevices({ addon, head, options, places, keyboard, onEvent, say }: Devices): { close(): void } {
  const input = openInput({
    addon,
    devices: options.input === undefined || options.input === 'all' ? 'all' : options.input.split(','),
    places,
    // Where no udevd runs, only root can say what a device is.
    records: process.getuid?.() === 0,
    onEvent: (event) => {
      onEvent(event);
      if (event.kind === 'key' && keyboard !== undefined) input.setLeds(keyboard.leds);
    },
    onFault: (error) => say(messageOf(error)),
  });
  input.setConnectors([head.info.display.connector]);
  return input;
}
