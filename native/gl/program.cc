#include "gl/program.h"

#include "gl/failure.h"

namespace guesthead::gl {

const char* const kPrecision =
    "#ifdef GL_FRAGMENT_PRECISION_HIGH\n"
    "precision highp float;\n"
    "precision highp int;\n"
    "#else\n"
    "precision mediump float;\n"
    "#endif\n";

const char* const kVertex =
    "attribute vec2 corner;\n"
    "uniform vec4 guestheadDestination;\n"
    "uniform mat3 guestheadMatrix;\n"
    "varying vec2 guestheadAt;\n"
    "void main() {\n"
    "  gl_Position = vec4(guestheadDestination.xy + corner * guestheadDestination.zw, 0.0, 1.0);\n"
    "  guestheadAt = (guestheadMatrix * vec3(corner, 1.0)).xy;\n"
    "}\n";

namespace {

/** With the opacity in it: Mesa 22.3's llvmpipe mixes up two uniforms where it draws whole tiles of
 * a dma-buf. */
constexpr const char* kSolid =
    "uniform vec4 colour;\n"
    "void main() { gl_FragColor = colour; }\n";

constexpr const char* kSampled = "vec4 sampled(vec2 point) { return texture2D(image, point); }\n";

/** The four nearest texels at their very centres, mixed. */
constexpr const char* kFiltered =
    "uniform vec2 size;\n"
    "vec4 sampled(vec2 point) {\n"
    "  vec2 texel = point * size - 0.5;\n"
    "  vec2 part = fract(texel);\n"
    "  vec2 low = (floor(texel) + 0.5) / size;\n"
    "  vec2 high = (floor(texel) + 1.5) / size;\n"
    "  vec4 upper = mix(texture2D(image, low), texture2D(image, vec2(high.x, low.y)), part.x);\n"
    "  vec4 lower = mix(texture2D(image, vec2(low.x, high.y)), texture2D(image, high), part.x);\n"
    "  return mix(upper, lower, part.y);\n"
    "}\n";

constexpr const char* kTextured =
    "uniform vec3 blend;\n"
    "uniform vec4 bounds;\n"
    "varying vec2 guestheadAt;\n"
    "void main() {\n"
    "  vec4 colour = sampled(clamp(guestheadAt, bounds.xy, bounds.zw));\n"
    "  colour.a = max(colour.a, blend.x);\n"
    "  colour.rgb *= mix(1.0, colour.a, blend.y);\n"
    "  gl_FragColor = colour * blend.z;\n"
    "}\n";

/** What most layers are. The edges need no bounds, for the texture is clamped there: 0.6 of the
 * other's time on llvmpipe. */
constexpr const char* kWhole =
    "uniform vec3 blend;\n"
    "varying vec2 guestheadAt;\n"
    "void main() { gl_FragColor = texture2D(image, guestheadAt) * blend.z; }\n";

constexpr const char* kWholeOpaque =
    "uniform vec3 blend;\n"
    "varying vec2 guestheadAt;\n"
    "void main() { gl_FragColor = vec4(texture2D(image, guestheadAt).rgb, 1.0) * blend.z; }\n";

std::string fragmentOf(LayerProgram::Kind kind) {
  const std::string flat = std::string(kPrecision) + "uniform sampler2D image;\n";
  switch (kind) {
    case LayerProgram::Kind::solid:
      return std::string(kPrecision) + kSolid;
    case LayerProgram::Kind::whole:
      return flat + kWhole;
    case LayerProgram::Kind::wholeOpaque:
      return flat + kWholeOpaque;
    case LayerProgram::Kind::nearest:
      return flat + kSampled + kTextured;
    case LayerProgram::Kind::linear:
      return flat + kFiltered + kTextured;
    default:
      return "#extension GL_OES_EGL_image_external : require\n" + std::string(kPrecision) +
             "uniform samplerExternalOES image;\n" + kSampled + kTextured;
  }
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
  destination_ = uniform("guestheadDestination");
  matrix_ = uniform("guestheadMatrix");
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

void Program::setBlendAt(GLint location, AlphaMode alpha, float opacity) const {
  const float blend[] = {alpha == AlphaMode::opaque ? 1.f : 0.f,
                         alpha == AlphaMode::straight ? 1.f : 0.f, opacity};
  gl_.Uniform3fv(location, 1, blend);
}

LayerProgram::LayerProgram(const Functions& functions, Kind kind)
    : Program(functions, kVertex, fragmentOf(kind)),
      colour_(uniform("colour")),
      blend_(uniform("blend")),
      bounds_(uniform("bounds")),
      size_(uniform("size")) {}

void LayerProgram::setColour(const std::array<float, 4>& colour) const {
  gl_.Uniform4fv(colour_, 1, colour.data());
}

void LayerProgram::setSampling(const Sampling& sampling) const {
  const float size[] = {sampling.width, sampling.height};
  gl_.Uniform4fv(bounds_, 1, sampling.bounds.data());
  gl_.Uniform2fv(size_, 1, size);
}

void LayerProgram::setBlend(AlphaMode alpha, float opacity) const {
  setBlendAt(blend_, alpha, opacity);
}

}  // namespace guesthead::gl
