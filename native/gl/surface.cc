#include "gl/surface.h"

#include "gl/dmabuf_image.h"
#include "gl/failure.h"

namespace guesthead::gl {
Surface::Surface(Context& context, const DmabufLayout& layout)
    : context_(context), width_(layout.width), height_(layout.height) {
  image_ = importImage(context, layout);
  if (isExternal(context.info(), layout)) kind_ = GL_TEXTURE_EXTERNAL_OES;
  opaque_ = hasNoAlpha(layout.fourcc);
}

Surface::~Surface() {
  const auto& gl = context_.functions().gl;
  if (framebuffer_ != 0) gl.DeleteFramebuffers(1, &framebuffer_);
  if (renderbuffer_ != 0) gl.DeleteRenderbuffers(1, &renderbuffer_);
  if (texture_ != 0) gl.DeleteTextures(1, &texture_);
  if (image_ != EGL_NO_IMAGE_KHR)
    context_.functions().egl.DestroyImageKHR(context_.display(), image_);
}

void Surface::forgetObjects() {
  texture_ = renderbuffer_ = framebuffer_ = 0;
}

void Surface::prepareTexture() {
  if (texture_ == 0) makeTexture();
}

void Surface::bindTexture() {
  prepareTexture();
  context_.functions().gl.BindTexture(kind_, texture_);
}

void Surface::makeTexture() {
  const auto& gl = context_.functions().gl;
  if (kind_ == GL_TEXTURE_EXTERNAL_OES && !context_.info().externalTextures) {
    throw Failure{"ERR_UNSUPPORTED", "GL_OES_EGL_image_external",
                  "this driver takes the format in no texture"};
  }
  gl.GenTextures(1, &texture_);
  gl.BindTexture(kind_, texture_);
  gl.TexParameteri(kind_, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
  gl.TexParameteri(kind_, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
  fillTexture();
  const GLenum error = gl.GetError();
  if (error == GL_NO_ERROR) return;
  gl.DeleteTextures(1, &texture_);
  texture_ = 0;
  throw Failure{error == GL_OUT_OF_MEMORY ? "ERR_ALLOCATION" : "ERR_IMPORT_REFUSED",
                (image_ == EGL_NO_IMAGE_KHR ? "glTexImage2D: " : "glEGLImageTargetTexture2DOES: ") +
                    glErrorName(error),
                ""};
}

/** A picture of the GPU's own begins transparent, and not with what its memory held. */
void Surface::fillTexture() {
  const auto& gl = context_.functions().gl;
  if (image_ != EGL_NO_IMAGE_KHR) {
    gl.EGLImageTargetTexture2DOES(kind_, image_);
  } else if (pixels_ != nullptr) {
    const GLenum format = pixels_->format;
    gl.TexImage2D(kind_, 0, static_cast<GLint>(format), width_, height_, 0, format,
                  GL_UNSIGNED_BYTE, nullptr);
    sendPixels(0, 0, width_, height_);
  } else {
    const std::vector<uint8_t> clear(static_cast<size_t>(width_) * height_ * 4);
    gl.TexImage2D(kind_, 0, GL_RGBA, width_, height_, 0, GL_RGBA, GL_UNSIGNED_BYTE, clear.data());
  }
}

void Surface::upload(int x, int y, int width, int height) {
  if (pixels_ == nullptr)
    throw Failure{"ERR_USAGE", "upload", "only a picture in memory is uploaded"};
  const bool isNew = texture_ == 0;
  bindTexture();
  if (!isNew) sendPixels(x, y, width, height);
}

void Surface::sendPixels(int x, int y, int width, int height) {
  const auto& gl = context_.functions().gl;
  const auto from = [&](int row) {
    return pixels_->bytes.get() + (static_cast<size_t>(row) * width_ + x) * 4;
  };
  const auto send = [&](int top, int rows) {
    gl.TexSubImage2D(GL_TEXTURE_2D, 0, x, top, width, rows, pixels_->format, GL_UNSIGNED_BYTE,
                     from(top));
  };
  if (width == width_) {
    send(y, height);
  } else if (context_.info().rowLength) {
    gl.PixelStorei(GL_UNPACK_ROW_LENGTH, width_);
    send(y, height);
    gl.PixelStorei(GL_UNPACK_ROW_LENGTH, 0);
  } else {
    for (int row = y; row < y + height; ++row) send(row, 1);
  }
}

void Surface::bindTarget() {
  if (framebuffer_ == 0) makeFramebuffer();
  context_.functions().gl.BindFramebuffer(GL_FRAMEBUFFER, framebuffer_);
}

void Surface::makeFramebuffer() {
  const auto& gl = context_.functions().gl;
  if (image_ == EGL_NO_IMAGE_KHR) bindTexture();
  gl.GenFramebuffers(1, &framebuffer_);
  gl.BindFramebuffer(GL_FRAMEBUFFER, framebuffer_);
  if (image_ == EGL_NO_IMAGE_KHR) {
    gl.FramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, texture_, 0);
  } else {
    gl.GenRenderbuffers(1, &renderbuffer_);
    gl.BindRenderbuffer(GL_RENDERBUFFER, renderbuffer_);
    gl.EGLImageTargetRenderbufferStorageOES(GL_RENDERBUFFER, image_);
    gl.FramebufferRenderbuffer(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_RENDERBUFFER,
                               renderbuffer_);
  }
  const GLenum status = gl.CheckFramebufferStatus(GL_FRAMEBUFFER);
  if (status == GL_FRAMEBUFFER_COMPLETE) return;
  for (int i = 0; i < 16 && gl.GetError() != GL_NO_ERROR; ++i) continue;
  gl.DeleteFramebuffers(1, &framebuffer_);
  if (renderbuffer_ != 0) gl.DeleteRenderbuffers(1, &renderbuffer_);
  framebuffer_ = renderbuffer_ = 0;
  throw Failure{"ERR_UNSUPPORTED", "glCheckFramebufferStatus",
                "this driver draws into no such buffer"};
}

}  // namespace guesthead::gl
