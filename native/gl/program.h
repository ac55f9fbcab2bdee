#pragma once

#include <array>
#include <string>
#include <vector>

#include "gl/description.h"
#include "gl/functions.h"

namespace guesthead::gl {

/** The start of a fragment shader of GLSL ES 1.00: the best precision that the GPU has. */
extern const char* const kPrecision;
/** The vertex shader of GLSL ES 1.00: `corner` by `guestheadDestination`, and
 * `guestheadAt` by `guestheadMatrix`: long names, because a caller's shader has its own beside
 * them. */
extern const char* const kVertex;

/** Places a unit square in the target and in what is drawn from. */
struct Placement {
  /** x, y, width, height in normalised device coordinates. */
  std::array<float, 4> destination;
  /** From the square to the texture, column by column. */
  std::array<float, 9> matrix;
};

/** A linked program and the uniforms that all have. */
class Program {
 public:
  /** Throws Failure with the compiler's log. */
  Program(const Functions& functions, const std::string& vertex, const std::string& fragment);
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  ~Program();

  void use() const { gl_.UseProgram(program_); }
  /** -1 where it has no such uniform, or does not use it. */
  GLint uniform(const char* name) const { return gl_.GetUniformLocation(program_, name); }
  void place(const Placement& placement) const;

 protected:
  /** For the uniform `blend`: 1 for opaque, 1 for straight alpha, the opacity. */
  void setBlendAt(GLint location, AlphaMode alpha, float opacity) const;

  const decltype(Functions::gl)& gl_;

 private:
  GLuint compile(GLenum kind, const std::string& source) const;
  void link(GLuint vertex, GLuint fragment);

  GLuint program_ = 0;
  GLint destination_ = -1;
  GLint matrix_ = -1;
};

/** Where a texture is sampled. */
struct Sampling {
  /** Left, upper, right and lower limit, from 0 to 1. */
  std::array<float, 4> bounds;
  /** The texture's, in pixels. */
  float width, height;
};

/** Draws a colour, a plain texture or an external one. */
class LayerProgram : public Program {
 public:
  /** `linear` filters by itself: a driver's own filter has weights of a few bits and rounds twice,
   * which with the blending after it is two levels off. An external texture has the driver's. */
  /** `whole` and `wholeOpaque` draw all of a texture, premultiplied or opaque, each pixel of the
   * target from one of it. */
  enum class Kind { solid, whole, wholeOpaque, nearest, linear, external };
  LayerProgram(const Functions& functions, Kind kind);

  void setColour(const std::array<float, 4>& colour) const;
  void setSampling(const Sampling& sampling) const;
  void setBlend(AlphaMode alpha, float opacity) const;

 private:
  GLint colour_, blend_, bounds_, size_;
};

}  // namespace guesthead::gl
