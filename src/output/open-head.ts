/** Opens a head: on a display that is open already, or on one of its own. */
import { rungsOf } from '../buffer/index.js';
import { coded } from '../errors.js';
import { Owner } from '../owner.js';
import { Display, sharedBy } from './display.js';
import { Head } from './head.js';
import { chooseMode } from './mode.js';
import { parseHeadOptions, type DisplayOptions, type HeadOptions } from './options.js';
import { openPlace } from './place.js';
import { openSession } from './session.js';

export interface OpenHeadOptions extends HeadOptions, DisplayOptions {
  /** An open display, which stays the caller's. Without it the head opens one by the options above and closes it with itself. */
  readonly on?: Display | undefined;
}

/**
 * Opens the devices, allocates the backbuffers and brings them to the
 * display. Nothing on the screen changes before `flips()` is subscribed to.
 * On failure a GuestheadError says why, and nothing stays open.
 */
export async function openHead(options: OpenHeadOptions = {}): Promise<Head> {
  const checked = parseHeadOptions(options);
  const owner = new Owner();
  try {
    return await owner.guardAsync(async () => {
      const display = options.on ?? owner.own(await Display.open(options), closeDisplay);
      const place = owner.own(openPlace(sharedBy(display), checked.connector), ({ release }) => {
        release();
      });
      const mode = chooseMode(place.pipeline.connector, checked.mode);
      const session = await openSession(place, mode, rungsOf(checked.path), checked);
      return new Head(display, options.on === undefined, checked, place, session);
    });
  } catch (error) {
    throw coded(error);
  }
}

function closeDisplay(display: Display): void {
  display.close();
}
