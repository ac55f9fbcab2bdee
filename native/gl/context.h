#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gl/display.h"
#include "gl/own_memory.h"

namespace guesthead::gl {

/** Which GPU: its GBM device where there is one, else its node; neither = Mesa's software renderer.
 */
struct Gpu {
  void* gbmDevice = nullptr;
  std::string node;
};

struct Modifier {
  uint64_t value;
  /** Only as an external texture: no render target. */
  bool externalOnly;
};

struct DmabufFormat {
  uint32_t fourcc;
  std::vector<Modifier> modifiers;
};

/** What the driver is and has; the same for each context made anew. */
struct Info {
  /** `gbm`, `device` or `surfaceless`. */
  const char* platform = "";
  std::string vendor, renderer, glVersion, eglVersion;
  int glesMajor = 0;
  int maxTextureSize = 0;
  bool nativeFence = false;
  bool dmabufImport = false;
  bool dmabufModifiers = false;
  bool externalTextures = false;
  bool bgra = false;
  bool rowLength = false;
  bool robust = false;
  /** It draws on the CPU. */
  bool software = false;
  /** It can draw into and from dma-bufs of its own node only. */
  bool ownMemoryOnly = false;
  std::vector<DmabufFormat> formats;
};

/** One context without a surface, current on the thread that made it, and a share of its display.
 */
class Context {
 public:
  /** Throws Failure. */
  explicit Context(const Gpu& gpu);
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  ~Context();

  const Functions& functions() const { return functions_; }
  EGLDisplay display() const { return display_->get(); }
  const Info& info() const { return info_; }
  /** Throws Failure for a dma-buf that the driver could not map. */
  void checkMemory(int dmabuf) const;
  /** Throws away the context, which is lost, and makes another on the same display. Throws Failure.
   */
  void renew();
  /** As of glGetGraphicsResetStatus; GL_NO_ERROR where the driver does not tell. */
  GLenum resetStatus() const;

 private:
  void openDisplay(const Gpu& gpu);
  EGLDisplay displayOf(const Gpu& gpu);
  EGLDisplay displayOfNode(const std::string& node);
  void makeContext();
  EGLConfig anyConfig() const;
  bool tryContext(EGLConfig config, int major, bool robust);
  void destroyContext();
  void describe();
  void describeMemory(const Gpu& gpu);
  void describeExtensions();
  void describeFormats();
  std::vector<Modifier> modifiersOf(EGLint fourcc) const;
  bool has(const char* extension) const;
  bool hasGl(const char* extension) const;

  const Functions& functions_;
  std::optional<Display> display_;
  EGLContext context_ = EGL_NO_CONTEXT;
  std::string displayExtensions_;
  std::string glExtensions_;
  Info info_;
  /** Where what it draws into and from has to be memory of its node. */
  std::optional<OwnMemory> ownMemory_;
};

/** Whether a list of extensions, separated by spaces, has this one. */
bool listed(const char* extensions, const char* extension);

}  // namespace guesthead::gl
