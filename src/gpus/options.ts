/** What a pair of GPUs can be asked for; checked in one place, before any device is touched. */
import { GuestheadError } from '../errors.js';
import { loadNative, type Native } from '../native.js';

export interface DisplayOptions {
  /** The GPU that allocates: `auto`, a driver's name, a PCI address or a node. */
  readonly render?: string | undefined;
  /** The device that shows: likewise; `auto` = virtio-gpu. */
  readonly display?: string | undefined;
  /** Where another process is DRM master: waits until it gives the display back, instead of ERR_NOT_MASTER. */
  readonly wait?: boolean | undefined;
  /** Called once where `wait` has to wait, with the error it would have been. */
  readonly onWait?: ((why: GuestheadError) => void) | undefined;
  /** Ends the waiting of `wait`: opening rejects with its reason, and nothing stays open. Aborted before, it refuses at once; once open, it is ignored. */
  readonly signal?: AbortSignal | undefined;
  /** A device that is unbound and bound again is opened again, and its heads flip on, instead of ERR_DEVICE_LOST. */
  readonly reopen?: boolean | undefined;
  /** The addon, or what stands in for it in tests. */
  readonly native?: Native | undefined;
}

export interface CheckedDisplayOptions {
  readonly render: string;
  readonly display: string;
  readonly wait: boolean;
  readonly onWait: (why: GuestheadError) => void;
  readonly signal: AbortSignal | undefined;
  readonly reopen: boolean;
  readonly native: () => Native;
}

/** Throws ERR_USAGE. */
export function parseDisplayOptions(options: DisplayOptions): CheckedDisplayOptions {
  const { render = 'auto', display = 'auto', wait = false, reopen = false, onWait, signal, native } = options;
  if (signal !== undefined && !((signal as unknown) instanceof AbortSignal))
    throw new GuestheadError('ERR_USAGE', '`signal` is no AbortSignal');
  return {
    render,
    display,
    wait,
    onWait: onWait ?? (() => undefined),
    signal,
    reopen,
    native: native === undefined ? () => loadNative() : () => native,
  };
}

/** All of them, for a record cannot forget one. */
const displayOptions: Record<keyof DisplayOptions, true> = {
  render: true,
  display: true,
  wait: true,
  onWait: true,
  signal: true,
  reopen: true,
  native: true,
};

/** Throws ERR_USAGE where options of a display are given for one that is open. */
export function refuseDisplayOptions(options: object): void {
  const given = Object.entries(options).filter(
    ([name, value]) => value !== undefined && Object.hasOwn(displayOptions, name),
  );
  if (given.length === 0) return;
  const names = given.map(([name]) => name).join(', ');
  throw new GuestheadError('ERR_USAGE', `The display is open: it cannot be given ${names}`, {
    advice: 'give them to Display.open, or leave `on` out and let the head open a display of its own',
  });
}
