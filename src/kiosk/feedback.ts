/** How one commit ended, for who wants to know: a client (wp_presentation_feedback), or who counts them (telemetry.ts). */
import type { Outcome } from '../loop/index.js';
import { enums, type Resource } from '../wayland/index.js';

const { kind } = enums.wp_presentation_feedback;
const nsPerSecond = 1e9;
const wordValues = 2 ** 32;

export type Shown = Extract<Outcome, { readonly kind: 'shown' }>;

/** Where it was presented: an `Output`. */
export interface PresentedOn {
  readonly connector: string;
  of(client: unknown): Iterable<Resource<'wl_output'>>;
}

/** One commit's. It is answered once. */
export interface Feedback {
  /** `zeroCopy`: as the client's own buffer, of which nothing was copied. */
  presented(shown: Shown, zeroCopy: boolean, output: PresentedOn): void;
  /** It never came to the screen. */
  discard(): void;
}

export class PresentationFeedback implements Feedback {
  constructor(private readonly resource: Resource<'wp_presentation_feedback'>) {
    resource.implement({});
  }

  /**
   * The kernel's time and sequence. On virtio-gpu both are a timer's and no hardware's, so that nothing is claimed but that
   * the client's own buffer was shown (`zeroCopy`), where it was.
   */
  presented({ timestampNs, refreshNs, sequence }: Shown, zeroCopy: boolean, output: PresentedOn): void {
    const { send, client } = this.resource;
    for (const each of output.of(client)) send.sync_output(each);
    const seconds = Math.floor(timestampNs / nsPerSecond);
    const ns = Math.round(timestampNs - seconds * nsPerSecond); // not by %, which is a call out of JavaScript
    const flags = zeroCopy ? kind.zero_copy : 0;
    send.presented(
      Math.floor(seconds / wordValues),
      seconds % wordValues,
      ns,
      Math.round(refreshNs),
      0,
      sequence,
      flags,
    );
  }

  discard(): void {
    this.resource.send.discarded();
  }
}
