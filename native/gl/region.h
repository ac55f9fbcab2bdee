#pragma once

#include <vector>

namespace guesthead::gl {

/** Whole pixels, from the upper left corner. */
struct Rect {
  int x, y, width, height;

  bool isEmpty() const { return width <= 0 || height <= 0; }
  int right() const { return x + width; }
  int bottom() const { return y + height; }
  Rect cut(const Rect& other) const;
};

/** Rectangles that do not overlap. */
using Region = std::vector<Rect>;

/** Some rectangles as a region, each cut to `bounds`. */
Region regionOf(const std::vector<Rect>& rects, const Rect& bounds);
/** What of `region` lies in `rect`. */
Region inside(const Region& region, const Rect& rect);
/** What of `region` lies outside `rect`. */
Region outside(const Region& region, const Rect& rect);

}  // namespace guesthead::gl
