/** What a frame has of its surfaces' wishes to be told. */
import type { Feedback } from './feedback.js';
import type { Callback } from './frame-callbacks.js';
import type { SceneNode } from './scene.js';
import type { Surface } from './surface.js';

export interface Told {
  readonly surface: Surface;
  readonly callbacks: Callback[];
  readonly feedbacks: readonly Feedback[];
}

/** Taken from the surfaces: the frame's from now on. */
export function toldOf(nodes: readonly SceneNode[]): readonly Told[] {
  return nodes.map(({ surface }) => ({
    surface,
    callbacks: surface.takeCallbacks(),
    feedbacks: surface.takeFeedbacks(),
  }));
}
