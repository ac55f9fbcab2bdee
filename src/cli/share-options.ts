/** What `guesthead share` can be asked for. */
import { InvalidArgumentError } from 'commander';
import type { CommandDeclaration, OptionsOf } from '../declare.js';
import { patternNames } from '../render/index.js';
import { producerOptions } from '../transfer/declared.js';
import { pixelSize } from './parse.js';

/** A program that asks for a result wants one without having to send a signal. */
export const sharedFrames = 600;

const mostHz = 1000;

/** In the order of --help. */
export const shareOptions = {
  ...producerOptions,
  size: { kind: 'word', value: '<WxH>', says: 'pixels of the pictures (default: 1920x1080)', parse: pixelSize },
  rate: {
    kind: 'word',
    value: '<max|Hz>',
    says: 'pictures a second by a timer, or as fast as they are released (default: 60)',
    parse: rateOf,
  },
  pattern: {
    kind: 'choice',
    named: 'pattern',
    value: '<name>',
    says: 'what to draw, by the CPU',
    choices: patternNames,
    standard: 'counter',
  },
  frames: {
    kind: 'integer',
    named: 'number of frames',
    says: `end after so many exports (with --json: ${sharedFrames}, unless --seconds)`,
    least: 1,
  },
  seconds: { kind: 'seconds', says: 'end after so long' },
  wait: {
    kind: 'duration',
    named: 'time to wait',
    says: 'how long to wait for a broker on the host',
    mostMs: 3_600_000,
    standard: 10_000,
  },
  json: { kind: 'switch', says: 'print one JSON object on the last line' },
} as const satisfies Record<string, CommandDeclaration>;

export type ShareOptions = OptionsOf<typeof shareOptions>;

/** Pictures a second. */
export type Rate = number | 'max';

function rateOf(text: string): Rate {
  const hz = Number(text);
  if (text === 'max' || (/^\d+(\.\d+)?$/.test(text) && hz > 0 && hz <= mostHz)) return text === 'max' ? 'max' : hz;
  throw new InvalidArgumentError(`Choose max, or a number of pictures a second above 0 and at most ${mostHz}.`);
}
