#include "gl/effect_program.h"

#include "gl/failure.h"

namespace guesthead::gl {
namespace {

constexpr const char* kEffectVertex3 =
    "#version 300 es\n"
    "in vec2 corner;\n"
    "uniform vec4 guestheadDestination;\n"
    "uniform mat3 guestheadMatrix;\n"
    "out vec2 guestheadAt;\n"
    "void main() {\n"
    "  gl_Position = vec4(guestheadDestination.xy + corner * guestheadDestination.zw, 0.0, 1.0);\n"
    "  guestheadAt = (guestheadMatrix * vec3(corner, 1.0)).xy;\n"
    "}\n";

constexpr const char* kEffectUniforms =
    "uniform vec3 iResolution;\n"
    "uniform float iTime;\n"
    "uniform int iFrame;\n"
    "uniform vec4 iMouse;\n"
    "uniform sampler2D iChannel0;\n"
    "uniform sampler2D iChannel1;\n"
    "uniform sampler2D iChannel2;\n"
    "uniform sampler2D iChannel3;\n"
    "uniform vec3 guestheadBlend;\n";

constexpr const char* kEffectMain =
    "\nvoid main() {\n"
    "  vec4 colour = vec4(0.0);\n"
    "  mainImage(colour, guestheadAt * iResolution.xy);\n"
    "  colour.a = max(colour.a, guestheadBlend.x);\n"
    "  colour.rgb *= mix(1.0, colour.a, guestheadBlend.y);\n";

/** By the words of GLSL ES 1.00 the line after `#line 1` is the second; Mesa takes it for the
 * first, as 3.00 says. */
constexpr const char* kFirstLine2 =
    "#line 100\n"
    "#if __LINE__ == 100\n"
    "#define GUESTHEAD_FIRST_LINE 1\n"
    "#else\n"
    "#define GUESTHEAD_FIRST_LINE 0\n"
    "#endif\n"
    "#line GUESTHEAD_FIRST_LINE\n";

/** The caller's lines keep their numbers in what the compiler says. */
std::string effectOf(int glesMajor, const std::string& source) {
  if (glesMajor >= 3) {
    return "#version 300 es\nprecision highp float;\nprecision highp int;\nin vec2 guestheadAt;\n"
           "out vec4 guestheadColour;\n" +
           std::string(kEffectUniforms) + "#line 1\n" + source + kEffectMain +
           "  guestheadColour = colour * guestheadBlend.z;\n}\n";
  }
  return std::string(kPrecision) + "varying vec2 guestheadAt;\n" + kEffectUniforms + kFirstLine2 +
         source + kEffectMain + "  gl_FragColor = colour * guestheadBlend.z;\n}\n";
}

}  // namespace

EffectProgram::EffectProgram(const Functions& functions, int glesMajor, const std::string& source,
                             const std::vector<Uniform>& uniforms)
    : Program(functions, glesMajor >= 3 ? kEffectVertex3 : kVertex, effectOf(glesMajor, source)),
      discards_(source.find("discard") != std::string::npos),
      resolution_(uniform("iResolution")),
      time_(uniform("iTime")),
      frame_(uniform("iFrame")),
      mouse_(uniform("iMouse")),
      blend_(uniform("guestheadBlend")) {
  use();
  for (int channel = 0; channel < 4; ++channel) {
    const std::string name = "iChannel" + std::to_string(channel);
    gl_.Uniform1i(uniform(name.c_str()), channel);
  }
  for (int i = 0; i < 16 && gl_.GetError() != GL_NO_ERROR; ++i) continue;
  for (const Uniform& each : uniforms) {
    const Place place = {uniform(each.name.c_str()), each.size};
    const float zeros[4] = {};
    setUniform(place, zeros);
    if (gl_.GetError() != GL_NO_ERROR) {
      throw Failure{"ERR_SHADER", "glUniform",
                    "the uniform " + each.name + " is not declared as " +
                        (each.size == 1 ? "a float" : "a vec" + std::to_string(each.size))};
    }
    uniforms_.push_back(place);
    valueCount_ += each.size;
  }
}

void EffectProgram::set(const Layer& layer) const {
  const float resolution[] = {layer.to.width, layer.to.height, 1};
  gl_.Uniform3fv(resolution_, 1, resolution);
  gl_.Uniform1f(time_, layer.time);
  gl_.Uniform1i(frame_, layer.frame);
  gl_.Uniform4fv(mouse_, 1, layer.mouse.data());
  setBlendAt(blend_, layer.alpha, layer.opacity);
  const float* next = layer.uniforms.data();
  for (const Place& place : uniforms_) {
    setUniform(place, next);
    next += place.size;
  }
}

void EffectProgram::setUniform(const Place& place, const float* values) const {
  switch (place.size) {
    case 1:
      return gl_.Uniform1fv(place.location, 1, values);
    case 2:
      return gl_.Uniform2fv(place.location, 1, values);
    case 3:
      return gl_.Uniform3fv(place.location, 1, values);
    default:
      return gl_.Uniform4fv(place.location, 1, values);
  }
}

}  // namespace guesthead::gl
