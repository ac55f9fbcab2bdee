#include "dmabuf/copy.h"

#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "core/arguments.h"

namespace guesthead {
namespace {

constexpr size_t kPixel = 4;
constexpr double kMaxStride = 1 << 20;

struct Picture {
  uint8_t* bytes;
  size_t length, stride;

  static Picture of(const Napi::Value& buffer, const Napi::Value& stride, const char* name) {
    if (!buffer.IsArrayBuffer()) {
      throw Napi::TypeError::New(buffer.Env(), std::string(name) + " must be an ArrayBuffer");
    }
    auto memory = buffer.As<Napi::ArrayBuffer>();
    return {static_cast<uint8_t*>(memory.Data()), memory.ByteLength(),
            static_cast<size_t>(integerOf(stride, name, kPixel, kMaxStride))};
  }
};

/** In pixels. */
struct Rectangle {
  uint32_t x, y, width, height;

  bool fits(const Picture& picture) const {
    const uint64_t right = (uint64_t{x} + width) * kPixel;
    const uint64_t bottom = uint64_t{y} + height;
    return right <= picture.stride && bottom * picture.stride <= picture.length;
  }
};

#ifdef __SSE2__
/** Past the caches: the display's memory is not read back, and what is in the caches stays. */
void copyRow(uint8_t* target, const uint8_t* source, size_t length) {
  const size_t head = -reinterpret_cast<uintptr_t>(target) & 15;
  if (length < 64 + head) {
    std::memcpy(target, source, length);
    return;
  }
  std::memcpy(target, source, head);
  size_t at = head;
  for (; at + 16 <= length; at += 16) {
    const __m128i pixels = _mm_loadu_si128(reinterpret_cast<const __m128i*>(source + at));
    _mm_stream_si128(reinterpret_cast<__m128i*>(target + at), pixels);
  }
  std::memcpy(target + at, source + at, length - at);
}
/** Streamed stores are weakly ordered: they must be out before the display is told. */
void finishCopy() {
  _mm_sfence();
}
#else
void copyRow(uint8_t* target, const uint8_t* source, size_t length) {
  std::memcpy(target, source, length);
}
void finishCopy() {}
#endif

size_t copyRectangle(const Picture& target, const Picture& source, const Rectangle& part) {
  const size_t length = part.width * kPixel;
  for (uint32_t row = part.y; row < part.y + part.height; ++row) {
    copyRow(target.bytes + row * target.stride + part.x * kPixel,
            source.bytes + row * source.stride + part.x * kPixel, length);
  }
  return length * part.height;
}

}  // namespace

napi_value copyRectangles(const Napi::CallbackInfo& info) {
  const Picture target = Picture::of(info[0], info[1], "target");
  const Picture source = Picture::of(info[2], info[3], "source");
  const auto list = uint32sOf(info[4], "rectangles");
  const auto count = static_cast<size_t>(integerOf(info[5], "count", 0, list.length / 4.0));
  const auto* parts = reinterpret_cast<const Rectangle*>(list.data);
  for (size_t i = 0; i < count; ++i) {
    if (!parts[i].fits(target) || !parts[i].fits(source)) {
      throw Napi::RangeError::New(info.Env(), "a rectangle lies outside of a picture");
    }
  }
  size_t copied = 0;
  for (size_t i = 0; i < count; ++i) copied += copyRectangle(target, source, parts[i]);
  finishCopy();
  return Napi::Number::New(info.Env(), static_cast<double>(copied));
}

}  // namespace guesthead
