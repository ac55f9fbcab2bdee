/** What `guesthead run` can be asked for: the options of GPUs and heads, as they are declared there, and its own. */
import type { CommandDeclaration, OptionsOf } from '../declare.js';
import { gpuOptions } from '../gpus/declared.js';
import { drawNames } from '../gl/choices.js';
import { fenceNames, glPatternNames } from '../gl-patterns/choices.js';
import { headOptions } from '../head/declared.js';
import { patternNames } from '../render/index.js';
import { realTimeOption } from './real-time.js';
import { tellingOptions } from './telling-options.js';

/** A program that asks for a result wants one without having to send a signal. */
export const jsonFrames = 600;

const { render, display, wait, reopen } = gpuOptions;
const { connector, mode, path, update, presentMode, deadline, onResize, onDrawError, flipTimeoutMs, buffers } =
  headOptions;

/** A frame that is drawn for longer than `--flip-timeout` is given up. */
const mostLoadMs = 1000;

/** In the order of --help. */
export const runOptions = {
  render,
  display,
  /** Names, or `all`; without any the first that is connected. */
  connector: { ...connector, kind: 'list', says: 'a connector; several of them, or all' },
  mode,
  path: { ...path, otherwise: 'import; export with dirtyfb' },
  update,
  presentMode,
  deadline,
  onResize,
  onDrawError,
  flipTimeoutMs,
  wait,
  reopen,
  buffers,
  draw: {
    kind: 'choice',
    named: 'way to draw',
    value: '<who>',
    says: 'who draws: the CPU, the render GPU by GL, or GL where its driver is no software',
    choices: drawNames,
    otherwise: 'cpu; gl where --pattern, --load or --fence needs it',
  },
  pattern: {
    kind: 'choice',
    named: 'pattern',
    value: '<name>',
    says: `what to draw; ${glPatternNames.join(', ')} by GL only`,
    choices: [...patternNames, ...glPatternNames],
    otherwise: 'bars; counter where a lab takes captures',
  },
  /** Milliseconds. */
  load: {
    kind: 'integer',
    named: 'load in milliseconds',
    says: 'have the render GPU work about so many ms on each frame before its content',
    least: 1,
    most: mostLoadMs,
  },
  fence: {
    kind: 'choice',
    named: 'kind of fence',
    value: '<kind>',
    says: 'how the display learns that a frame is drawn; with none it does not, to see what that looks like',
    choices: fenceNames,
    otherwise: 'auto: native where the driver has it, else finish',
  },
  realTime: { ...realTimeOption, says: `${realTimeOption.says}; by GL only` },
  frames: {
    kind: 'integer',
    named: 'number of frames',
    says: `end after so many flips (with --json: ${jsonFrames}, unless --seconds)`,
    least: 1,
  },
  seconds: { kind: 'seconds', says: 'end after so long' },
  /** Judges the pace of an emulated machine, too. */
  strict: { kind: 'switch', says: 'judge the pace where the machine is emulated, too, as on hardware' },
  trace: tellingOptions.trace,
  report: tellingOptions.report,
  json: { kind: 'switch', says: 'print one JSON object on the last line' },
  /** Each measured frame's values in the result. */
  samples: { kind: 'switch', says: "with each measured frame's values in it, for guesthead compare" },
  metrics: tellingOptions.metrics,
} as const satisfies Record<string, CommandDeclaration>;

export type RunOptions = OptionsOf<typeof runOptions>;
export type RunPattern = NonNullable<RunOptions['pattern']>;

/** Of each head in a run, and of the run. */
export type HeadRunOptions = Omit<
  RunOptions,
  'render' | 'display' | 'wait' | 'reopen' | 'trace' | 'report' | 'metrics'
>;
