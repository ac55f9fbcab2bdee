#pragma once

#include "gl/program.h"
#include "gl/surface.h"

namespace guesthead::gl {

/** Where a layer's square lies in the target, and in what it is drawn from. */
Placement placementOf(const Layer& layer, const Surface& target, const Surface& source);
/** The same for what is drawn from no surface. */
Placement placementOf(const Layer& layer, const Surface& target);

/** Drawn pixel by pixel: a filter would mix in nothing. */
bool isUnscaled(const Layer& layer);
/** What may be sampled, so that nothing from outside of the rectangle is mixed in. */
Sampling samplingOf(const Layer& layer, const Surface& source, bool linear);

}  // namespace guesthead::gl
