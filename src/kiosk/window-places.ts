/** What the caller's layout says, of the windows that there are: it is a stranger's, and must not harm a client. */
import { GuestheadError } from '../errors.js';
import { fillWithNewest, type HeadRoom, type Layout, type Place } from './layout.js';
import type { Toplevel } from './shell/toplevel.js';

export interface WindowPlace extends Place {
  readonly window: Toplevel;
}

export class WindowPlaces {
  /** The layout has failed since it last did not. */
  #failed = false;

  /** `onFault` hears why the layout cannot be used, once until it can be again; meanwhile the newest window fills its head. */
  constructor(
    private readonly layout: Layout,
    private readonly onFault: (error: unknown) => void,
  ) {}

  of(windows: readonly Toplevel[], head: HeadRoom): readonly WindowPlace[] {
    try {
      const places = this.layout(windows, head).map((place) => checked(place, windows));
      this.#failed = false;
      return places;
    } catch (error) {
      if (!this.#failed) this.onFault(error);
      this.#failed = true;
      return fillWithNewest(windows, head).map((place) => checked(place, windows));
    }
  }
}

function checked(place: Place, windows: readonly Toplevel[]): WindowPlace {
  const window = windows.find((each) => each === place.window);
  const { x, y, size } = place;
  const lengths = size === undefined ? [] : [size.width, size.height];
  if (window === undefined) throw refused('places a window that is not on the head that it was asked for');
  if (![x, y, ...lengths].every(Number.isSafeInteger)) throw refused('gives a place or a size that is no whole number');
  if (lengths.some((length) => length < 1)) throw refused('gives a size below 1');
  return { ...place, window };
}

function refused(what: string): GuestheadError {
  return new GuestheadError('ERR_USAGE', `The kiosk’s layout ${what}`, {
    advice: 'until it gives places that can be used, the newest window fills its head',
  });
}
