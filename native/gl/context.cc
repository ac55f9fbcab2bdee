#include "gl/context.h"

#include "gl/failure.h"
#include "gl/gbm.h"

namespace guesthead::gl {
Context::Context(const Gpu& gpu) : functions_(Functions::load()) {
  openDisplay(gpu);
  try {
    makeContext();
    describe(gpu);
  } catch (...) {
    destroyContext();
    throw;
  }
}

Context::~Context() {
  destroyContext();
  functions_.egl.ReleaseThread();
}

void Context::openDisplay(const Gpu& gpu) {
  const auto& egl = functions_.egl;
  const EGLDisplay display = displayOf(gpu);
  if (display == EGL_NO_DISPLAY) {
    throw Failure{"ERR_UNSUPPORTED", "eglGetPlatformDisplayEXT: " + eglErrorName(egl.GetError()),
                  ""};
  }
  display_.emplace(functions_, display);
  extensions_.display = textOf(egl.QueryString(display, EGL_EXTENSIONS));
  info_.eglVersion = textOf(egl.QueryString(display, EGL_VERSION));
}

EGLDisplay Context::displayOf(const Gpu& gpu) {
  const auto& egl = functions_.egl;
  const Extensions clients = {textOf(egl.QueryString(EGL_NO_DISPLAY, EGL_EXTENSIONS)), ""};
  if (egl.GetPlatformDisplayEXT == nullptr || !clients.has("EGL_EXT_platform_base")) {
    throw Failure{"ERR_UNSUPPORTED", "EGL_EXT_platform_base", "this EGL has no platforms"};
  }
  const bool gbm = clients.has("EGL_KHR_platform_gbm") || clients.has("EGL_MESA_platform_gbm");
  if (gpu.gbmDevice != nullptr && gbm) {
    info_.platform = "gbm";
    return egl.GetPlatformDisplayEXT(EGL_PLATFORM_GBM_KHR, gpu.gbmDevice, nullptr);
  }
  if (!gpu.node.empty()) {
    info_.platform = "device";
    return displayOfNode(gpu.node);
  }
  info_.platform = "surfaceless";
  return egl.GetPlatformDisplayEXT(EGL_PLATFORM_SURFACELESS_MESA, nullptr, nullptr);
}

EGLDisplay Context::displayOfNode(const std::string& node) {
  const auto& egl = functions_.egl;
  EGLDeviceEXT devices[16];
  EGLint count = 0;
  if (egl.QueryDevicesEXT == nullptr || egl.QueryDeviceStringEXT == nullptr ||
      !egl.QueryDevicesEXT(std::size(devices), devices, &count)) {
    count = 0;
  }
  for (EGLint i = 0; i < count; ++i) {
    for (const EGLint name : {EGL_DRM_RENDER_NODE_FILE_EXT, EGL_DRM_DEVICE_FILE_EXT}) {
      const char* file = egl.QueryDeviceStringEXT(devices[i], name);
      if (file != nullptr && node == file) {
        return egl.GetPlatformDisplayEXT(EGL_PLATFORM_DEVICE_EXT, devices[i], nullptr);
      }
    }
  }
  throw Failure{"ERR_UNSUPPORTED", "eglQueryDevicesEXT",
                "EGL knows no device with the node " + node};
}

/** The best that the driver has: ES 3 before ES 2, told of resets before not. */
void Context::makeContext() {
  if (!extensions_.has("EGL_KHR_surfaceless_context")) {
    throw Failure{"ERR_UNSUPPORTED", "EGL_KHR_surfaceless_context",
                  "this EGL draws to windows only"};
  }
  const auto& egl = functions_.egl;
  egl.BindAPI(EGL_OPENGL_ES_API);
  const EGLConfig config = anyConfig();
  EGLint error = EGL_SUCCESS;
  for (const int major : {3, 2}) {
    for (const bool robust : {true, false}) {
      if (robust && !extensions_.has("EGL_EXT_create_context_robustness")) continue;
      if (tryContext(config, major, robust)) return;
      error = egl.GetError();
      destroyContext();
    }
  }
  throw Failure{"ERR_UNSUPPORTED", "eglCreateContext: " + eglErrorName(error),
                "the driver has no OpenGL ES 2"};
}

EGLConfig Context::anyConfig() const {
  EGLConfig config = EGL_NO_CONFIG_KHR;
  if (extensions_.has("EGL_KHR_no_config_context") ||
      extensions_.has("EGL_MESA_configless_context"))
    return config;
  const EGLint wanted[] = {EGL_SURFACE_TYPE, 0, EGL_RENDERABLE_TYPE, EGL_OPENGL_ES2_BIT, EGL_NONE};
  EGLint count = 0;
  functions_.egl.ChooseConfig(display(), wanted, &config, 1, &count);
  return config;
}

/** Whether it is current; what was made all the same, the caller destroys. */
bool Context::tryContext(EGLConfig config, int major, bool robust) {
  const auto& egl = functions_.egl;
  std::vector<EGLint> attributes = {EGL_CONTEXT_CLIENT_VERSION, major};
  if (robust) {
    attributes.insert(attributes.end(), {EGL_CONTEXT_OPENGL_ROBUST_ACCESS_EXT, EGL_TRUE,
                                         EGL_CONTEXT_OPENGL_RESET_NOTIFICATION_STRATEGY_EXT,
                                         EGL_LOSE_CONTEXT_ON_RESET_EXT});
  }
  attributes.push_back(EGL_NONE);
  context_ = egl.CreateContext(display(), config, EGL_NO_CONTEXT, attributes.data());
  info_.glesMajor = major;
  info_.robust = robust;
  return context_ != EGL_NO_CONTEXT &&
         egl.MakeCurrent(display(), EGL_NO_SURFACE, EGL_NO_SURFACE, context_);
}

void Context::destroyContext() {
  if (context_ == EGL_NO_CONTEXT) return;
  functions_.egl.MakeCurrent(display(), EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
  functions_.egl.DestroyContext(display(), context_);
  context_ = EGL_NO_CONTEXT;
}

void Context::renew() {
  destroyContext();
  makeContext();
  info_.robust = info_.robust && extensions_.hasGl("GL_EXT_robustness");
}

GLenum Context::resetStatus() const {
  const auto status = functions_.gl.GetGraphicsResetStatusEXT;
  return info_.robust && status != nullptr ? status() : GL_NO_ERROR;
}

/** Mesa's software renderers map a dma-buf by their node; without one they map it itself. */
void Context::describe(const Gpu& gpu) {
  extensions_.gl = textOf(functions_.gl.GetString(GL_EXTENSIONS));
  describeDriver(info_, functions_, display(), extensions_);
  info_.ownMemoryOnly = info_.software && gpu.gbmDevice != nullptr;
  if (info_.ownMemoryOnly) ownMemory_.emplace(nodeOfGbmDevice(gpu.gbmDevice));
}

void Context::checkMemory(int dmabuf) const {
  if (ownMemory_) ownMemory_->check(dmabuf);
}

}  // namespace guesthead::gl
