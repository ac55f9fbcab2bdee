#pragma once

#include "gl/program.h"

namespace guesthead::gl {

struct Uniform {
  std::string name;
  /** Numbers in it, 1 to 4. */
  int size;
};

/** A caller's fragment shader: `void mainImage(out vec4 colour, in vec2 position)`. */
class EffectProgram : public Program {
 public:
  /** Throws Failure: the compiler's log with the source's own line numbers, or a uniform that is
   * declared otherwise. */
  EffectProgram(const Functions& functions, int glesMajor, const std::string& source,
                const std::vector<Uniform>& uniforms);

  void set(const Layer& layer) const;
  /** How many numbers a layer has for the named uniforms. */
  size_t valueCount() const { return valueCount_; }
  /** Whether it may leave pixels as they are. */
  bool discards() const { return discards_; }

 private:
  struct Place {
    GLint location;
    int size;
  };
  void setUniform(const Place& place, const float* values) const;

  std::vector<Place> uniforms_;
  size_t valueCount_ = 0;
  bool discards_;
  GLint resolution_, time_, frame_, mouse_, blend_;
};

}  // namespace guesthead::gl
