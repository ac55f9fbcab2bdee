#include "gl/painter.h"

#include "gl/failure.h"
#include "gl/placement.h"
#include "gl/visible.h"

namespace guesthead::gl {
namespace {

constexpr GLfloat kCorners[] = {0, 0, 1, 0, 0, 1, 1, 1};

/** A texture without bounds and kinds of alpha to look at costs least. */
LayerProgram::Kind nearestKind(const Layer& layer, const Surface& source) {
  const bool isWhole = layer.from.x == 0 && layer.from.y == 0 &&
                       layer.from.width == static_cast<float>(source.width()) &&
                       layer.from.height == static_cast<float>(source.height());
  if (!isWhole || layer.alpha == AlphaMode::straight) return LayerProgram::Kind::nearest;
  return layer.alpha == AlphaMode::opaque ? LayerProgram::Kind::wholeOpaque
                                          : LayerProgram::Kind::whole;
}

}  // namespace

void Painter::paint(const Composition& composition) {
  upload(composition.uploads);
  Surface& target = objects_.surface(composition.target);
  const Rect whole = {0, 0, target.width(), target.height()};
  const Region region = composition.isWhole ? Region{whole} : regionOf(composition.damage, whole);
  const auto parts = visibleParts(composition.layers, region,
                                  [this](const Layer& layer) { return isOpaque(layer); });
  for (size_t i = 0; i < composition.layers.size(); ++i) {
    if (!parts[i].empty()) prepare(composition.layers[i]);
  }
  begin(target);
  clear(parts.back(), composition.background);
  for (size_t i = 0; i < composition.layers.size(); ++i) {
    if (!parts[i].empty()) draw(composition.layers[i], target, parts[i]);
  }
}

/** All of them, whatever becomes of one: JavaScript does not send them again. */
void Painter::upload(const std::vector<Upload>& uploads) {
  std::optional<Failure> first;
  for (const auto& [id, rect] : uploads) {
    try {
      Surface& surface = objects_.surface(id);
      const Rect part = rect.cut({0, 0, surface.width(), surface.height()});
      if (!part.isEmpty()) surface.upload(part.x, part.y, part.width, part.height);
    } catch (const Failure& failure) {
      if (!first) first = failure;
    }
  }
  if (first) throw *first;
}

bool Painter::isOpaque(const Layer& layer) {
  if (layer.opacity < 1) return false;
  if (layer.source == SourceKind::solid) return layer.colour[3] >= 1;
  if (layer.source == SourceKind::surface && objects_.surface(layer.id).isOpaque()) return true;
  if (layer.alpha != AlphaMode::opaque) return false;
  return layer.source == SourceKind::surface || !compiled(layer.id).discards();
}

/** What may fail does so before the first pixel is drawn. */
void Painter::prepare(const Layer& layer) {
  if (layer.source == SourceKind::surface) objects_.surface(layer.id).prepareTexture();
  if (layer.source != SourceKind::effect) return;
  if (layer.uniforms.size() != compiled(layer.id).valueCount()) {
    throw Failure{"ERR_USAGE", "uniforms", "the effect has another number of uniform values"};
  }
  for (const uint32_t channel : layer.channels) {
    if (channel == 0) continue;
    Surface& surface = objects_.surface(channel);
    surface.prepareTexture();
    if (surface.kind() == GL_TEXTURE_2D) continue;
    throw Failure{"ERR_UNSUPPORTED", "GL_OES_EGL_image_external",
                  "an effect cannot read a picture of YUV: compose it into another one first"};
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
  switch (layer.source) {
    case SourceKind::solid:
      useColour(layer, target);
      break;
    case SourceKind::surface:
      useSurface(layer, target);
      break;
    case SourceKind::effect:
      useEffect(layer, target);
  }
  fill(region);
}

void Painter::useColour(const Layer& layer, const Surface& target) {
  const LayerProgram& solid = program(LayerProgram::Kind::solid);
  solid.use();
  solid.place(placementOf(layer, target));
  std::array<float, 4> colour = layer.colour;
  for (float& channel : colour) channel *= layer.opacity;
  solid.setColour(colour);
}

void Painter::useSurface(const Layer& layer, const Surface& target) {
  Surface& source = objects_.surface(layer.id);
  const bool external = source.kind() != GL_TEXTURE_2D;
  const bool linear = layer.linear && (external || !isUnscaled(layer));
  bindTo(0, source, external && linear ? GL_LINEAR : GL_NEAREST);
  const LayerProgram& textured = program(external ? LayerProgram::Kind::external
                                         : linear ? LayerProgram::Kind::linear
                                                  : nearestKind(layer, source));
  textured.use();
  textured.place(placementOf(layer, target, source));
  textured.setSampling(samplingOf(layer, source, linear));
  textured.setBlend(layer.alpha, layer.opacity);
}

/** A channel without a picture is black, and not what was bound there last. */
void Painter::useEffect(const Layer& layer, const Surface& target) {
  const auto& gl = context_.functions().gl;
  for (size_t channel = 0; channel < layer.channels.size(); ++channel) {
    if (layer.channels[channel] != 0) {
      bindTo(channel, objects_.surface(layer.channels[channel]), GL_LINEAR);
    } else {
      gl.ActiveTexture(GL_TEXTURE0 + channel);
      gl.BindTexture(GL_TEXTURE_2D, 0);
    }
  }
  const EffectProgram& effect = compiled(layer.id);
  effect.use();
  effect.place(placementOf(layer, target));
  effect.set(layer);
}

void Painter::bindTo(size_t unit, Surface& surface, GLint filter) const {
  const auto& gl = context_.functions().gl;
  gl.ActiveTexture(GL_TEXTURE0 + unit);
  surface.bindTexture();
  gl.TexParameteri(surface.kind(), GL_TEXTURE_MIN_FILTER, filter);
  gl.TexParameteri(surface.kind(), GL_TEXTURE_MAG_FILTER, filter);
}

const EffectProgram& Painter::compiled(uint32_t id) {
  Effect& effect = objects_.effect(id);
  if (effect.program == nullptr) compile(effect);
  return *effect.program;
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
