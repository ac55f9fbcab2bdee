#include "gl/pixels.h"

#include <cerrno>

#include "core/system_error.h"

namespace guesthead::gl {

std::shared_ptr<Pixels> Pixels::make(int width, int height, GLenum format) {
  const size_t count = static_cast<size_t>(width) * height;
  auto* bytes = static_cast<uint8_t*>(std::calloc(count, 4));
  if (bytes == nullptr) throw SystemError{ENOMEM, "calloc"};
  return std::make_shared<Pixels>(Pixels{{bytes, std::free}, width, height, format});
}

}  // namespace guesthead::gl
