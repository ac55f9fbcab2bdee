#pragma once

#include <GLES3/gl3.h>

#include <cstdint>
#include <cstdlib>
#include <memory>

namespace guesthead::gl {

/** Memory that JavaScript writes and the thread uploads; it lives as long as either has a share. */
struct Pixels {
  /** Zeroes at first; a page that nobody writes costs nothing. */
  std::unique_ptr<uint8_t, decltype(&std::free)> bytes;
  int width;
  int height;
  /** GL_BGRA_EXT or GL_RGBA. */
  GLenum format;

  /** Throws SystemError, ENOMEM. */
  static std::shared_ptr<Pixels> make(int width, int height, GLenum format);
  size_t byteCount() const { return static_cast<size_t>(width) * height * 4; }
};

}  // namespace guesthead::gl
