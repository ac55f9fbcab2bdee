#pragma once

#include <array>
#include <string>
#include <vector>

#include "gl/description.h"
#include "gl/functions.h"

namespace guesthead::gl {

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
  const decltype(Functions::gl)& gl_;

 private:
  GLuint compile(GLenum kind, const std::string& source) const;
  void link(GLuint vertex, GLuint fragment);

  GLuint program_ = 0;
  GLint destination_ = -1;
  GLint matrix_ = -1;
};

/** Draws a colour, a plain texture or an external one. */
class LayerProgram : public Program {
 public:
  enum class Kind { solid, flat, external };
  LayerProgram(const Functions& functions, Kind kind);

  void setColour(const std::array<float, 4>& colour) const;
  /** `bounds`: the texture's part that is drawn from, half a pixel inside. */
  void setBlend(AlphaMode alpha, float opacity, const std::array<float, 4>& bounds) const;

 private:
  GLint colour_;
  GLint blend_;
  GLint bounds_;
};

struct Uniform {
  std::string name;
  /** Numbers in it, 1 to 4. */
  int size;
};

/** A caller's fragment shader: `void mainImage(out vec4 colour, in vec2 position)`. */
class EffectProgram : public Program {
 public:
  EffectProgram(const Functions& functions, int glesMajor, const std::string& source,
                const std::vector<Uniform>& uniforms);

  /** `values`: iTime, iFrame, the four of iMouse, then those of the named uniforms. */
  void set(float width, float height, const std::vector<float>& values, AlphaMode alpha,
           float opacity) const;
  /** How many numbers `set` takes. */
  size_t valueCount() const { return valueCount_; }

 private:
  struct Place {
    GLint location;
    int size;
  };
  std::vector<Place> uniforms_;
  size_t valueCount_;
  GLint resolution_, time_, frame_, mouse_, blend_;
};

}  // namespace guesthead::gl
