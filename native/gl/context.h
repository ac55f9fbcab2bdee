#pragma once

#include <optional>
#include <string>

#include "gl/display.h"
#include "gl/driver.h"
#include "gl/own_memory.h"

namespace guesthead::gl {

/** Which GPU: its GBM device where there is one, else its node; neither = Mesa's software renderer.
 */
struct Gpu {
  void* gbmDevice = nullptr;
  std::string node;
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
  void describe(const Gpu& gpu);

  const Functions& functions_;
  std::optional<Display> display_;
  EGLContext context_ = EGL_NO_CONTEXT;
  Extensions extensions_;
  Info info_;
  /** Where what it draws into and from has to be memory of its node. */
  std::optional<OwnMemory> ownMemory_;
};

}  // namespace guesthead::gl
