#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "gl/context.h"
#include "gl/dmabuf_layout.h"
#include "gl/pixels.h"

namespace guesthead::gl {

/**
 * Something to draw into or from: an imported dma-buf, memory, or a picture of the GPU's own.
 * Its GL objects are made at the first use in either way, and anew after the context was lost; an
 * EGLImage belongs to the display and outlives that.
 */
class Surface {
 public:
  Surface(Context& context, int width, int height)
      : context_(context), width_(width), height_(height) {}
  /** Throws Failure. */
  Surface(Context& context, const DmabufLayout& layout);
  Surface(Context& context, std::shared_ptr<Pixels> pixels)
      : context_(context),
        width_(pixels->width),
        height_(pixels->height),
        pixels_(std::move(pixels)) {}
  Surface(const Surface&) = delete;
  Surface& operator=(const Surface&) = delete;
  ~Surface();

  int width() const { return width_; }
  int height() const { return height_; }
  /** Its format has no alpha, so that what is drawn from it hides what is below. */
  bool isOpaque() const { return opaque_; }
  /** GL_TEXTURE_2D or GL_TEXTURE_EXTERNAL_OES. */
  GLenum kind() const { return kind_; }
  /** Makes the texture where there is none. Throws Failure. */
  void prepareTexture();
  /** To the active unit. Throws Failure. */
  void bindTexture();
  /** Makes it what is drawn into. Throws Failure. */
  void bindTarget();
  /** The part of its memory that changed; all of it at the first time. Whole pixels, inside the
   * picture. */
  void upload(int x, int y, int width, int height);
  /** The context's objects went with it. */
  void forgetObjects();

 private:
  void makeTexture();
  void fillTexture();
  void makeFramebuffer();
  void sendPixels(int x, int y, int width, int height);

  Context& context_;
  const int width_;
  const int height_;
  std::shared_ptr<Pixels> pixels_;
  EGLImageKHR image_ = EGL_NO_IMAGE_KHR;
  GLenum kind_ = GL_TEXTURE_2D;
  bool opaque_ = false;
  GLuint texture_ = 0;
  GLuint renderbuffer_ = 0;
  GLuint framebuffer_ = 0;
};

}  // namespace guesthead::gl
