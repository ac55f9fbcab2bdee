#include "gl/painter.h"

#include <cmath>

#include "gl/failure.h"

namespace guesthead::gl {
namespace {

/** More parts than this cost more than what they hide. */
constexpr size_t kMostParts = 64;

constexpr GLfloat kCorners[] = {0, 0, 1, 0, 0, 1, 1, 1};

bool isOpaque(const Layer& layer) {
  if (layer.opacity < 1) return false;
  return layer.source == SourceKind::solid ? layer.colour[3] >= 1
                                           : layer.alpha == AlphaMode::opaque;
}

/** The pixels that a box covers wholly. */
Rect covered(const Box& box) {
  const int left = static_cast<int>(std::ceil(box.x));
  const int top = static_cast<int>(std::ceil(box.y));
  return {left, top, static_cast<int>(std::floor(box.x + box.width)) - left,
          static_cast<int>(std::floor(box.y + box.height)) - top};
}

/** The pixels that it touches. */
Rect touched(const Box& box) {
  const int left = static_cast<int>(std::floor(box.x));
  const int top = static_cast<int>(std::floor(box.y));
  return {left, top, static_cast<int>(std::ceil(box.x + box.width)) - left,
          static_cast<int>(std::ceil(box.y + box.height)) - top};
}

/** What of each layer no opaque layer above it hides; what is left for the background comes last.
 */
std::vector<Region> visibleParts(const std::vector<Layer>& layers, Region region) {
  std::vector<Region> parts(layers.size() + 1);
  for (size_t i = layers.size(); i-- > 0;) {
    parts[i] = inside(region, touched(layers[i].to));
    if (!isOpaque(layers[i])) continue;
    Region rest = outside(region, covered(layers[i].to));
    if (rest.size() <= kMostParts) region = std::move(rest);
  }
  parts.back() = std::move(region);
  return parts;
}

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

/** Half a pixel inside, so that a filter mixes in nothing from outside the rectangle. */
std::array<float, 4> boundsOf(const Box& from, const Surface& source) {
  const float width = static_cast<float>(source.width());
  const float height = static_cast<float>(source.height());
  const float insetX = std::min(0.5f, from.width / 2), insetY = std::min(0.5f, from.height / 2);
  return {(from.x + insetX) / width, (from.y + insetY) / height,
          (from.x + from.width - insetX) / width, (from.y + from.height - insetY) / height};
}

}  // namespace

void Painter::paint(const Composition& composition) {
  for (const auto& [id, rect] : composition.uploads) {
    Surface& surface = objects_.surface(id);
    const Rect part = rect.cut({0, 0, surface.width(), surface.height()});
    if (!part.isEmpty()) surface.upload(part.x, part.y, part.width, part.height);
  }
  Surface& target = objects_.surface(composition.target);
  const Rect whole = {0, 0, target.width(), target.height()};
  const Region region = composition.isWhole ? Region{whole} : regionOf(composition.damage, whole);
  const auto parts = visibleParts(composition.layers, region);
  begin(target);
  clear(parts.back(), composition.background);
  for (size_t i = 0; i < composition.layers.size(); ++i) {
    if (!parts[i].empty()) draw(composition.layers[i], target, parts[i]);
  }
}

void Painter::begin(Surface& target) {
  const auto& gl = context_.functions().gl;
  target.bindTarget();
  gl.Viewport(0, 0, target.width(), target.height());
  gl.Enable(GL_SCISSOR_TEST);
  gl.EnableVertexAttribArray(0);
  gl.VertexAttribPointer(0, 2, GL_FLOAT, GL_FALSE, 0, kCorners);
  gl.BlendFunc(GL_ONE, GL_ONE_MINUS_SRC_ALPHA);
}

void Painter::clear(const Region& region, const std::array<float, 4>& colour) {
  const auto& gl = context_.functions().gl;
  gl.ClearColor(colour[0], colour[1], colour[2], colour[3]);
  for (const Rect& rect : region) {
    gl.Scissor(rect.x, rect.y, rect.width, rect.height);
    gl.Clear(GL_COLOR_BUFFER_BIT);
  }
}

void Painter::draw(const Layer& layer, const Surface& target, const Region& region) {
  const auto& gl = context_.functions().gl;
  isOpaque(layer) ? gl.Disable(GL_BLEND) : gl.Enable(GL_BLEND);
  Placement placement = {destinationOf(layer.to, target), {1, 0, 0, 0, 1, 0, 0, 0, 1}};
  if (layer.source == SourceKind::surface) {
    drawSurface(layer, placement);
  } else if (layer.source == SourceKind::effect) {
    drawEffect(layer);
    placement.matrix = {1, 0, 0, 0, -1, 0, 0, 1, 1};  // a shader counts rows from below
    objects_.effect(layer.id).program->place(placement);
  } else {
    const LayerProgram& solid = program(LayerProgram::Kind::solid);
    solid.use();
    solid.place(placement);
    solid.setColour(layer.colour);
    solid.setBlend(AlphaMode::premultiplied, layer.opacity, {});
  }
  fill(region);
}

void Painter::drawSurface(const Layer& layer, const Placement& placement) {
  const auto& gl = context_.functions().gl;
  Surface& source = objects_.surface(layer.id);
  gl.ActiveTexture(GL_TEXTURE0);
  const GLenum kind = source.bindTexture();
  const GLint filter = layer.linear ? GL_LINEAR : GL_NEAREST;
  gl.TexParameteri(kind, GL_TEXTURE_MIN_FILTER, filter);
  gl.TexParameteri(kind, GL_TEXTURE_MAG_FILTER, filter);
  const LayerProgram& textured =
      program(kind == GL_TEXTURE_2D ? LayerProgram::Kind::flat : LayerProgram::Kind::external);
  textured.use();
  textured.place({placement.destination, matrixOf(layer, source)});
  textured.setBlend(layer.alpha, layer.opacity, boundsOf(layer.from, source));
}

void Painter::drawEffect(const Layer& layer) {
  const auto& gl = context_.functions().gl;
  Effect& effect = objects_.effect(layer.id);
  if (effect.program == nullptr) compile(effect);
  if (layer.uniforms.size() != effect.program->valueCount()) {
    throw Failure{"ERR_USAGE", "uniforms", "the effect has another number of uniform values"};
  }
  for (size_t channel = 0; channel < layer.channels.size(); ++channel) {
    if (layer.channels[channel] == 0) continue;
    gl.ActiveTexture(GL_TEXTURE0 + channel);
    const GLenum kind = objects_.surface(layer.channels[channel]).bindTexture();
    gl.TexParameteri(kind, GL_TEXTURE_MIN_FILTER, GL_LINEAR);
    gl.TexParameteri(kind, GL_TEXTURE_MAG_FILTER, GL_LINEAR);
  }
  gl.ActiveTexture(GL_TEXTURE0);
  effect.program->use();
  effect.program->set(layer.to.width, layer.to.height, layer.uniforms, layer.alpha, layer.opacity);
}

void Painter::compile(Effect& effect) const {
  effect.program = std::make_unique<EffectProgram>(context_.functions(), context_.info().glesMajor,
                                                   effect.source, effect.uniforms);
}

const LayerProgram& Painter::program(LayerProgram::Kind kind) {
  auto& made = programs_[kind];
  if (made == nullptr) made = std::make_unique<LayerProgram>(context_.functions(), kind);
  return *made;
}

void Painter::fill(const Region& region) const {
  const auto& gl = context_.functions().gl;
  for (const Rect& rect : region) {
    gl.Scissor(rect.x, rect.y, rect.width, rect.height);
    gl.DrawArrays(GL_TRIANGLE_STRIP, 0, 4);
  }
}

/** Deleting what a lost context had is allowed, and does nothing. */
void Painter::forgetPrograms() {
  programs_.clear();
}

}  // namespace guesthead::gl
