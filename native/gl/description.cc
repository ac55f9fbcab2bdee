#include "gl/description.h"

#include <cmath>
#include <stdexcept>
#include <string>

namespace guesthead::gl {
namespace {

constexpr double kMostCoordinate = 1 << 24;
constexpr double kMostItems = 4096;
constexpr double kMostUniforms = 256;

/** Takes one number after the other. */
class Reader {
 public:
  Reader(const double* numbers, size_t count) : next_(numbers), end_(numbers + count) {}

  double number(const char* name, double least, double most) {
    if (next_ == end_)
      throw std::invalid_argument("The description ends before " + std::string(name));
    const double value = *next_++;
    if (std::isfinite(value) && value >= least && value <= most) return value;
    throw std::invalid_argument(std::string(name) + " is out of range");
  }

  template <class T>
  T integer(const char* name, double least, double most) {
    const double value = number(name, least, most);
    if (value == std::floor(value)) return static_cast<T>(value);
    throw std::invalid_argument(std::string(name) + " is no integer");
  }

  float coordinate(const char* name) {
    return static_cast<float>(number(name, -kMostCoordinate, kMostCoordinate));
  }

  bool isAtEnd() const { return next_ == end_; }

 private:
  const double* next_;
  const double* end_;
};

uint32_t readId(Reader& reader, const char* name, double least) {
  return reader.integer<uint32_t>(name, least, UINT32_MAX);
}

Rect readRect(Reader& reader) {
  const auto coordinate = [&](double least) {
    return reader.integer<int>("rectangle", least, kMostCoordinate);
  };
  const int x = coordinate(-kMostCoordinate);
  const int y = coordinate(-kMostCoordinate);
  const int width = coordinate(0);
  return {x, y, width, coordinate(0)};
}

Box readBox(Reader& reader) {
  const float x = reader.coordinate("box");
  const float y = reader.coordinate("box");
  const auto size = [&] { return static_cast<float>(reader.number("box", 0, kMostCoordinate)); };
  const float width = size();
  return {x, y, width, size()};
}

std::array<float, 4> readColour(Reader& reader) {
  std::array<float, 4> colour;
  for (float& part : colour) part = static_cast<float>(reader.number("colour", 0, 1));
  return colour;
}

Layer readLayer(Reader& reader) {
  Layer layer = {};
  layer.source = static_cast<SourceKind>(reader.integer<uint8_t>("source", 0, 2));
  layer.id = readId(reader, "source's number", layer.source == SourceKind::solid ? 0 : 1);
  const int fd = reader.integer<int>("acquire fence", -1, INT32_MAX);
  if (fd >= 0) layer.acquire = UniqueFd::duplicate(fd);
  layer.transform = reader.integer<uint8_t>("transform", 0, 7);
  layer.linear = reader.integer<uint8_t>("filter", 0, 1) != 0;
  layer.alpha = static_cast<AlphaMode>(reader.integer<uint8_t>("alpha mode", 0, 2));
  layer.opacity = static_cast<float>(reader.number("opacity", 0, 1));
  layer.colour = readColour(reader);
  layer.from = readBox(reader);
  layer.to = readBox(reader);
  for (uint32_t& channel : layer.channels) channel = readId(reader, "channel", 0);
  layer.uniforms.resize(reader.integer<size_t>("number of uniform values", 0, kMostUniforms));
  for (float& value : layer.uniforms)
    value = static_cast<float>(reader.number("uniform", -3e38, 3e38));
  return layer;
}

}  // namespace

Composition readComposition(const double* numbers, size_t count) {
  Reader reader(numbers, count);
  Composition composition = {};
  composition.target = readId(reader, "target", 1);
  composition.fence = static_cast<FenceKind>(reader.integer<uint8_t>("kind of fence", 0, 2));
  composition.background = readColour(reader);
  const int rects = reader.integer<int>("number of damaged rectangles", -1, kMostItems);
  const int uploads = reader.integer<int>("number of uploads", 0, kMostItems);
  const int layers = reader.integer<int>("number of layers", 0, kMostItems);
  composition.isWhole = rects < 0;
  for (int i = 0; i < rects; ++i) composition.damage.push_back(readRect(reader));
  for (int i = 0; i < uploads; ++i) {
    const uint32_t surface = readId(reader, "upload", 1);
    composition.uploads.push_back({surface, readRect(reader)});
  }
  for (int i = 0; i < layers; ++i) composition.layers.push_back(readLayer(reader));
  if (!reader.isAtEnd())
    throw std::invalid_argument("The description goes on after its last layer");
  return composition;
}

}  // namespace guesthead::gl
