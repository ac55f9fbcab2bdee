/** wp_presentation_feedback: how one commit ended. */
import type { Outcome } from '../loop/index.js';
import { enums, type Resource } from '../wayland/index.js';

const { kind } = enums.wp_presentation_feedback;
const nsPerSecond = 1e9;
const wordValues = 2 ** 32;

export type Shown = Extract<Outcome, { readonly kind: 'shown' }>;

/** One commit's. It is answered once. */
export class Feedback {
  constructor(private readonly resource: Resource<'wp_presentation_feedback'>) {
    resource.implement({});
  }

  /**
   * The kernel's time and sequence. On virtio-gpu both are a timer's and no hardware's, so that nothing is claimed but that
   * the client's own buffer was shown (`zeroCopy`), where it was.
   */
  presented(
    { timestampNs, refreshNs, sequence }: Shown,
    zeroCopy: boolean,
    outputs: Iterable<Resource<'wl_output'>>,
  ): void {
    const { send } = this.resource;
    for (const output of outputs) send.sync_output(output);
    const [seconds, ns] = [Math.floor(timestampNs / nsPerSecond), Math.round(timestampNs % nsPerSecond)];
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
    this.resource.destroy();
  }

  /** It never came to the screen. */
  discard(): void {
    this.resource.send.discarded();
    this.resource.destroy();
  }
}
