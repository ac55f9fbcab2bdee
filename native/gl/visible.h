#pragma once

#include <functional>
#include <vector>

#include "gl/description.h"

namespace guesthead::gl {

/** What of each layer no opaque layer above it hides, inside the region; what is left for the
 * background comes last. */
std::vector<Region> visibleParts(const std::vector<Layer>& layers, Region region,
                                 const std::function<bool(const Layer&)>& isOpaque);

}  // namespace guesthead::gl
