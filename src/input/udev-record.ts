/**
 * udev's record of an input device, `/run/udev/data/c13:64`: libinput takes only a device that has one, and waits for it up to two
 * seconds on the event loop. Where no udevd runs, as in the lab, this writes what udevd would.
 */
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { codes, type Capabilities } from './capabilities.js';

/** `number`: of the node, `13:64`. */
export function recordPath(run: string, number: string): string {
  return join(run, 'udev/data', `c${number}`);
}

export function hasRecord(path: string): boolean {
  return existsSync(path);
}

/** Whether somebody else writes the records. */
export function hasUdevd(run: string): boolean {
  return existsSync(join(run, 'udev/control'));
}

/** It appears whole. Throws an Error with `errno`. */
export function writeRecord(path: string, capabilities: Capabilities): void {
  mkdirSync(dirname(path), { recursive: true });
  const lines = [`I:${Math.floor(performance.now() * 1000)}`];
  for (const property of inputProperties(capabilities)) lines.push(`E:${property}=1`);
  lines.push('V:1');
  writeFileSync(`${path}.new`, lines.join('\n') + '\n');
  renameSync(`${path}.new`, path);
}

export function removeRecord(path: string): void {
  rmSync(path, { force: true });
}

/**
 * What udev calls the device, of the kinds that a kiosk uses; joysticks and accelerometers have none of these.
 * Source: systemd, src/udev/udev-builtin-input_id.c, test_pointers and test_key.
 */
export function inputProperties(capabilities: Capabilities): string[] {
  const switches = capabilities.types.has(codes.evSwitch) ? ['ID_INPUT_SWITCH'] : [];
  return ['ID_INPUT', ...pointers(capabilities), ...keyboards(capabilities), ...switches];
}

function pointers(capabilities: Capabilities): string[] {
  const { types, keys, relative, absolute, properties } = capabilities;
  if (isAccelerometer(capabilities)) return ['ID_INPUT_ACCELEROMETER'];
  const surface = surfaceOf(capabilities);
  const hasButton = keys.hasAny(codes.btnMouse, codes.btnJoystick);
  const moves = types.has(codes.evRel) && relative.has(codes.relX, codes.relY);
  const isMouse = surface === undefined && hasButton && (moves || !absolute.has(codes.absX, codes.absY));
  const kinds = new Set<string>();
  if (surface !== undefined) kinds.add(surface);
  if (isMouse) kinds.add('ID_INPUT_MOUSE');
  if (properties.has(codes.propPointingStick)) kinds.add('ID_INPUT_POINTINGSTICK').add('ID_INPUT_MOUSE');
  return [...kinds];
}

function isAccelerometer({ types, absolute, properties }: Capabilities): boolean {
  const inSpace = absolute.has(codes.absX, codes.absY, codes.absZ);
  return properties.has(codes.propAccelerometer) || (!types.has(codes.evKey) && inSpace);
}

/** What tells places: by fingers, by a pen, or a mouse as a hypervisor has it. */
function surfaceOf({ keys, absolute, properties }: Capabilities): string | undefined {
  const hasPlace = absolute.has(codes.absX, codes.absY);
  const hasFingers = absolute.has(codes.absMtPositionX, codes.absMtPositionY) && !hasEveryAxis(absolute);
  if (!hasPlace && !hasFingers) return undefined;
  const isDirect = properties.has(codes.propDirect);
  if (keys.has(codes.btnStylus) || keys.has(codes.btnToolPen)) return 'ID_INPUT_TABLET';
  if (keys.has(codes.btnToolFinger) && !isDirect) return 'ID_INPUT_TOUCHPAD';
  if (hasPlace && keys.hasAny(codes.btnMouse, codes.btnJoystick)) return 'ID_INPUT_MOUSE';
  return keys.has(codes.btnTouch) || isDirect ? 'ID_INPUT_TOUCHSCREEN' : undefined;
}

/** A gamepad that claims all of them has no fingers. */
function hasEveryAxis(absolute: Capabilities['absolute']): boolean {
  return absolute.has(codes.absMtSlot, codes.absMtSlot - 1);
}

/** The first 32 keys but the reserved one: Escape, the digits and Q to D. */
function keyboards({ types, keys }: Capabilities): string[] {
  if (!types.has(codes.evKey)) return [];
  const hasKey = keys.hasAny(0, codes.btnMisc) || keys.hasAny(codes.keyOk, codes.btnTriggerHappy);
  if (!hasKey) return [];
  return keys.hasAll(1, 32) ? ['ID_INPUT_KEY', 'ID_INPUT_KEYBOARD'] : ['ID_INPUT_KEY'];
}
