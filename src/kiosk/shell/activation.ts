/** xdg_activation_v1: one client lets another's window, or another one of its own, come to the front. */
import { monotonicClock, type Clock } from '../../loop/index.js';
import { enums, ProtocolError, type Client, type Resource, type WaylandServer } from '../../wayland/index.js';
import type { Surface, SurfaceOf } from '../surface.js';

export interface ActivationOptions {
  readonly server: WaylandServer;
  readonly surfaceOf: SurfaceOf;
  /** Whether the user is with the client, which was given this serial. */
  readonly mayActivate: (client: Client, serial: number) => boolean;
  readonly activate: (surface: Surface) => void;
  readonly clock?: Clock | undefined;
}

const version = 1;
const { already_used } = enums.xdg_activation_token_v1.error;
/** A program that takes longer to start comes to the front unbidden no more. */
const lastsMs = 60_000;
/** The oldest goes first. */
const mostTokens = 256;

/** Its tokens, of which programs that are started may be given one. */
export function offerActivation({ server, surfaceOf, mayActivate, activate, clock }: ActivationOptions): Tokens {
  const tokens = new Tokens(clock);
  server.offer('xdg_activation_v1', version, (activation) => {
    activation.implement({
      destroy: () => undefined,
      get_activation_token: (token) => {
        implementToken(token, (serial) => tokens.issue(serial !== undefined && mayActivate(token.client, serial)));
      },
      activate: (text, target) => {
        const surface = target === null ? undefined : surfaceOf(target);
        if (tokens.take(text) && surface !== undefined) activate(surface);
      },
    });
  });
  return tokens;
}

/** Which application it is for, and which surface asks, are hints: clients name both as they like. */
function implementToken(token: Resource<'xdg_activation_token_v1'>, issue: (serial: number | undefined) => string) {
  let given: number | undefined;
  let isCommitted = false;
  const change = () => {
    if (isCommitted) throw new ProtocolError(token, already_used, 'the token was committed before');
  };
  token.implement({
    destroy: () => undefined,
    set_serial: (serial) => {
      change();
      given = serial;
    },
    set_app_id: change,
    set_surface: change,
    commit: () => {
      change();
      isCommitted = true;
      token.send.done(issue(given));
    },
  });
}

/** Those that activate a window: once, and not for ever. */
export class Tokens {
  readonly #issuedMs = new Map<string, number>();

  constructor(private readonly clock: Clock = monotonicClock) {}

  /** One that is not valid looks the same, and does nothing. */
  issue(isValid: boolean): string {
    const { randomUUID } = process.getBuiltinModule('node:crypto'); // its sixteen modules load slowly: not before they are needed
    const token = randomUUID();
    if (isValid) this.#issuedMs.set(token, this.clock.now());
    const [oldest] = this.#issuedMs.keys();
    if (this.#issuedMs.size > mostTokens && oldest !== undefined) this.#issuedMs.delete(oldest);
    return token;
  }

  /** Whether it is valid; it is not any more. */
  take(token: string): boolean {
    const issuedMs = this.#issuedMs.get(token);
    this.#issuedMs.delete(token);
    return issuedMs !== undefined && this.clock.now() - issuedMs < lastsMs;
  }
}
