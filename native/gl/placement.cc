#include "gl/placement.h"

#include <algorithm>
#include <cmath>

namespace guesthead::gl {
namespace {

/** From the unit square of what is shown to that of the buffer: wl_surface.set_buffer_transform
 * undone. */
constexpr float kTransforms[8][6] = {
    // s = a u + b v + c, t = d u + e v + f
    {1, 0, 0, 0, 1, 0},  {0, 1, 0, -1, 0, 1}, {-1, 0, 1, 0, -1, 1}, {0, -1, 1, 1, 0, 0},
    {-1, 0, 1, 0, 1, 0}, {0, 1, 0, 1, 0, 0},  {1, 0, 0, 0, -1, 1},  {0, -1, 1, -1, 0, 1},
};

/** Memory's first row is drawn as GL's lowest, so that nothing is turned upside down on the way. */
std::array<float, 4> destinationOf(const Box& to, const Surface& target) {
  const float width = static_cast<float>(target.width());
  const float height = static_cast<float>(target.height());
  return {to.x / width * 2 - 1, to.y / height * 2 - 1, to.width / width * 2,
          to.height / height * 2};
}

std::array<float, 9> matrixOf(const Layer& layer, const Surface& source) {
  const auto& t = kTransforms[layer.transform];
  const float width = static_cast<float>(source.width());
  const float height = static_cast<float>(source.height());
  const float sx = layer.from.width / width, sy = layer.from.height / height;
  const float ox = layer.from.x / width, oy = layer.from.y / height;
  return {t[0] * sx, t[3] * sy, 0, t[1] * sx, t[4] * sy, 0, t[2] * sx + ox, t[5] * sy + oy, 1};
}

bool isWhole(const Box& box) {
  const auto whole = [](float value) { return value == std::floor(value); };
  return whole(box.x) && whole(box.y) && whole(box.width) && whole(box.height);
}

/** The first and the last coordinate that are sampled, in pixels: the nearest texel is one that the
 * rectangle touches; a filter stays half a pixel inside. */
std::array<float, 2> limits(float start, float size, bool linear) {
  if (linear) {
    const float inset = std::min(0.5f, size / 2);
    return {start + inset, start + size - inset};
  }
  const float first = std::floor(start) + 0.5f;
  return {first, std::max(first, std::ceil(start + size) - 0.5f)};
}

}  // namespace

Placement placementOf(const Layer& layer, const Surface& target, const Surface& source) {
  return {destinationOf(layer.to, target), matrixOf(layer, source)};
}

/** A shader counts rows from below. */
Placement placementOf(const Layer& layer, const Surface& target) {
  return {destinationOf(layer.to, target), {1, 0, 0, 0, -1, 0, 0, 1, 1}};
}

bool isUnscaled(const Layer& layer) {
  const auto& [from, to] = std::pair(layer.from, layer.to);
  const bool turned = layer.transform % 2 != 0;
  return (turned ? from.height : from.width) == to.width &&
         (turned ? from.width : from.height) == to.height && isWhole(from) && isWhole(to);
}

Sampling samplingOf(const Layer& layer, const Surface& source, bool linear) {
  const float width = static_cast<float>(source.width());
  const float height = static_cast<float>(source.height());
  const auto [left, right] = limits(layer.from.x, layer.from.width, linear);
  const auto [upper, lower] = limits(layer.from.y, layer.from.height, linear);
  return {{left / width, upper / height, right / width, lower / height}, width, height};
}

}  // namespace guesthead::gl
