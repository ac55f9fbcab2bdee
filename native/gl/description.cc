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
    throw refused(name, "is out of range");
  }

  template <class T>
  T integer(const char* name, double least, double most) {
    const double value = number(name, least, most);
    if (value == std::floor(value)) return static_cast<T>(value);
    throw refused(name, "is no integer");
  }

  float coordinate(const char* name) {
    return static_cast<float>(number(name, -kMostCoordinate, kMostCoordinate));
  }

  bool isAtEnd() const { return next_ == end_; }
  /** From now on, what is wrong is wrong with this layer; -1: with none. */
  void beginLayer(int index) { layer_ = index; }

 private:
  std::invalid_argument refused(const char* name, const char* why) const {
    const std::string whose = layer_ < 0 ? "" : "layer " + std::to_string(layer_) + ": ";
    return std::invalid_argument(whose + name + " " + why);
  }

  int layer_ = -1;
  const double* next_;
  const double* end_;
};

uint32_t readId(Reader& reader, const char* name, double least) {
  return reader.integer<uint32_t>(name, least, UINT32_MAX);
}

/** `names`: of x, y, width and height. */
using BoxNames = std::array<const char*, 4>;

Rect readRect(Reader& reader, const BoxNames& names) {
  const auto coordinate = [&](const char* name, double least) {
    return reader.integer<int>(name, least, kMostCoordinate);
  };
  const int x = coordinate(names[0], -kMostCoordinate);
  const int y = coordinate(names[1], -kMostCoordinate);
  const int width = coordinate(names[2], 0);
  return {x, y, width, coordinate(names[3], 0)};
}

Box readBox(Reader& reader, const BoxNames& names) {
  const float x = reader.coordinate(names[0]);
  const float y = reader.coordinate(names[1]);
  const auto size = [&](const char* name) {
    return static_cast<float>(reader.number(name, 0, kMostCoordinate));
  };
  const float width = size(names[2]);
  return {x, y, width, size(names[3])};
}

std::array<float, 4> readColour(Reader& reader, const char* name) {
  std::array<float, 4> colour;
  for (float& part : colour) part = static_cast<float>(reader.number(name, 0, 1));
  return colour;
}

constexpr BoxNames kFrom = {"from.x", "from.y", "from.width", "from.height"};
constexpr BoxNames kTo = {"to.x", "to.y", "to.width", "to.height"};
constexpr BoxNames kDamage = {"damage.x", "damage.y", "damage.width", "damage.height"};
constexpr BoxNames kUpload = {"upload.x", "upload.y", "upload.width", "upload.height"};
constexpr double kMostFloat = 3e38;

AlphaMode readAlpha(Reader& reader) {
  return static_cast<AlphaMode>(reader.integer<uint8_t>("alpha mode", 0, 2));
}

void readPicture(Reader& reader, Layer& layer) {
  layer.id = readId(reader, "source's number", 1);
  layer.alpha = readAlpha(reader);
  const int fd = reader.integer<int>("acquire fence", -1, INT32_MAX);
  if (fd >= 0) layer.acquire = UniqueFd::duplicate(fd);
  layer.transform = reader.integer<uint8_t>("transform", 0, 7);
  layer.linear = reader.integer<uint8_t>("filter", 0, 1) != 0;
  layer.from = readBox(reader, kFrom);
}

void readEffect(Reader& reader, Layer& layer) {
  const auto value = [&](const char* name) {
    return static_cast<float>(reader.number(name, -kMostFloat, kMostFloat));
  };
  layer.id = readId(reader, "source's number", 1);
  layer.alpha = readAlpha(reader);
  for (uint32_t& channel : layer.channels) channel = readId(reader, "channel", 0);
  layer.frame = reader.integer<int>("frame", 0, INT32_MAX);
  layer.time = value("timeSeconds");
  for (float& part : layer.mouse) part = value("mouse");
  layer.uniforms.resize(reader.integer<size_t>("the number of uniform values", 0, kMostUniforms));
  for (float& each : layer.uniforms) each = value("uniforms");
}

Layer layerOf(SourceKind source, float opacity, const Box& to) {
  Layer layer = {};
  layer.source = source;
  layer.opacity = opacity;
  layer.to = to;
  return layer;
}

/** Each rectangle is a layer. */
void readColours(Reader& reader, float opacity, std::vector<Layer>& layers) {
  const auto colour = readColour(reader, "colour");
  const int boxes = reader.integer<int>("the number of rectangles", 0, kMostItems);
  for (int i = 0; i < boxes; ++i) {
    layers.push_back(layerOf(SourceKind::solid, opacity, readBox(reader, kTo)));
    layers.back().colour = colour;
  }
}

void readLayers(Reader& reader, std::vector<Layer>& layers) {
  const auto source = static_cast<SourceKind>(reader.integer<uint8_t>("source", 0, 2));
  const auto opacity = static_cast<float>(reader.number("opacity", 0, 1));
  if (source == SourceKind::solid) return readColours(reader, opacity, layers);
  layers.push_back(layerOf(source, opacity, readBox(reader, kTo)));
  if (source == SourceKind::surface)
    readPicture(reader, layers.back());
  else
    readEffect(reader, layers.back());
}

}  // namespace

Composition readComposition(const double* numbers, size_t count) {
  Reader reader(numbers, count);
  Composition composition = {};
  composition.target = readId(reader, "target", 1);
  composition.fence = static_cast<FenceKind>(reader.integer<uint8_t>("kind of fence", 0, 2));
  composition.background = readColour(reader, "background");
  const int rects = reader.integer<int>("the number of damaged rectangles", -1, kMostItems);
  const int layers = reader.integer<int>("the number of layers", 0, kMostItems);
  composition.isWhole = rects < 0;
  for (int i = 0; i < rects; ++i) composition.damage.push_back(readRect(reader, kDamage));
  composition.layers.reserve(layers);
  for (int i = 0; i < layers; ++i) {
    reader.beginLayer(i);
    readLayers(reader, composition.layers);
  }
  reader.beginLayer(-1);
  const int uploads = reader.integer<int>("the number of uploads", 0, kMostItems);
  for (int i = 0; i < uploads; ++i) {
    const uint32_t surface = readId(reader, "upload", 1);
    composition.uploads.push_back({surface, readRect(reader, kUpload)});
  }
  if (!reader.isAtEnd())
    throw std::invalid_argument("The description goes on after its last upload");
  return composition;
}

}  // namespace guesthead::gl
