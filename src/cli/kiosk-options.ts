/** What `guesthead kiosk` can be asked for. */
import type { CommandDeclaration, OptionsOf } from '../declare.js';
import { gpuOptions } from '../gpus/declared.js';
import { headOptions } from '../head/declared.js';
import { kioskOptions as library, restartPolicies } from '../kiosk/declared.js';
import { backgroundOf } from './kiosk-background.js';
import { cursorMode, idleOf, keymapOf, rotations, scaleOf } from './kiosk-words.js';
import { realTimeOption } from './real-time.js';
import { tellingOptions } from './telling-options.js';

const { render, display, wait, reopen } = gpuOptions;
const { connector, mode, path, buffers } = headOptions;

export const kioskOptions = {
  render,
  display,
  connector,
  on: {
    kind: 'list',
    value: '<connector[=app-id]>',
    says: 'the head of this client, or of the windows of an app_id; other clients follow after ---, each as --on CONNECTOR -- COMMAND',
  },
  mode,
  path,
  buffers,
  wait,
  reopen,
  scale: {
    kind: 'word',
    value: '<factor>',
    says: 'how many pixels of the head one of its clients is, as 1.5 (default: 1)',
    parse: scaleOf,
  },
  rotate: {
    kind: 'choice',
    named: 'rotation',
    value: '<degrees>',
    says: 'by how much the display is turned, counter-clockwise as wl_output has it',
    choices: rotations,
  },
  input: {
    kind: 'text',
    named: 'list of input devices',
    value: '<devices>',
    says: 'nodes of /dev/input, with commas between; all, also those that come later; or none',
    otherwise: 'all',
  },
  touch: {
    kind: 'list',
    value: '<device=connector>',
    says: 'on which head the places of a tablet or touchscreen lie; may be given several times',
  },
  keymap: {
    kind: 'word',
    value: '<layout>',
    says: 'keyboard layout, as us, de:nodeadkeys or us,ru::grp:alt_shift_toggle; or the file of a keymap',
    parse: keymapOf,
  },
  cursor: {
    kind: 'word',
    value: '<when>',
    says: 'when the pointer is seen: always, never, auto (from the first motion until it rests or a finger is used), or until it rests for so many seconds',
    parse: cursorMode,
  },
  user: {
    kind: 'text',
    named: 'user',
    value: '<user>',
    says: 'who the client runs as, by name or number, with all of that user’s groups; only root may say another',
    otherwise: 'the kiosk’s own',
  },
  restart: {
    kind: 'choice',
    named: 'policy',
    value: '<when>',
    says: 'when the client is started again that has ended: after a pause, longer each time that it does not come up, ten times at most',
    choices: restartPolicies,
    standard: 'never',
  },
  hung: {
    kind: 'choice',
    named: 'treatment',
    value: '<how>',
    says: 'what becomes of a client that does not answer for ten seconds: kill, or wait for it',
    choices: ['wait', 'kill'],
    standard: 'wait',
  },
  background: {
    kind: 'word',
    value: '<what>',
    says: 'what is seen where no client is: last, its last picture; a colour as 202020; or a PNG file, which covers the head (default: last)',
    parse: backgroundOf,
  },
  idle: {
    kind: 'word',
    value: '<seconds=look>',
    says: 'what the screen is when nobody has done anything for so long, as 600=black or 600=off; what wakes it is told to no client (default: it stays as it is)',
    parse: idleOf,
  },
  check: {
    kind: 'switch',
    says: 'run no client, but say whether a kiosk would do here: as probe, with what clients are offered and a real frame; the status is as probe’s',
  },
  seat: library.seat,
  draw: library.draw,
  realTime: realTimeOption,
  ...tellingOptions,
  json: { kind: 'switch', says: 'print one JSON object at the end' },
} as const satisfies Record<string, CommandDeclaration>;

export type KioskOptions = OptionsOf<typeof kioskOptions>;
