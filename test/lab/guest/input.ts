/** Prints what the guest's input devices tell, a JSON object a line, until its standard input ends. */
import { readFileSync } from 'node:fs';
import { openInput, openKeyboard, type InputEvent } from '../../../src/input/index.js';
import { loadNative } from '../../../src/native/index.js';

const addon = loadNative();
const keyboard = openKeyboard(addon, { layout: 'de' });
const say = (told: object) => process.stdout.write(`${JSON.stringify(told)}\n`);

const input = openInput({
  addon,
  records: true,
  onEvent: (event) => {
    say(event.kind === 'device' ? event : { ...event, device: event.device.name });
    follow(event);
  },
  onFault: (error) => {
    say({ kind: 'fault', message: error.message });
  },
});
input.setConnectors(['Virtual-1']);
say({ kind: 'ready', devices: input.devices, sees: readFileSync('/proc/bus/input/devices', 'utf8') });

function follow(event: InputEvent): void {
  if (event.kind !== 'key' || !keyboard.update(event.key, event.pressed)) return;
  input.setLeds(keyboard.leds);
  say({ kind: 'modifiers', ...keyboard.modifiers, leds: keyboard.leds });
}

process.stdin.on('end', () => {
  input.close();
  keyboard.close();
});
process.stdin.resume();
