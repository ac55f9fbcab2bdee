/** What a head can be asked for; checked in one place, before any device is touched. */
import { maxBuffers, minBuffers, pathNames, type PathName } from '../buffer/index.js';
import { GuestheadError } from '../errors.js';
import { parseMode, type ModeRequest } from '../kms/index.js';
import { drawErrorPolicies, presentModes, updates, resizePolicies } from './choices.js';

export interface HeadOptions {
  /** A connector's name; default: the first that is connected and has no head yet. */
  readonly connector?: string | undefined;
  /** `1920x1080` or `1920x1080@60`; default: the connector's preferred mode. */
  readonly mode?: string | undefined;
  /** How pixels come to the display; `auto`, the default, takes the first of import, udmabuf, export and copy that works. */
  readonly path?: PathName | 'auto' | undefined;
  /** Who draws; for the GPU, `auto` passes over `udmabuf` where the GPU does not take such memory. Default `cpu`. */
  readonly source?: 'cpu' | 'gpu' | undefined;
  /** 2–16, default 4. */
  readonly buffers?: number | undefined;
  /** Page flips, or one buffer of the display, drawn while shown and flushed by DIRTYFB. Default `flip`. */
  readonly update?: (typeof updates)[number] | undefined;
  /** Every frame in its turn, or always the newest. Default `fifo`. */
  readonly presentMode?: (typeof presentModes)[number] | undefined;
  /** Calls `draw` as late as its measured duration allows: the picture is fresher, a flip is missed sooner. */
  readonly deadline?: boolean | undefined;
  /**
   * When the host resizes or unplugs the head: take the new preferred mode and wait for an
   * unplugged one, keep the mode, or end the stream. Default `follow`, or `keep` where `mode` is given.
   */
  readonly onResize?: (typeof resizePolicies)[number] | undefined;
  /** When a `draw` throws, rejects or never ends: end with ERR_DRAW, or report it and go on. Default `end`. */
  readonly onDrawError?: (typeof drawErrorPolicies)[number] | undefined;
  /** What may take so long, ms, before ERR_FLIP_TIMEOUT reports it: a flip, locked buffers, a `draw`. Default 2000. */
  readonly flipTimeoutMs?: number | undefined;
}

export interface CheckedHeadOptions {
  readonly connector: string | undefined;
  readonly mode: ModeRequest | undefined;
  readonly path: PathName | 'auto';
  readonly source: 'cpu' | 'gpu';
  readonly buffers: number;
  readonly update: (typeof updates)[number];
  readonly presentMode: (typeof presentModes)[number];
  readonly deadline: boolean;
  readonly onResize: (typeof resizePolicies)[number];
  readonly onDrawError: (typeof drawErrorPolicies)[number];
  readonly flipTimeoutMs: number;
}

export const defaultBuffers = 4;
export const defaultFlipTimeoutMs = 2000;
/** A timer of Node that is set to more goes off at once. */
const maxTimerMs = 2 ** 31 - 1;

/** Throws ERR_USAGE that names the valid choices. */
export function parseHeadOptions(options: HeadOptions): CheckedHeadOptions {
  const { buffers = defaultBuffers, flipTimeoutMs = defaultFlipTimeoutMs, mode } = options;
  if (!Number.isInteger(buffers) || buffers < minBuffers || buffers > maxBuffers)
    throw new GuestheadError('ERR_USAGE', `${buffers} is not a number of buffers`, {
      advice: `choose ${minBuffers} to ${maxBuffers}; ${defaultBuffers} is the default`,
    });
  if (!(Number.isFinite(flipTimeoutMs) && flipTimeoutMs > 0 && flipTimeoutMs <= maxTimerMs))
    throw new GuestheadError('ERR_USAGE', `${flipTimeoutMs} is not a time that can be waited for`, {
      advice: `choose milliseconds, more than 0 and at most ${maxTimerMs}; ${defaultFlipTimeoutMs} is the default`,
    });
  const update = oneOf('way to update', updates, options.update ?? 'flip');
  const path = oneOf('buffer path', ['auto', ...pathNames], options.path ?? (update === 'flip' ? 'auto' : 'export'));
  if (update === 'dirtyfb' && path !== 'export')
    throw new GuestheadError('ERR_USAGE', 'DIRTYFB is for a buffer of the display', { advice: 'use the path export' });
  if (options.presentMode === 'mailbox' && options.deadline === true)
    throw new GuestheadError('ERR_USAGE', 'A late drawing leaves no time for a newer one', {
      advice: 'choose mailbox or deadline',
    });
  return {
    connector: options.connector,
    mode: mode === undefined ? undefined : parseMode(mode),
    path,
    source: oneOf('source', ['cpu', 'gpu'], options.source ?? 'cpu'),
    buffers,
    update,
    presentMode: oneOf('present mode', presentModes, options.presentMode ?? 'fifo'),
    deadline: options.deadline ?? false,
    onResize: oneOf('resize policy', resizePolicies, options.onResize ?? (mode === undefined ? 'follow' : 'keep')),
    onDrawError: oneOf('draw error policy', drawErrorPolicies, options.onDrawError ?? 'end'),
    flipTimeoutMs,
  };
}

function oneOf<T extends string>(what: string, choices: readonly T[], given: T): T {
  if (choices.includes(given)) return given;
  throw new GuestheadError('ERR_USAGE', `'${given as string}' is not a ${what}`, {
    advice: `valid choices: ${choices.join(', ')}`,
  });
}
