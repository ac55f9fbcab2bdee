#include "paint/painting.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <new>
#include <string>

#include "core/arguments.h"

namespace guesthead::paint {
namespace {

constexpr uint32_t kXrgb = 0x20020888, kArgb = 0x20028888;
constexpr int kReplace = 1, kOver = 3;
constexpr int kNearest = 3, kLinear = 4;
constexpr int kPad = 2;
/** What pixman's own numbers hold, fractions and all. */
constexpr int kMostPixels = 16384;
constexpr double kMostFixed = 32767;
constexpr double kFixed = 65536;
/** What computing the matrix may have left of a whole number. */
constexpr double kRounding = 1.0 / 256;
constexpr size_t kHead = 19, kClip = 4;
constexpr size_t kMostClips = 4096;
constexpr int kPixelBytes = 4;

class Numbers {
 public:
  Numbers(Napi::Env env, Elements<double> elements) : env_(env), elements_(elements) {}

  double next(double least, double most) {
    const double value = elements_.data[at_++];
    if (!(value >= least && value <= most))
      throw Napi::RangeError::New(env_, "numbers[" + std::to_string(at_ - 1) + "] is out of range");
    return value;
  }
  int integer(int least, int most) {
    const double value = next(least, most);
    if (value != std::floor(value))
      throw Napi::RangeError::New(env_, "numbers[" + std::to_string(at_ - 1) + "] is no integer");
    return static_cast<int>(value);
  }
  bool atEnd() const { return at_ >= elements_.length; }

