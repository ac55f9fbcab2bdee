#pragma once

#include <napi.h>

#include <vector>

#include "paint/library.h"

namespace guesthead::paint {

/** Pixels to draw from, four bytes each; valid for the call. */
struct Source {
  const uint8_t* bytes;
  int32_t width;
  int32_t height;
  int32_t strideBytes;
  /** Its alpha is premultiplied; without one it is opaque. */
  bool hasAlpha;
};

/**
 * One picture drawn into a part of another, as JavaScript describes it: `target`, a Uint32Array,
 * and `numbers`, a Float64Array:
 *
 *     target's width, height, pixels from one of its rows to the next,
 *     destination's x, y, width, height,
 *     linear (1) or nearest (0), whether to blend (1) or to replace (0),
 *     a, b, c, d, e, f: from a point of the destination, whose corner is 0, 0, to the source's
 *         pixels: x' = a x + c y + e, y' = b x + d y + f,
 *     red, green, blue, alpha of 0 to 1, premultiplied: where there is no source,
 *     x, y, width, height of each rectangle of the target outside of which nothing is drawn.
 */
class Painting {
 public:
  /** Reads and checks both; throws TypeError or RangeError, and ERR_LIBRARY_MISSING without pixman.
   */
  Painting(const Napi::Value& target, const Napi::Value& numbers);

  void draw(const Source& source) const;
  /** In its colour. */
  void fill() const;

 private:
  void composite(Image* source, int sourceX, int sourceY) const;
  Box partOf(const Source& source) const;
  bool isPlain() const;

  const Library& library_;
  uint32_t* pixels_ = nullptr;
  int width_ = 0, height_ = 0, stridePixels_ = 0;
  int x_ = 0, y_ = 0, destinationWidth_ = 0, destinationHeight_ = 0;
  bool linear_ = false, blends_ = false;
  double matrix_[6] = {};
  Colour colour_ = {};
  std::vector<Box> clips_;
};

/** paint(target, numbers, source, width, height, strideBytes, hasAlpha): source is a Uint8Array, or
 * null for a colour. */
napi_value paint(const Napi::CallbackInfo& info);

}  // namespace guesthead::paint
