/** Opens a head: on a pair of GPUs that is open already, or on one of its own. */
import { rungsOf } from '../buffer/index.js';
import { coded } from '../errors.js';
import { GpuPair, type GpuOptions } from '../gpus/index.js';
import { chooseMode } from '../kms/index.js';
import { closeQuietly, Owner } from '../owner.js';
import { openBufferSet } from './buffer-set.js';
import { claim } from './claim.js';
import { Head } from './head.js';
import { parseHeadOptions, type HeadOptions } from './options.js';

export type OpenHeadOptions = HeadOptions & GpuOptions;

/**
 * Opens a pair of GPUs and a head on it, which closes the pair with itself; `openGpus` is for
 * several heads. Nothing on the screen changes before a frame is presented.
 * On failure a GuestheadError says why (or the reason of `signal`), and nothing stays open.
 */
export async function openHead(options: OpenHeadOptions = {}): Promise<Head> {
  parseHeadOptions(options); // bad usage shall say so on any machine
  const pair = await GpuPair.open(options);
  return new Owner().guardAsync(async () => openHeadOn(pair, options, true));
}

/** `ownsPair`: the head closes the pair with itself, also when it cannot be opened. */
export async function openHeadOn(pair: GpuPair, options: HeadOptions, ownsPair: boolean): Promise<Head> {
  const owner = new Owner();
  try {
    return await owner.guardAsync(async () => {
      if (ownsPair) owner.own(pair);
      const checked = parseHeadOptions(options);
      const claimed = owner.own(claim(pair, checked.connector), ({ release }) => release());
      const mode = chooseMode(claimed.pipe.connector, checked.mode);
      const opening = openBufferSet(claimed, mode, rungsOf(checked.path), checked);
      const set = owner.own(await opening.catch(unlessLost(pair)), closeSet);
      pair.assertOpen(); // closed or lost meanwhile, it tells a new head nothing of it
      return new Head(pair, ownsPair, checked, claimed, set);
    });
  } catch (error) {
    throw coded(error);
  }
}

/** That a device went while buffers were made says more than what its closed node refused. */
function unlessLost(pair: GpuPair): (error: unknown) => never {
  return (error) => {
    pair.assertOpen();
    throw error;
  };
}

/** What closing refuses is refused by a display that has gone. */
function closeSet({ owner }: { readonly owner: Owner }): void {
  closeQuietly(owner);
}
