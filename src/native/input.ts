/** The addon's input devices and keymaps, as src/input uses them; native/input has what they promise. */

/** What a row of the batch tells, by its first number. */
export const rowKinds = {
  motion: 0,
  relative: 1,
  button: 2,
  axis: 3,
  key: 4,
  touchDown: 5,
  touchMotion: 6,
  touchUp: 7,
  touchCancel: 8,
  touchFrame: 9,
  removed: 10,
} as const;

/**
 * Numbers of a row: kind, device, time (µs, CLOCK_MONOTONIC), and then by its kind
 * motion: x, y (0–1); relative: dx, dy, both unaccelerated; button and key: code, pressed (0, 1);
 * axis: source (0 wheel, 1 finger, 2 continuous), horizontal value and v120, vertical ones (NaN = not moved);
 * touch: slot, x, y (0–1).
 */
export const rowLength = 8;

/** [number, name, vendor, product, keyboard, pointer, touch]; a number is never given twice. */
export type AddedDevice = readonly [number, string, number, number, boolean, boolean, boolean];

/** What `add` throws, beside NativeError's: what libinput said. */
export interface DeviceRefusal extends Error {
  readonly syscall?: string;
  readonly log?: string;
}

/** A libinput context; open, it keeps itself and the event loop alive. */
export interface NativeInput {
  /**
   * Opens an evdev node for this process alone, or takes a duplicate of `fd`, as which somebody else has opened it. libinput waits up to
   * two seconds, on this thread, for a device of which udev has no record. Throws NativeError with `log`: of `open` and `EVIOCGRAB`
   * (EBUSY: somebody else has grabbed it), and EOPNOTSUPP for what libinput leaves alone.
   */
  add(path: string, fd?: number): AddedDevice;
  /** What it holds down is told as released, and then its `removed` row, before or after this returns. Throws RangeError for no such device. */
  remove(device: number): void;
  /** Of all keyboards: 1 num lock + 2 caps lock + 4 scroll lock. */
  setLeds(leds: number): void;
  /** Closes the devices; nothing is told any more. Idempotent. */
  close(): void;
}

/** A keymap and the state of one keyboard. */
export interface NativeKeymap {
  /** [fd, bytes]: the text with a zero byte at its end, in a new sealed memfd that is open to read; the caller's to close. */
  memory(): [number, number];
  /** After an evdev key; whether modifiers or group have changed. */
  update(key: number, pressed: boolean): boolean;
  /** [depressed, latched, locked, group] */
  modifiers(): [number, number, number, number];
  /** As `setLeds` takes them. */
  leds(): number;
  repeats(key: number): boolean;
  /** Idempotent. */
  close(): void;
}

export interface InputAddon {
  /**
   * `onEvents` finds so many rows in `batch`, which is written again afterwards. Throws an Error with ERR_LIBRARY_MISSING
   * without libinput.
   */
  openInput(batch: Float64Array, onEvents: (rows: number) => void, onLog: (line: string) => void): NativeInput;
  /** A keymap from its text. Throws an Error with ERR_KEYMAP and xkbcommon's words, or ERR_LIBRARY_MISSING. */
  compileKeymap(text: string): NativeKeymap;
  /** A keymap by names; an empty one is that of the environment (XKB_DEFAULT_LAYOUT, …), or xkbcommon's own. Throws the same. */
  compileKeymap(rules: string, model: string, layout: string, variant: string, options: string): NativeKeymap;
}
