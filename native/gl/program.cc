#include "gl/program.h"

#include "gl/failure.h"

namespace guesthead::gl {
namespace {

constexpr const char* kPrecision =
    "#ifdef GL_FRAGMENT_PRECISION_HIGH\n"
    "precision highp float;\n"
    "#else\n"
    "precision mediump float;\n"
    "#endif\n";

constexpr const char* kVertex =
    "attribute vec2 corner;\n"
    "uniform vec4 destination;\n"
    "uniform mat3 matrix;\n"
    "varying vec2 at;\n"
    "void main() {\n"
    "  gl_Position = vec4(destination.xy + corner * destination.zw, 0.0, 1.0);\n"
    "  at = (matrix * vec3(corner, 1.0)).xy;\n"
    "}\n";

constexpr const char* kSolid =
    "uniform vec4 colour;\n"
    "uniform vec3 blend;\n"
    "varying vec2 at;\n"
    "void main() { gl_FragColor = colour * blend.z; }\n";

/** blend: 1 for opaque, 1 for straight alpha, the opacity. */
constexpr const char* kTextured =
    "uniform vec3 blend;\n"
    "uniform vec4 bounds;\n"
    "varying vec2 at;\n"
    "void main() {\n"
    "  vec4 colour = texture2D(image, clamp(at, bounds.xy, bounds.zw));\n"
    "  colour.a = max(colour.a, blend.x);\n"
    "  colour.rgb *= mix(1.0, colour.a, blend.y);\n"
    "  gl_FragColor = colour * blend.z;\n"
    "}\n";

std::string fragmentOf(LayerProgram::Kind kind) {
  switch (kind) {
    case LayerProgram::Kind::solid:
      return std::string(kPrecision) + kSolid;
    case LayerProgram::Kind::flat:
      return std::string(kPrecision) + "uniform sampler2D image;\n" + kTextured;
    default:
      return "#extension GL_OES_EGL_image_external : require\n" + std::string(kPrecision) +
             "uniform samplerExternalOES image;\n" + kTextured;
  }
}

constexpr const char* kEffectVertex3 =
    "#version 300 es\n"
    "in vec2 corner;\n"
    "uniform vec4 destination;\n"
    "uniform mat3 matrix;\n"
    "out vec2 guestheadAt;\n"
    "void main() {\n"
    "  gl_Position = vec4(destination.xy + corner * destination.zw, 0.0, 1.0);\n"
    "  guestheadAt = (matrix * vec3(corner, 1.0)).xy;\n"
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

/** The caller's lines keep their numbers in what the compiler says. */
std::string effectOf(int glesMajor, const std::string& source) {
  if (glesMajor >= 3) {
    return "#version 300 es\nprecision highp float;\nprecision highp int;\nin vec2 guestheadAt;\n"
           "out vec4 guestheadColour;\n" +
           std::string(kEffectUniforms) + "#line 1\n" + source + kEffectMain +
           "  guestheadColour = colour * guestheadBlend.z;\n}\n";
  }
  return std::string(kPrecision) + "varying vec2 at;\n#define guestheadAt at\n" + kEffectUniforms +
         "#line 0\n" + source + kEffectMain + "  gl_FragColor = colour * guestheadBlend.z;\n}\n";
}

}  // namespace

Program::Program(const Functions& functions, const std::string& vertex, const std::string& fragment)
    : gl_(functions.gl) {
  const GLuint vertexShader = compile(GL_VERTEX_SHADER, vertex);
  GLuint fragmentShader = 0;
  try {
    fragmentShader = compile(GL_FRAGMENT_SHADER, fragment);
  } catch (...) {
    gl_.DeleteShader(vertexShader);
    throw;
  }
  link(vertexShader, fragmentShader);
  destination_ = uniform("destination");
  matrix_ = uniform("matrix");
}

Program::~Program() {
  gl_.DeleteProgram(program_);
}

GLuint Program::compile(GLenum kind, const std::string& source) const {
  const GLuint shader = gl_.CreateShader(kind);
  const char* text = source.c_str();
  gl_.ShaderSource(shader, 1, &text, nullptr);
  gl_.CompileShader(shader);
  GLint compiled = 0;
  gl_.GetShaderiv(shader, GL_COMPILE_STATUS, &compiled);
  if (compiled) return shader;
  GLint length = 0;
  gl_.GetShaderiv(shader, GL_INFO_LOG_LENGTH, &length);
  std::string log(length > 0 ? length : 1, '\0');
  gl_.GetShaderInfoLog(shader, static_cast<GLsizei>(log.size()), &length, log.data());
  log.resize(length);
  gl_.DeleteShader(shader);
  throw Failure{"ERR_SHADER", "glCompileShader", log};
}

void Program::link(GLuint vertex, GLuint fragment) {
  program_ = gl_.CreateProgram();
  gl_.AttachShader(program_, vertex);
  gl_.AttachShader(program_, fragment);
  gl_.BindAttribLocation(program_, 0, "corner");
  gl_.LinkProgram(program_);
  gl_.DeleteShader(vertex);
  gl_.DeleteShader(fragment);
  GLint linked = 0;
  gl_.GetProgramiv(program_, GL_LINK_STATUS, &linked);
  if (linked) return;
  char log[1024] = "";
  gl_.GetProgramInfoLog(program_, sizeof log, nullptr, log);
  gl_.DeleteProgram(program_);
  throw Failure{"ERR_SHADER", "glLinkProgram", log};
}

void Program::place(const Placement& placement) const {
  const auto& [x, y, width, height] = placement.destination;
  gl_.Uniform4f(destination_, x, y, width, height);
  if (matrix_ >= 0) gl_.UniformMatrix3fv(matrix_, 1, GL_FALSE, placement.matrix.data());
}

LayerProgram::LayerProgram(const Functions& functions, Kind kind)
    : Program(functions, kVertex, fragmentOf(kind)),
      colour_(uniform("colour")),
      blend_(uniform("blend")),
      bounds_(uniform("bounds")) {}

void LayerProgram::setColour(const std::array<float, 4>& colour) const {
  gl_.Uniform4fv(colour_, 1, colour.data());
}

void LayerProgram::setBlend(AlphaMode alpha, float opacity,
                            const std::array<float, 4>& bounds) const {
  const float blend[] = {alpha == AlphaMode::opaque ? 1.f : 0.f,
                         alpha == AlphaMode::straight ? 1.f : 0.f, opacity};
  gl_.Uniform3fv(blend_, 1, blend);
  if (bounds_ >= 0) gl_.Uniform4fv(bounds_, 1, bounds.data());
}

EffectProgram::EffectProgram(const Functions& functions, int glesMajor, const std::string& source,
                             const std::vector<Uniform>& uniforms)
    : Program(functions, glesMajor >= 3 ? kEffectVertex3 : kVertex, effectOf(glesMajor, source)),
      valueCount_(6),
      resolution_(uniform("iResolution")),
      time_(uniform("iTime")),
      frame_(uniform("iFrame")),
      mouse_(uniform("iMouse")),
      blend_(uniform("guestheadBlend")) {
  for (const Uniform& each : uniforms) {
    uniforms_.push_back({uniform(each.name.c_str()), each.size});
    valueCount_ += each.size;
  }
  use();
  for (int channel = 0; channel < 4; ++channel) {
    const std::string name = "iChannel" + std::to_string(channel);
    gl_.Uniform1i(uniform(name.c_str()), channel);
  }
}

void EffectProgram::set(float width, float height, const std::vector<float>& values,
                        AlphaMode alpha, float opacity) const {
  const float resolution[] = {width, height, 1};
  const float blend[] = {alpha == AlphaMode::opaque ? 1.f : 0.f,
                         alpha == AlphaMode::straight ? 1.f : 0.f, opacity};
  gl_.Uniform3fv(resolution_, 1, resolution);
  gl_.Uniform3fv(blend_, 1, blend);
  gl_.Uniform1f(time_, values[0]);
  gl_.Uniform1i(frame_, static_cast<GLint>(values[1]));
  gl_.Uniform4fv(mouse_, 1, values.data() + 2);
  const float* next = values.data() + 6;
  for (const auto& [location, size] : uniforms_) {
    if (size == 1) gl_.Uniform1fv(location, 1, next);
    if (size == 2) gl_.Uniform2fv(location, 1, next);
    if (size == 3) gl_.Uniform3fv(location, 1, next);
    if (size == 4) gl_.Uniform4fv(location, 1, next);
    next += size;
  }
}

}  // namespace guesthead::gl
