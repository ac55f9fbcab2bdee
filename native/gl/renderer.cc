#include "gl/renderer.h"

#include <poll.h>

#include <chrono>

namespace guesthead::gl {
namespace {

using Clock = std::chrono::steady_clock;

double msSince(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

/** How often a thread that waits looks whether it shall end. */
constexpr int kLookMs = 50;

}  // namespace

void Renderer::addDmabuf(uint32_t id, const DmabufLayout& layout) {
  try {
    checkSize(layout.width, layout.height);
    surfaces_[id] = std::make_unique<Surface>(context_, layout);
  } catch (const Failure& failure) {
    refused_.insert_or_assign(id, failure);
    throw;
  }
}

void Renderer::addPixels(uint32_t id, const std::shared_ptr<Pixels>& pixels) {
  checkSize(pixels->width, pixels->height);
  if (pixels->format == GL_BGRA_EXT && !context_.info().bgra) {
    throw Failure{"ERR_UNSUPPORTED", "GL_EXT_texture_format_BGRA8888",
                  "this driver takes ABGR8888 and XBGR8888 only"};
  }
  surfaces_[id] = std::make_unique<Surface>(context_, pixels);
}

void Renderer::addOffscreen(uint32_t id, int width, int height) {
  checkSize(width, height);
  surfaces_[id] = std::make_unique<Surface>(context_, width, height);
}

void Renderer::checkSize(int width, int height) const {
  const int most = context_.info().maxTextureSize;
  if (width <= most && height <= most) return;
  throw Failure{
      "ERR_UNSUPPORTED", "GL_MAX_TEXTURE_SIZE",
      "this driver's largest picture is " + std::to_string(most) + " pixels wide and high"};
}

/** A shader that does not compile leaves nothing. */
void Renderer::addEffect(uint32_t id, const std::string& source,
                         const std::vector<Uniform>& uniforms) {
  auto made = std::make_unique<Effect>(Effect{source, uniforms, nullptr});
  painter_.compile(*made);
  effects_[id] = std::move(made);
}

void Renderer::remove(uint32_t id) {
  surfaces_.erase(id);
  effects_.erase(id);
  refused_.erase(id);
}

Surface& Renderer::surface(uint32_t id) {
  const auto found = surfaces_.find(id);
  if (found != surfaces_.end()) return *found->second;
  const auto refused = refused_.find(id);
  if (refused != refused_.end()) throw refused->second;
  throw Failure{"ERR_CLOSED", "surface", "a picture of this drawing is closed"};
}

Effect& Renderer::effect(uint32_t id) {
  const auto found = effects_.find(id);
  if (found == effects_.end())
    throw Failure{"ERR_CLOSED", "effect", "an effect of this drawing is closed"};
  return *found->second;
}

void Renderer::compose(const Composition& composition, Result& result) {
  for (const Layer& layer : composition.layers) {
    if (layer.acquire) waitFor(layer.acquire, result);
  }
  painter_.paint(composition);
  checkErrors("compose");
  finish(composition.fence, result);
}

/** The GPU waits where the driver can have it wait. */
void Renderer::waitFor(const UniqueFd& fence, Result& result) {
  const auto& egl = context_.functions().egl;
  if (info().nativeFence) {
    UniqueFd given = UniqueFd::duplicate(fence.get());
    const EGLint attributes[] = {EGL_SYNC_NATIVE_FENCE_FD_ANDROID, given.get(), EGL_NONE};
    const EGLSyncKHR sync =
        egl.CreateSyncKHR(context_.display(), EGL_SYNC_NATIVE_FENCE_ANDROID, attributes);
    if (sync != EGL_NO_SYNC_KHR) {
      given.release();
      egl.WaitSyncKHR(context_.display(), sync, 0);
      egl.DestroySyncKHR(context_.display(), sync);
      return;
    }
  }
  const auto start = Clock::now();
  watch_.end();  // it is not the driver that this waits for
  pollfd polled = {fence.get(), POLLIN, 0};
  while (!watch_.ending.load() && poll(&polled, 1, kLookMs) == 0) continue;
  watch_.begin();
  result.waitMs += msSince(start);
}

void Renderer::finish(FenceKind kind, Result& result) {
  const auto& gl = context_.functions().gl;
  if (kind == FenceKind::implicit) {
    gl.Flush();
  } else if (kind == FenceKind::native && info().nativeFence) {
    result.fence = nativeFence();
  } else {
    gl.Finish();
  }
}

/** The flush submits the fence: before it, there is no descriptor. */
UniqueFd Renderer::nativeFence() const {
  const auto& [gl, egl] = std::pair(context_.functions().gl, context_.functions().egl);
  const EGLSyncKHR sync =
      egl.CreateSyncKHR(context_.display(), EGL_SYNC_NATIVE_FENCE_ANDROID, nullptr);
  if (sync == EGL_NO_SYNC_KHR) {
    throw Failure{"ERR_GL", "eglCreateSyncKHR: " + eglErrorName(egl.GetError()), ""};
  }
  gl.Flush();
  UniqueFd fence(egl.DupNativeFenceFDANDROID(context_.display(), sync));
  const EGLint error = fence ? EGL_SUCCESS : egl.GetError();
  egl.DestroySyncKHR(context_.display(), sync);
  if (!fence) throw Failure{"ERR_GL", "eglDupNativeFenceFDANDROID: " + eglErrorName(error), ""};
  return fence;
}

void Renderer::readPixels(uint32_t id, const Rect& rect, Result& result) {
  Surface& from = surface(id);
  const Rect part = rect.cut({0, 0, from.width(), from.height()});
  if (part.width != rect.width || part.height != rect.height) {
    throw Failure{"ERR_USAGE", "readPixels", "the rectangle is not inside the picture"};
  }
  from.bindTarget();
  result.pixels.resize(static_cast<size_t>(rect.width) * rect.height * 4);
  context_.functions().gl.ReadPixels(rect.x, rect.y, rect.width, rect.height, GL_RGBA,
                                     GL_UNSIGNED_BYTE, result.pixels.data());
  checkErrors("glReadPixels");
}

/** All that are pending are taken, so that none is blamed on the next job. */
void Renderer::checkErrors(const char* operation) const {
  const auto& gl = context_.functions().gl;
  const GLenum first = gl.GetError();
  if (first == GL_NO_ERROR) return;
  for (int i = 0; i < 16 && gl.GetError() != GL_NO_ERROR; ++i) continue;
  throw Failure{first == GL_OUT_OF_MEMORY ? "ERR_ALLOCATION" : "ERR_GL",
                std::string(operation) + ": " + glErrorName(first), ""};
}

Reset Renderer::reset() const {
  if (pretended_ != Reset::none) return pretended_;
  switch (context_.resetStatus()) {
    case GL_NO_ERROR:
      return Reset::none;
    case GL_GUILTY_CONTEXT_RESET_EXT:
      return Reset::guilty;
    default:
      return Reset::innocent;
  }
}

void Renderer::renew() {
  pretended_ = Reset::none;
  dead_ = true;
  for (const auto& [id, each] : surfaces_) each->forgetObjects();
  for (const auto& [id, each] : effects_) each->program.reset();
  painter_.forgetPrograms();
  context_.renew();
  dead_ = false;
}

}  // namespace guesthead::gl