 private:
  Napi::Env env_;
  Elements<double> elements_;
  size_t at_ = 0;
};

struct ImageEnd {
  const Library* library;
  void operator()(Image* image) const { library->image_unref(image); }
};
using OwnedImage = std::unique_ptr<Image, ImageEnd>;

OwnedImage owned(const Library& library, Image* image) {
  if (image == nullptr) throw std::bad_alloc();
  return OwnedImage(image, ImageEnd{&library});
}

OwnedImage imageOf(const Library& library, const Source& source) {
  auto* const bits = reinterpret_cast<uint32_t*>(const_cast<uint8_t*>(source.bytes));
  return owned(library,
               library.image_create_bits_no_clear(source.hasAlpha ? kArgb : kXrgb, source.width,
                                                  source.height, bits, source.strideBytes));
}

Source cut(const Source& whole, const Box& part) {
  const auto offset = static_cast<ptrdiff_t>(part.y1) * whole.strideBytes + part.x1 * kPixelBytes;
  return {whole.bytes + offset, part.x2 - part.x1, part.y2 - part.y1, whole.strideBytes,
          whole.hasAlpha};
}

uint16_t channel(double value) {
  return static_cast<uint16_t>(std::lround(value * 65535));
}

Fixed fixed(double value) {
  return static_cast<Fixed>(std::lround(std::clamp(value, -kMostFixed, kMostFixed) * kFixed));
}

}  // namespace

Painting::Painting(const Napi::Value& target, const Napi::Value& numbers)
    : library_(Library::load()) {
  const Napi::Env env = target.Env();
  const auto pixels = uint32sOf(target, "target");
  const auto elements = float64sOf(numbers, "numbers");
  if (elements.length < kHead || (elements.length - kHead) % kClip != 0 ||
      elements.length > kHead + kClip * kMostClips)
    throw Napi::RangeError::New(env, "numbers has no such length");
  Numbers reader(env, elements);
  width_ = reader.integer(1, kMostPixels);
  height_ = reader.integer(1, kMostPixels);
  stridePixels_ = reader.integer(width_, 2 * kMostPixels);
  // The last row need not be a whole stride long.
  if (pixels.length < static_cast<size_t>(height_ - 1) * stridePixels_ + width_)
    throw Napi::RangeError::New(env, "target is shorter than its rows");
  pixels_ = const_cast<uint32_t*>(pixels.data);
  x_ = reader.integer(-kMostPixels, kMostPixels);
  y_ = reader.integer(-kMostPixels, kMostPixels);
  destinationWidth_ = reader.integer(0, kMostPixels);
  destinationHeight_ = reader.integer(0, kMostPixels);
  linear_ = reader.integer(0, 1) == 1;
  blends_ = reader.integer(0, 1) == 1;
  for (double& value : matrix_) value = reader.next(-kMostFixed, kMostFixed);
  colour_ = {channel(reader.next(0, 1)), channel(reader.next(0, 1)), channel(reader.next(0, 1)),
             channel(reader.next(0, 1))};
  while (!reader.atEnd()) {
    const int x = reader.integer(0, width_), y = reader.integer(0, height_);
    clips_.push_back({x, y, x + reader.integer(0, width_ - x), y + reader.integer(0, height_ - y)});
  }
}

void Painting::draw(const Source& whole) const {
  if (isPlain()) {
    const OwnedImage image = imageOf(library_, whole);
    // Pixels on pixels are copied, by the fastest code that there is.
    return composite(image.get(), static_cast<int>(matrix_[4]), static_cast<int>(matrix_[5]));
  }
  const Box part = partOf(whole);
  if (part.x1 >= part.x2 || part.y1 >= part.y2) return;
  const OwnedImage image = imageOf(library_, cut(whole, part));
  const Transform transform = {{{fixed(matrix_[0]), fixed(matrix_[2]), fixed(matrix_[4] - part.x1)},
                                {fixed(matrix_[1]), fixed(matrix_[3]), fixed(matrix_[5] - part.y1)},
                                {0, 0, fixed(1)}}};
  library_.image_set_filter(image.get(), linear_ ? kLinear : kNearest, nullptr, 0);
  library_.image_set_repeat(image.get(), kPad);
  if (library_.image_set_transform(image.get(), &transform) == 0) throw std::bad_alloc();
  composite(image.get(), 0, 0);
}

/** What of the source is shown: nothing beside it is mixed in at its edge. */
Box Painting::partOf(const Source& source) const {
  const auto& m = matrix_;
  const double w = destinationWidth_, h = destinationHeight_;
  const auto [left, right] =
      std::minmax({m[4], m[4] + m[0] * w, m[4] + m[2] * h, m[4] + m[0] * w + m[2] * h});
  const auto [top, bottom] =
      std::minmax({m[5], m[5] + m[1] * w, m[5] + m[3] * h, m[5] + m[1] * w + m[3] * h});
  const auto first = [](double edge, int most) {
    return static_cast<int>(
        std::clamp(std::floor(edge + kRounding), 0.0, static_cast<double>(most)));
  };
  const auto last = [](double edge, int most) {
    return static_cast<int>(
        std::clamp(std::ceil(edge - kRounding), 0.0, static_cast<double>(most)));
  };
  return {first(left, source.width), first(top, source.height), last(right, source.width),
          last(bottom, source.height)};
}

void Painting::fill() const {
  composite(owned(library_, library_.image_create_solid_fill(&colour_)).get(), 0, 0);
}

void Painting::composite(Image* source, int sourceX, int sourceY) const {
  if (clips_.empty()) return;
  const OwnedImage target =
      owned(library_, library_.image_create_bits_no_clear(kArgb, width_, height_, pixels_,
                                                          stridePixels_ * kPixelBytes));
  Region region = {};
  if (library_.region32_init_rects(&region, clips_.data(), static_cast<int>(clips_.size())) == 0)
    throw std::bad_alloc();
  const int clipped = library_.image_set_clip_region32(target.get(), &region);
  library_.region32_fini(&region);
  if (clipped == 0) throw std::bad_alloc();
  library_.image_composite32(blends_ ? kOver : kReplace, source, nullptr, target.get(), sourceX,
                             sourceY, 0, 0, x_, y_, destinationWidth_, destinationHeight_);
}

/** Neither turned nor scaled, and moved by whole pixels. */
bool Painting::isPlain() const {
  const auto& m = matrix_;
  return m[0] == 1 && m[1] == 0 && m[2] == 0 && m[3] == 1 && m[4] == std::floor(m[4]) &&
         m[5] == std::floor(m[5]);
}

napi_value paint(const Napi::CallbackInfo& info) {
  const Painting painting(info[0], info[1]);
  if (info[2].IsNull()) {
    painting.fill();
    return nullptr;
  }
  const auto bytes = uint8sOf(info[2], "source");
  const Source source = {
      bytes.data, static_cast<int32_t>(integerOf(info[3], "width", 1, kMostPixels)),
      static_cast<int32_t>(integerOf(info[4], "height", 1, kMostPixels)),
      static_cast<int32_t>(integerOf(info[5], "strideBytes", kPixelBytes, 8 * kMostPixels)),
      booleanOf(info[6], "hasAlpha")};
  const auto needed = static_cast<size_t>(source.height - 1) * source.strideBytes +
                      static_cast<size_t>(source.width) * kPixelBytes;
  if (source.strideBytes < source.width * kPixelBytes || source.strideBytes % kPixelBytes != 0 ||
      bytes.length < needed || reinterpret_cast<uintptr_t>(bytes.data) % kPixelBytes != 0)
    throw Napi::RangeError::New(info.Env(), "source is shorter than its rows");
  painting.draw(source);
  return nullptr;
}

}  // namespace guesthead::paint
