/**
 * What input devices tell: libinput's events as values, each with the device that it came from.
 *
 * `timeUs` is CLOCK_MONOTONIC in microseconds, the kernel's own stamp. Keys and buttons are evdev codes (KEY_A = 30,
 * BTN_LEFT = 0x110), as Wayland wants them.
 */

/** What a device is, as far as libinput gives it. Two events of one device carry the same object. */
export interface InputDevice {
  /** `/dev/input/event3` */
  readonly node: string;
  /** As the device calls itself: `QEMU Virtio Tablet`. */
  readonly name: string;
  readonly vendor: number;
  readonly product: number;
  readonly pointer: boolean;
  readonly keyboard: boolean;
  readonly touch: boolean;
  /** Whether it tells places on a screen: a tablet as hypervisors have it, a touchscreen. */
  readonly absolute: boolean;
  /** Its place on the buses, as sysfs has it; empty where that says nothing. */
  readonly path: string;
  /** Of the PCI device that it belongs to, `0000:00:05.0`; undefined where there is none (uinput). */
  readonly pciAddress: string | undefined;
  /** The connector on which its places lie, by `mapDevices`; undefined for a mouse or keyboard, and where no head is on. */
  readonly connector: string | undefined;
}

interface Stamped {
  readonly device: InputDevice;
  readonly timeUs: number;
}

/** The pointer is at a place of `device.connector`: 0 is its left or upper edge, 1 is just beyond the right or lower one. */
export interface MotionEvent extends Stamped {
  readonly kind: 'motion';
  readonly x: number;
  readonly y: number;
}

/** The pointer moves by so much: pixels after acceleration, and the device's own units (of 1000 dpi) before. */
export interface RelativeEvent extends Stamped {
  readonly kind: 'relative';
  readonly dx: number;
  readonly dy: number;
  readonly dxUnaccelerated: number;
  readonly dyUnaccelerated: number;
}

/** A button that several devices hold is told once: its first press and its last release. */
export interface ButtonEvent extends Stamped {
  readonly kind: 'button';
  readonly button: number;
  readonly pressed: boolean;
}

export interface AxisStep {
  /** Wheel: degrees that it turned; else what the fingers moved, in units of pointer motion. 0 ends a finger's scrolling. */
  readonly value: number;
  /** A wheel's clicks × 120, also parts of one; 0 for the other sources. */
  readonly v120: number;
}

/** Scrolling. An axis that has not moved is undefined; one that ends has the value 0. */
export interface AxisEvent extends Stamped {
  readonly kind: 'axis';
  readonly source: 'wheel' | 'finger' | 'continuous';
  readonly horizontal: AxisStep | undefined;
  readonly vertical: AxisStep | undefined;
}

/** A key that several devices hold is told once: its first press and its last release. */
export interface KeyEvent extends Stamped {
  readonly kind: 'key';
  readonly key: number;
  readonly pressed: boolean;
}

/** A finger comes down or moves; places as in `MotionEvent`. `slot` tells fingers of one seat apart, and is used again. */
export interface TouchPointEvent extends Stamped {
  readonly kind: 'touch-down' | 'touch-motion';
  readonly slot: number;
  readonly x: number;
  readonly y: number;
}

/** A finger goes, or what it did is to count for nothing. */
export interface TouchEndEvent extends Stamped {
  readonly kind: 'touch-up' | 'touch-cancel';
  readonly slot: number;
}

/** All touch events since the last one belong together. */
export interface TouchFrameEvent extends Stamped {
  readonly kind: 'touch-frame';
}

/** A device is there, or has gone; what it held down has been released by events before. */
export interface DeviceEvent {
  readonly kind: 'device';
  readonly added: boolean;
  readonly device: InputDevice;
}

export type PointerMotion = MotionEvent | RelativeEvent;
export type TouchEvent = TouchPointEvent | TouchEndEvent | TouchFrameEvent;
export type InputEvent = PointerMotion | ButtonEvent | AxisEvent | KeyEvent | TouchEvent | DeviceEvent;

/** What the keyboards of a seat have held, latched and locked, as `wl_keyboard.modifiers` tells it. */
export interface Modifiers {
  readonly depressed: number;
  readonly latched: number;
  readonly locked: number;
  readonly group: number;
}

/** A keymap as every client gets it. */
export interface KeymapFile {
  /** A sealed memfd, the keymap's owner's to close: to be sent, never to be written. */
  readonly fd: number;
  /** Its size with the zero byte that ends the text. */
  readonly bytes: number;
}

/** One seat's keyboard: what a key makes of the modifiers. */
export interface Keyboard {
  readonly keymap: KeymapFile;
  readonly modifiers: Modifiers;
  /** After each key event, before or after it is told to the client; whether the modifiers have changed. */
  update(key: number, pressed: boolean): boolean;
  /** Whether a key that is held repeats: letters do, Shift does not. */
  repeats(key: number): boolean;
}
