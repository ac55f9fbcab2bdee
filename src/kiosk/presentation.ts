/** wp_presentation: tells a client when, and how, what it committed came to the screen. */
import type { WaylandServer } from '../wayland/index.js';
import { PresentationFeedback } from './feedback.js';
import type { SurfaceOf } from './surface.js';

const version = 2;
const clockMonotonic = 1;

export function offerPresentation(server: WaylandServer, surfaceOf: SurfaceOf): void {
  server.offer('wp_presentation', version, (presentation) => {
    presentation.implement({
      destroy: () => undefined,
      feedback: (target, callback) => {
        const surface = target === null ? undefined : surfaceOf(target);
        const feedback = new PresentationFeedback(callback);
        if (surface === undefined) feedback.discard();
        else surface.pending.addFeedback(feedback);
      },
    });
    presentation.send.clock_id(clockMonotonic);
  });
}
