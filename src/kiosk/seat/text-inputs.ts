/** zwp_text_input_manager_v3: which surface's text fields are typed into. There is no input method yet, which would change them. */
import type { Client, WaylandServer } from '../../wayland/index.js';
import type { Surface } from '../surface.js';
import { clientOf, isThere } from './host.js';
import { TextInput, type EnabledInput } from './text-input.js';

const version = 1;

export class TextInputs {
  readonly #byClient = new Map<Client, Set<TextInput>>();
  readonly #enabled: EnabledInput = { current: undefined };
  #focus: Surface | undefined;

  constructor(server: WaylandServer) {
    server.offer('zwp_text_input_manager_v3', version, (manager) => {
      manager.implement({
        destroy: () => undefined,
        // There is one seat.
        get_text_input: (resource) => {
          const { client } = resource;
          const inputs = this.#byClient.get(client) ?? new Set();
          this.#byClient.set(client, inputs);
          const input: TextInput = new TextInput(resource, this.#enabled, () => {
            inputs.delete(input);
            if (inputs.size === 0 && this.#byClient.get(client) === inputs) this.#byClient.delete(client);
          });
          inputs.add(input);
          if (isThere(this.#focus) && clientOf(this.#focus) === client) input.focus(this.#focus);
        },
      });
    });
  }

  /** The one whose field is typed into. */
  get enabled(): TextInput | undefined {
    return this.#enabled.current;
  }

  /** As the keyboard's: also where there is no keyboard, but one on the screen. */
  focusOn(surface: Surface | undefined): void {
    const before = this.#focus === undefined ? undefined : clientOf(this.#focus);
    const now = surface === undefined ? undefined : clientOf(surface);
    this.#focus = surface;
    if (before !== undefined && before !== now) this.#tell(before, undefined);
    if (now !== undefined) this.#tell(now, surface);
  }

  #tell(client: Client, surface: Surface | undefined): void {
    for (const input of this.#byClient.get(client) ?? []) input.focus(surface);
  }
}
