#pragma once

#include <map>
#include <memory>
#include <optional>

#include "gl/effect_program.h"
#include "gl/surface.h"

namespace guesthead::gl {

/** A shader as its caller gave it, compiled at its first use in each context. */
struct Effect {
  std::string source;
  std::vector<Uniform> uniforms;
  std::unique_ptr<EffectProgram> program;
};

/** What the numbers of a description stand for. Throws Failure, ERR_CLOSED. */
class Objects {
 public:
  virtual Surface& surface(uint32_t id) = 0;
  virtual Effect& effect(uint32_t id) = 0;

 protected:
  ~Objects() = default;
};

/** Draws the layers of a description into its target. */
class Painter {
 public:
  Painter(Context& context, Objects& objects) : context_(context), objects_(objects) {}

  /** Draws nothing where something of it cannot be had; nothing is flushed. Throws Failure. */
  void paint(const Composition& composition);
  /** Throws Failure with the compiler's log. */
  void compile(Effect& effect) const;
  /** The context's objects went with it. */
  void forgetPrograms();

 private:
  void upload(const std::vector<Upload>& uploads);
  bool isOpaque(const Layer& layer);
  void prepare(const Layer& layer);
  void begin(Surface& target);
  void clear(const Region& region, const std::array<float, 4>& colour);
  void draw(const Layer& layer, const Surface& target, const Region& region);
  void useColour(const Layer& layer, const Surface& target);
  void useSurface(const Layer& layer, const Surface& target);
  void useEffect(const Layer& layer, const Surface& target);
  void bindTo(size_t unit, Surface& surface, GLint filter) const;
  const EffectProgram& compiled(uint32_t id);
  const LayerProgram& program(LayerProgram::Kind kind);
  void fill(const Region& region) const;

  Context& context_;
  Objects& objects_;
  std::map<LayerProgram::Kind, std::unique_ptr<LayerProgram>> programs_;
};

}  // namespace guesthead::gl
