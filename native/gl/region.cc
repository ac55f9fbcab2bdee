#include "gl/region.h"

#include <algorithm>

namespace guesthead::gl {
namespace {

void add(Region& region, const Rect& rect) {
  if (!rect.isEmpty()) region.push_back(rect);
}

}  // namespace

Rect Rect::cut(const Rect& other) const {
  const int left = std::max(x, other.x);
  const int top = std::max(y, other.y);
  return {left, top, std::min(right(), other.right()) - left,
          std::min(bottom(), other.bottom()) - top};
}

Region regionOf(const std::vector<Rect>& rects, const Rect& bounds) {
  Region region;
  for (const Rect& rect : rects) {
    Region added = {rect.cut(bounds)};
    for (const Rect& known : region) added = outside(added, known);
    for (const Rect& part : added) add(region, part);
  }
  return region;
}

Region inside(const Region& region, const Rect& rect) {
  Region parts;
  for (const Rect& each : region) add(parts, each.cut(rect));
  return parts;
}

/** Above, below, and beside it. */
Region outside(const Region& region, const Rect& rect) {
  Region parts;
  for (const Rect& each : region) {
    const Rect hole = each.cut(rect);
    if (hole.isEmpty()) {
      add(parts, each);
      continue;
    }
    add(parts, {each.x, each.y, each.width, hole.y - each.y});
    add(parts, {each.x, hole.bottom(), each.width, each.bottom() - hole.bottom()});
    add(parts, {each.x, hole.y, hole.x - each.x, hole.height});
    add(parts, {hole.right(), hole.y, each.right() - hole.right(), hole.height});
  }
  return parts;
}

}  // namespace guesthead::gl
