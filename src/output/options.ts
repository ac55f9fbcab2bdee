/** What a head can be asked for; checked in one place, before any device is touched. */
import { maxBuffers, minBuffers, pathNames, type PathName } from '../buffer/index.js';
import { GuestheadError } from '../errors.js';
import { loadNative, type Native } from '../native.js';
import { parseMode, type ModeRequest } from './mode.js';

export interface HeadOptions {
  /** The GPU that allocates: `auto`, a driver's name, a PCI address or a node. */
  readonly render?: string | undefined;
  /** The device that shows: likewise; `auto` = virtio-gpu. */
  readonly display?: string | undefined;
  /** A connector's name; default: the first that is connected. */
  readonly connector?: string | undefined;
  /** `1920x1080` or `1920x1080@60`; default: the connector's preferred mode. */
  readonly mode?: string | undefined;
  /** How pixels come to the display; `auto`, the default, takes the first of import, udmabuf, export and copy that works. */
  readonly path?: PathName | 'auto' | undefined;
  /** 2–16, default 4. */
  readonly buffers?: number | undefined;
  /** The addon, or what stands in for it in tests. */
  readonly native?: Native | undefined;
}

export interface CheckedOptions {
  readonly render: string;
  readonly display: string;
  readonly connector: string | undefined;
  readonly mode: ModeRequest | undefined;
  readonly path: PathName | 'auto';
  readonly buffers: number;
  readonly native: () => Native;
}

export const defaultBuffers = 4;

/** Throws ERR_USAGE that names the valid choices. */
export function parseHeadOptions(options: HeadOptions): CheckedOptions {
  const {
    render = 'auto',
    display = 'auto',
    connector,
    mode,
    path = 'auto',
    buffers = defaultBuffers,
    native,
  } = options;
  if (path !== 'auto' && !pathNames.includes(path))
    throw new GuestheadError('ERR_USAGE', `'${path as string}' is not a buffer path`, {
      advice: `valid choices: auto, ${pathNames.join(', ')}`,
    });
  if (!Number.isInteger(buffers) || buffers < minBuffers || buffers > maxBuffers)
    throw new GuestheadError('ERR_USAGE', `${String(buffers)} is not a number of buffers`, {
      advice: `choose ${String(minBuffers)} to ${String(maxBuffers)}; ${String(defaultBuffers)} is the default`,
    });
  return {
    render,
    display,
    connector,
    mode: mode === undefined ? undefined : parseMode(mode),
    path,
    buffers,
    native: native === undefined ? () => loadNative() : () => native,
  };
}
