#include "gl/visible.h"

#include <cmath>

namespace guesthead::gl {
namespace {

/** More parts than this cost more than what they hide. */
constexpr size_t kMostParts = 64;

/** The pixels that a box covers wholly. */
Rect covered(const Box& box) {
  const int left = static_cast<int>(std::ceil(box.x));
  const int top = static_cast<int>(std::ceil(box.y));
  return {left, top, static_cast<int>(std::floor(box.x + box.width)) - left,
          static_cast<int>(std::floor(box.y + box.height)) - top};
}

/** The pixels that it touches. */
Rect touched(const Box& box) {
  const int left = static_cast<int>(std::floor(box.x));
  const int top = static_cast<int>(std::floor(box.y));
  return {left, top, static_cast<int>(std::ceil(box.x + box.width)) - left,
          static_cast<int>(std::ceil(box.y + box.height)) - top};
}

}  // namespace

std::vector<Region> visibleParts(const std::vector<Layer>& layers, Region region,
                                 const std::function<bool(const Layer&)>& isOpaque) {
  std::vector<Region> parts(layers.size() + 1);
  for (size_t i = layers.size(); i-- > 0;) {
    parts[i] = inside(region, touched(layers[i].to));
    if (parts[i].empty() || !isOpaque(layers[i])) continue;
    Region rest = outside(region, covered(layers[i].to));
    if (rest.size() <= kMostParts) region = std::move(rest);
  }
  parts.back() = std::move(region);
  return parts;
}

}  // namespace guesthead::gl
