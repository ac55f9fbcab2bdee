/** What a kiosk can be asked for, and what that is chosen from: declared here and nowhere else. Loads nothing. */
import { isObject } from '../arguments.js';
import { thing, type Declarations } from '../declare.js';
import { drawNames } from '../gl/choices.js';
import type { Head } from '../head/index.js';
import type { GivenPlace, KeymapChoice } from '../input/index.js';
import type { Backdrop } from './backdrop.js';
import type { Layout } from './layout.js';
import type { Arrangement } from './outputs.js';
import { seatChoices } from '../session/choices.js';
import type { CursorMode } from './seat/index.js';

/** When a client that has ended is started again. */
export const restartPolicies = ['never', 'on-failure', 'always'] as const;
export type RestartPolicy = (typeof restartPolicies)[number];

export const [leastScale, mostScale] = [0.25, 8];
export const rotationDegrees = [0, 90, 180, 270] as const;
export const cursorModes = ['auto', 'always', 'never'] as const;

export type Rotation = (typeof rotationDegrees)[number];
/** What the screen is while nobody uses the kiosk. */
export const idleLooks = ['black', 'off'] as const;
export type IdleLook = (typeof idleLooks)[number];

/** When it is that. */
export interface IdleScreenChoice {
  readonly afterMs: number;
  readonly look: IdleLook;
}

/** All of /dev/input, also what comes later; nothing; or these nodes. */
export type InputChoice = 'all' | 'none' | readonly string[];

export const kioskOptions = {
  /** Heads that the program has opened, whose they stay. */
  heads: thing('list of heads', isListOf<Head>(isHead)),
  /** Heads that the kiosk opens, each once, in the order in which they lie beside each other; `auto`, the default: the first connected of the others. */
  connectors: thing('list of connectors', isListOf<string>(isText)),
  /** Pixels of a head to one of its clients', 0.25 to 8; default 1. */
  scale: thing(`number from ${leastScale} to ${mostScale}`, isScale),
  /** By how much the displays are turned, degrees counter-clockwise as wl_output has it; default 0. */
  rotation: thing('rotation, which is 0, 90, 180 or 270', isRotation),
  /** Default `all`. */
  input: thing('choice of input devices: all, none or a list of nodes', isInputChoice),
  /** On which head the places of a tablet or touchscreen lie, before the rule that guesses it. */
  touch: thing('list of { device, connector }', isListOf<GivenPlace>(isGivenPlace)),
  /** Of all keyboards; default: as XKB_DEFAULT_LAYOUT and its like have it. */
  keymap: thing('keymap', isKeymap),
  /** When the pointer is seen, a number: until it has rested for so many seconds. Default `auto`. */
  cursor: thing(`cursor mode: ${cursorModes.join(', ')} or seconds`, isCursorMode),
  /** Dark while nobody uses it, until somebody does something, which no client hears of; default: never. */
  idleScreen: thing(`{ afterMs, look }, of which the look is ${idleLooks.join(' or ')}`, isIdleScreen),
  seat: {
    kind: 'choice',
    named: 'way to its devices',
    value: '<who>',
    says: 'who opens the display and the input devices: a seat daemon by libseat, the kiosk itself, or libseat where seatd or a session of logind’s is there',
    choices: seatChoices,
    standard: 'auto',
  },
  draw: {
    kind: 'choice',
    named: 'way to draw',
    value: '<who>',
    says: 'who draws what cannot be shown as it is: the CPU, the render GPU by GL, or GL where its driver is no software',
    choices: drawNames,
    standard: 'auto',
  },
  /** 0xRRGGBB or a picture, seen where no window is; default: the last picture stays while there is none. */
  background: thing('colour or picture', isBackdrop),
  /** Which window of a head goes where; default: the newest fills it. */
  layout: thing('layout function', isLayout),
  /** Where the heads lie beside each other; default: from left to right. */
  arrangement: thing('arrangement function', isArrangement),
  /** On which head, by its connector, the windows of an app_id are shown. */
  appIds: thing('object of connectors by app_id', isTextByName),
} as const satisfies Declarations;

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isListOf<T>(is: (value: unknown) => value is T) {
  return (value: unknown): value is readonly T[] => Array.isArray(value) && value.length > 0 && value.every(is);
}

function isHead(value: unknown): value is Head {
  return isObject(value) && typeof value['present'] === 'function' && 'turn$' in value;
}

function isScale(value: unknown): value is number {
  return typeof value === 'number' && value >= leastScale && value <= mostScale;
}

function isRotation(value: unknown): value is Rotation {
  return rotationDegrees.some((degrees) => degrees === value);
}

function isInputChoice(value: unknown): value is InputChoice {
  return value === 'all' || value === 'none' || (Array.isArray(value) && value.every(isText));
}

function isGivenPlace(value: unknown): value is GivenPlace {
  return isObject(value) && isText(value['device']) && isText(value['connector']);
}

function isKeymap(value: unknown): value is KeymapChoice {
  return isObject(value) && Object.values(value).every((each) => each === undefined || typeof each === 'string');
}

function isCursorMode(value: unknown): value is CursorMode {
  return cursorModes.some((mode) => mode === value) || (typeof value === 'number' && value > 0 && value < Infinity);
}

function isBackdrop(value: unknown): value is Backdrop {
  if (typeof value === 'number') return Number.isInteger(value) && value >= 0 && value <= 0xffffff;
  if (!isObject(value) || !(value['pixels'] instanceof Uint32Array)) return false;
  const [width, height] = [value['width'], value['height']] as number[];
  return isSide(width) && isSide(height) && value['pixels'].length >= width * height;
}

function isSide(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) > 0;
}

function isIdleScreen(value: unknown): value is IdleScreenChoice {
  if (!isObject(value)) return false;
  const { afterMs, look } = value;
  return typeof afterMs === 'number' && afterMs > 0 && afterMs < Infinity && idleLooks.some((one) => one === look);
}

function isLayout(value: unknown): value is Layout {
  return typeof value === 'function';
}

function isArrangement(value: unknown): value is Arrangement {
  return typeof value === 'function';
}

function isTextByName(value: unknown): value is Readonly<Record<string, string>> {
  return isObject(value) && Object.values(value).every(isText);
}
