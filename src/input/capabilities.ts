/** What an evdev device can tell, as sysfs has it; no node is opened for it. */
import { readFileSync, realpathSync } from 'node:fs';
import { basename, join } from 'node:path';

/** Codes of linux/input-event-codes.h. */
export const codes = {
  evKey: 1,
  evRel: 2,
  evAbs: 3,
  evSwitch: 5,
  relX: 0,
  relY: 1,
  relHwheel: 6,
  relWheel: 8,
  absX: 0,
  absY: 1,
  absZ: 2,
  absMtSlot: 0x2f,
  absMtPositionX: 0x35,
  absMtPositionY: 0x36,
  keyPower: 116,
  keySleep: 142,
  keyWakeup: 143,
  btnMisc: 0x100,
  btnMouse: 0x110,
  btnJoystick: 0x120,
  btnToolPen: 0x140,
  btnToolFinger: 0x145,
  btnTouch: 0x14a,
  btnStylus: 0x14b,
  btnTriggerHappy: 0x2c0,
  keyOk: 0x160,
  keyAlsToggle: 0x230,
  propDirect: 1,
  propPointingStick: 5,
  propAccelerometer: 6,
} as const;

/** A bit for each code that the device has. */
export class Bits {
  constructor(private readonly bits: bigint) {}

  /** As in sysfs: words of 64 bits in hexadecimal, the highest first. */
  static parse(text: string): Bits {
    const words = text.trim().split(/\s+/);
    return new Bits(words.reduce((bits, word) => (bits << 64n) | BigInt(`0x${word || '0'}`), 0n));
  }

  has(...wanted: readonly number[]): boolean {
    return wanted.every((code) => ((this.bits >> BigInt(code)) & 1n) === 1n);
  }

  /** Whether there is any from `first` up to `end`, which is not among them. */
  hasAny(first: number, end: number): boolean {
    return (this.bits >> BigInt(first)) % (1n << BigInt(end - first)) !== 0n;
  }

  hasAll(first: number, end: number): boolean {
    const all = (1n << BigInt(end - first)) - 1n;
    return ((this.bits >> BigInt(first)) & all) === all;
  }

  /** Whether it has these codes alone, one at least. */
  hasOnly(...allowed: readonly number[]): boolean {
    const others = allowed.reduce((bits, code) => bits & ~(1n << BigInt(code)), this.bits);
    return this.bits !== 0n && others === 0n;
  }
}

export interface Capabilities {
  readonly types: Bits;
  readonly keys: Bits;
  readonly relative: Bits;
  readonly absolute: Bits;
  readonly properties: Bits;
}

/** Of the device behind `/dev/input/event3`, below `sys`; undefined where there is none. */
export function readCapabilities(sys: string, node: string): Capabilities | undefined {
  const device = join(sys, 'class/input', basename(node), 'device');
  try {
    return readFrom(device);
  } catch {
    return undefined;
  }
}

function readFrom(device: string): Capabilities {
  const read = (name: string) => Bits.parse(readFileSync(join(device, name), 'utf8'));
  return {
    types: read('capabilities/ev'),
    keys: read('capabilities/key'),
    relative: read('capabilities/rel'),
    absolute: read('capabilities/abs'),
    properties: read('properties'),
  };
}

/** Where sysfs has the device: its place on the buses, which stays the same from boot to boot. */
export function devicePath(sys: string, node: string): string {
  try {
    return realpathSync(join(sys, 'class/input', basename(node), 'device'));
  } catch {
    return '';
  }
}

/** Of the PCI function nearest to a device; undefined where there is none. */
export function pciAddressIn(path: string): string | undefined {
  return path.match(/[\da-f]{4,}:[\da-f]{2}:[01][\da-f]\.[0-7](?=\/)/g)?.at(-1);
}

/**
 * Whether a seat's user moves, touches or types with it. Not so of the machine's lid and its power and sleep buttons, of which whoever manages
 * its power is to hear, nor of its speaker.
 */
export function isForSeat({ types, keys }: Capabilities): boolean {
  const hasKeys = types.has(codes.evKey) && !keys.hasOnly(codes.keyPower, codes.keySleep, codes.keyWakeup);
  return hasKeys || types.has(codes.evRel) || types.has(codes.evAbs);
}

/** Whether it tells places on a screen, and not only movements or what happens on a pad of its own. */
export function isAbsolute({ absolute, keys, properties }: Capabilities): boolean {
  const isPad = keys.has(codes.btnToolFinger) && !keys.has(codes.btnToolPen) && !properties.has(codes.propDirect);
  const hasPlace = absolute.has(codes.absX, codes.absY) || absolute.has(codes.absMtPositionX, codes.absMtPositionY);
  return hasPlace && !isPad;
}
