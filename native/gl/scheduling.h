#pragma once

namespace guesthead::gl {

/**
 * For a renderer on the CPU, once its threads have been started: none of them, nor this thread,
 * takes the processor away from a thread that wakes it (SCHED_BATCH). The event loop wakes it with
 * each job, and would otherwise stand still for as long as a drawing's share of the processor
 * lasts.
 */
void drawInBackground();

}  // namespace guesthead::gl
