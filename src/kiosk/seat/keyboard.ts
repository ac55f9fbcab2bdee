/** wl_keyboard: which window is typed into, and what it is told. */
import type { Keyboard, KeyEvent } from '../../input/index.js';
import { enums, type Client, type Resource } from '../../wayland/index.js';
import type { Surface } from '../surface.js';
import { Bound } from './bound.js';
import { clientOf, isThere } from './host.js';
import { wireTime } from './pointer-events.js';
import type { Serials } from './serials.js';

type KeyboardResource = Resource<'wl_keyboard'>;

const { keymap_format, key_state } = enums.wl_keyboard;
const sinceRepeat = 4;
/** Keys a second, and how long one is held before, in ms; clients repeat by themselves. */
const repeat = { rate: 25, delayMs: 600 } as const;
const noModifiers = { depressed: 0, latched: 0, locked: 0, group: 0 } as const;

export class KeyboardFocus {
  readonly bound = new Bound<'wl_keyboard'>();
  readonly #down = new Set<number>();
  #focus: Surface | undefined;
  /** Whether there is a device: the focus goes on without one, as copying and pasting does. */
  #present = false;

  /** Without a keyboard no client has a wl_keyboard: there is only the focus. */
  constructor(
    private readonly serials: Serials,
    private readonly keyboard: Keyboard | undefined,
    /** Before and after a client is told that it is typed into; undefined: nobody is. */
    private readonly hears: {
      readonly before: (surface: Surface | undefined) => void;
      readonly after: (surface: Surface | undefined) => void;
    },
  ) {}

  /** The surface that is typed into. */
  get focus(): Surface | undefined {
    return isThere(this.#focus) ? this.#focus : undefined;
  }

  bind(resource: KeyboardResource): void {
    this.bound.add(resource, { release: () => undefined });
    const { send } = resource;
    if (this.keyboard !== undefined)
      send.keymap(keymap_format.xkb_v1, this.keyboard.keymap.fd, this.keyboard.keymap.bytes);
    if (resource.version >= sinceRepeat) send.repeat_info(repeat.rate, repeat.delayMs);
    const { focus } = this;
    if (this.#present && focus !== undefined && clientOf(focus) === resource.client) this.#enter([resource], focus);
  }

  focusOn(surface: Surface | undefined): void {
    if (surface === this.#focus) return;
    const { focus } = this;
    if (this.#present && focus !== undefined) this.#leave(focus);
    this.#focus = surface;
    this.hears.before(surface);
    if (this.#present && surface !== undefined) this.#enter(this.bound.of(clientOf(surface)), surface);
    this.hears.after(surface);
  }

  /** There is a device, for the first time or again. */
  come(): void {
    this.#present = true;
    this.bound.renew();
    const { focus } = this;
    if (focus !== undefined) this.#enter(this.bound.of(clientOf(focus)), focus);
  }

  /** There is no device any more. */
  go(): void {
    const { focus } = this;
    if (focus !== undefined) this.#leave(focus);
    this.#present = false;
    this.#down.clear();
  }

  key({ key, pressed, timeUs }: KeyEvent): void {
    if (this.#down.has(key) === pressed) return;
    if (pressed) this.#down.add(key);
    else this.#down.delete(key);
    const changesModifiers = this.keyboard?.update(key, pressed) === true;
    const { focus } = this;
    if (focus === undefined) return;
    const client = clientOf(focus);
    const serial = this.serials.give(client, pressed ? 'press' : 'release');
    const state = pressed ? key_state.pressed : key_state.released;
    for (const { send } of this.bound.of(client)) send.key(serial, wireTime(timeUs), key, state);
    if (changesModifiers) this.#sendModifiers(this.bound.of(client), client);
  }

  #enter(keyboards: readonly KeyboardResource[], surface: Surface): void {
    const client = clientOf(surface);
    const serial = this.serials.give(client, 'other');
    const keys = new Uint8Array(Uint32Array.from(this.#down).buffer);
    for (const { send } of keyboards) send.enter(serial, surface.resource, keys);
    this.#sendModifiers(keyboards, client);
  }

  #leave(surface: Surface): void {
    const serial = this.serials.give(clientOf(surface), 'other');
    for (const { send } of this.bound.of(clientOf(surface))) send.leave(serial, surface.resource);
  }

  #sendModifiers(keyboards: readonly KeyboardResource[], client: Client): void {
    const { depressed, latched, locked, group } = this.keyboard?.modifiers ?? noModifiers;
    const serial = this.serials.give(client, 'other');
    for (const { send } of keyboards) send.modifiers(serial, depressed, latched, locked, group);
  }
}
