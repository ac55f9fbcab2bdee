/** Opens a head: on a display that is open already, or on one of its own. */
import { rungsOf } from '../buffer/index.js';
import { coded } from '../errors.js';
import { closeQuietly, Owner } from '../owner.js';
import { Display, sharedBy } from '../gpus/index.js';
import { Head } from './head.js';
import { chooseMode } from '../kms/index.js';
import { refuseDisplayOptions, type DisplayOptions } from '../gpus/index.js';
import { parseHeadOptions, type HeadOptions } from './options.js';
import { openPlace } from './place.js';
import { openSession, type Session } from './buffer-set.js';

/** The head opens a display by these options, and closes it with itself. */
interface OwnDisplay extends DisplayOptions {
  readonly on?: undefined;
}

/** An open display, which stays the caller's and has its options already. */
type OpenDisplay = { readonly on: Display } & { readonly [Name in keyof DisplayOptions]?: undefined };

export type OpenHeadOptions = HeadOptions & (OwnDisplay | OpenDisplay);

/**
 * Opens the devices, allocates the backbuffers and brings them to the
 * display. Nothing on the screen changes before `flips()` is subscribed to.
 * On failure a GuestheadError says why (or the reason of `signal`), and nothing stays open.
 */
export async function openHead(options: OpenHeadOptions = {}): Promise<Head> {
  const checked = parseHeadOptions(options);
  if (options.on !== undefined) refuseDisplayOptions(options);
  const display = options.on ?? (await Display.open(options));
  const owner = new Owner();
  try {
    return await owner.guardAsync(async () => {
      if (options.on === undefined) owner.own(display, closeDisplay);
      const shared = sharedBy(display);
      const place = owner.own(openPlace(shared, checked.connector), ({ release }) => {
        release();
      });
      const mode = chooseMode(place.pipeline.connector, checked.mode);
      const session = owner.own(await openSession(place, mode, rungsOf(checked.path), checked), closeSession);
      shared.assertOpen(); // closed or lost meanwhile, it tells a new head nothing of it
      return new Head(display, options.on === undefined, checked, place, session);
    });
  } catch (error) {
    throw coded(error);
  }
}

/** What closing refuses is refused by a display that has gone. */
function closeSession({ owner }: Session): void {
  closeQuietly(owner);
}

function closeDisplay(display: Display): void {
  display.close();
}
