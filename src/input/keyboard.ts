/** KEYBOARD: a keymap, compiled by xkbcommon, and what the seat's keys make of the modifiers. */
import { closeSync, readFileSync } from 'node:fs';
import { errnoOf, GuestheadError, messageOf } from '../errors.js';
import { addonLibraries, explainMissing, installAdvice } from '../ffi/index.js';
import type { InputAddon, NativeKeymap } from '../native/input.js';
import type { Keyboard, KeymapFile, Modifiers } from './events.js';

/** By names, of which one that is missing is the environment's (XKB_DEFAULT_LAYOUT, …) or xkbcommon's own; or a file of a keymap's text. */
export type KeymapChoice = KeymapNames | { readonly file: string };

export interface KeymapNames {
  readonly rules?: string | undefined;
  readonly model?: string | undefined;
  /** `de`, or several: `us,ru`. */
  readonly layout?: string | undefined;
  readonly variant?: string | undefined;
  /** `grp:alt_shift_toggle,compose:ralt` */
  readonly options?: string | undefined;
}

/** Throws ERR_KEYMAP with xkbcommon's own words, ERR_LIBRARY_MISSING without it. */
export function openKeyboard(addon: InputAddon, choice: KeymapChoice = {}): SeatKeyboard {
  return new SeatKeyboard(compile(addon, choice));
}

export class SeatKeyboard implements Keyboard {
  readonly keymap: KeymapFile;
  #modifiers: Modifiers;
  #leds: number;
  #closed = false;

  /** Owns the keymap. */
  constructor(private readonly native: NativeKeymap) {
    const [fd, bytes] = native.memory();
    this.keymap = { fd, bytes };
    this.#modifiers = this.#read();
    this.#leds = native.leds();
  }

  get modifiers(): Modifiers {
    return this.#modifiers;
  }

  /** What is lit: 1 num lock + 2 caps lock + 4 scroll lock, as `Input.setLeds` takes it. */
  get leds(): number {
    return this.#leds;
  }

  update(key: number, pressed: boolean): boolean {
    if (!this.native.update(key, pressed)) return false;
    this.#modifiers = this.#read();
    this.#leds = this.native.leds();
    return true;
  }

  repeats(key: number): boolean {
    return this.native.repeats(key);
  }

  /** The keymap's descriptor goes with it; what clients were sent stays. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.native.close();
    closeSync(this.keymap.fd);
  }

  #read(): Modifiers {
    const [depressed, latched, locked, group] = this.native.modifiers();
    return { depressed, latched, locked, group };
  }
}

function compile(addon: InputAddon, choice: KeymapChoice): NativeKeymap {
  const text = 'file' in choice ? textOf(choice.file) : undefined;
  try {
    if (text !== undefined) return addon.compileKeymap(text);
    const { rules = '', model = '', layout = '', variant = '', options = '' } = choice as KeymapNames;
    return addon.compileKeymap(rules, model, layout, variant, options);
  } catch (cause) {
    if ((cause as { code?: unknown }).code !== 'ERR_KEYMAP') throw explainMissing(cause, addonLibraries.xkbcommon);
    const said = messageOf(cause)
      .trim()
      .replaceAll(/\s*\n\s*/g, '; ');
    throw new GuestheadError('ERR_KEYMAP', `${describe(choice)} does not compile: ${said}`, {
      cause,
      advice: adviceFor(choice, said),
    });
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new GuestheadError('ERR_KEYMAP', `The keymap ${file} cannot be read`, {
      ...{ operation: 'open', errno: errnoOf(cause), cause },
      advice: "name a file with a keymap's text, as `xkbcli compile-keymap` prints it",
    });
  }
}

function describe(choice: KeymapChoice): string {
  if ('file' in choice) return `The keymap ${choice.file}`;
  const given = Object.entries(choice).filter(([, value]) => value !== undefined && value !== '');
  const names = given.map(([name, value]) => `${name} ${String(value)}`).join(', ');
  return names === '' ? 'The default keymap' : `The keymap of ${names}`;
}

function adviceFor(choice: KeymapChoice, said: string): string {
  if ('file' in choice) return 'mend the file; `xkbcli compile-keymap` prints one that compiles';
  return said.includes('file "rules/evdev"') ? installAdvice(addonLibraries.xkbcommon.packages) : namesAdvice;
}

const namesAdvice =
  'name rules, model, layout, variant and options that /usr/share/X11/xkb/rules/evdev.lst has, as in layout `de`, variant `nodeadkeys`';
